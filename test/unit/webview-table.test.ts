/** Rows of a tree known in pages, checked against a tree that is known whole. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FunctionInfo, TableAnswer } from "../../src/profile/query.ts";
import {
  buildOutline,
  childKey,
  type Group,
  groupOf,
  heightOf,
  missingPages,
  pageSize,
  parentKey,
  pathOf,
  placeAt,
  rowAt,
  topKey,
} from "../../webview/table/outline.ts";

function info(id: number): FunctionInfo {
  return { id, name: `f${id}`, url: "", line: 0, column: 0, category: "js", module: "" };
}

/** A page of rows with the given function ids, of `count` in all. */
function answer(ids: readonly number[], count: number): TableAnswer {
  return {
    kind: "children",
    rows: {
      func: Uint32Array.from(ids.keys()),
      self: new Float64Array(ids.length),
      total: new Float64Array(ids.length),
      expandable: new Uint8Array(ids.length).fill(1),
    },
    functions: ids.map(info),
    count,
    total: 1,
  };
}

function loaded(children: Readonly<Record<string, readonly number[]>>): Map<string, Group> {
  return new Map(
    Object.entries(children).map(([key, ids]) => [
      key,
      groupOf(undefined, 0, answer(ids, ids.length)),
    ]),
  );
}

describe("webview table outline", () => {
  it("puts open rows' children below them, to any depth", () => {
    const groups = loaded({ "": [1, 2, 3], "2": [4, 5], "2/5": [2] });
    const outline = buildOutline(groups, ["2/5", "2", "9/9"]);
    const rows = Array.from({ length: outline.count }, (_, height) => {
      const place = placeAt(outline, height);
      return `${"  ".repeat(place.depth)}${rowAt(groups, place)?.func.id}`;
    });
    assert.deepEqual(rows, ["1", "2", "  4", "  5", "    2", "3"]);
  });

  it("agrees with a naive walk about every height", () => {
    const ids = fc.uniqueArray(fc.nat(5), { maxLength: 5 });
    const keys = ["", "0", "1", "2", "0/1", "1/2", "0/1/2"];
    fc.assert(
      fc.property(
        fc.tuple(...keys.map(() => ids)),
        fc.subarray(keys.slice(1)),
        (lists, expanded) => {
          const groups = loaded(Object.fromEntries(keys.map((key, i) => [key, lists[i]!])));
          const expected: string[] = [];
          const visit = (parent: string) => {
            for (const id of lists[keys.indexOf(parent)] ?? []) {
              const key = childKey(parent, id);
              expected.push(key);
              if (expanded.includes(key)) visit(key);
            }
          };
          visit(topKey);
          const outline = buildOutline(groups, expanded);
          assert.equal(outline.count, expected.length);
          for (const [height, key] of expected.entries()) {
            const place = placeAt(outline, height);
            assert.equal(childKey(place.parent, rowAt(groups, place)!.func.id), key);
            assert.equal(heightOf(outline, groups, key), height);
          }
        },
      ),
    );
  });

  it("asks for the pages that the rows in view need, and only those", () => {
    const first = Array.from({ length: pageSize }, (_, i) => i);
    const groups = new Map([[topKey, groupOf(undefined, 0, answer(first, 1000))]]);
    const outline = buildOutline(groups, ["3"]);
    // The open row's children are not there yet: they count as one row.
    assert.equal(outline.count, 1001);
    assert.deepEqual(missingPages(outline, groups, 0, 30), [{ key: "3", page: 0 }]);
    assert.deepEqual(missingPages(outline, groups, 20, 199), []);
    assert.deepEqual(missingPages(outline, groups, 590, 620), [
      { key: topKey, page: 2 },
      { key: topKey, page: 3 },
    ]);
  });

  it("adds pages to what it has", () => {
    const before = groupOf(undefined, 0, answer([7, 8], 300));
    const group = groupOf(before, 1, answer([9], 300));
    assert.deepEqual([...group.pages.keys()], [0, 1]);
    assert.equal(group.indexOf.get(9), pageSize);
    assert.equal(before.pages.size, 1);
  });

  it("names rows by their path", () => {
    assert.equal(childKey(childKey(topKey, 4), 12), "4/12");
    assert.equal(parentKey("4/12"), "4");
    assert.equal(parentKey("4"), topKey);
    assert.deepEqual(pathOf("4/12"), [4, 12]);
    assert.deepEqual(pathOf(topKey), []);
  });

  it("does not find what does not show", () => {
    const groups = loaded({ "": [1, 2], "1": [3] });
    const outline = buildOutline(groups, []);
    assert.equal(heightOf(outline, groups, "1/3"), -1);
    assert.equal(heightOf(outline, groups, "7"), -1);
    assert.equal(placeAt(buildOutline(groups, ["1"]), 1).depth, 1);
  });
});
