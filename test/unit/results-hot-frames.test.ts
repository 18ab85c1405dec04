import assert from "node:assert/strict";
import { step, walkOrder } from "../../src/results/hot-frames.ts";
import { identifierRange } from "../../src/results/identifier-range.ts";

describe("walkOrder", () => {
  it("puts the developer's own code first and keeps the order within each part", () => {
    const hottest = ["lib/x", "app/a", "lib/y", "app/b"];
    assert.deepEqual(
      walkOrder(hottest, (item) => item.startsWith("app/")),
      ["app/a", "app/b", "lib/x", "lib/y"],
    );
  });
});

describe("step", () => {
  it("starts at an end and wraps at both", () => {
    assert.deepEqual([step(3, undefined, 1), step(3, undefined, -1)], [0, 2]);
    assert.deepEqual([step(3, 0, 1), step(3, 2, 1), step(3, 0, -1)], [1, 0, 2]);
  });
});

describe("identifierRange", () => {
  const part = (text: string, name: string, column: number) => {
    const { start, end } = identifierRange(text, name, column);
    return text.slice(start, end);
  };

  it("finds the name where the engine points behind it", () => {
    assert.deepEqual(identifierRange("export function lineAt(text) {", "lineAt", 23), {
      start: 16,
      end: 22,
    });
  });

  it("takes the last part of a qualified name, private ones too", () => {
    assert.equal(part("  #grow(size) {", "Table.#grow", 3), "#grow");
  });

  it("takes the name of a function that is told with its arguments", () => {
    assert.equal(part("  func remember(_ url: URL) {", "Cache.remember(_:)", 0), "remember");
    assert.equal(part("  queue.async {", "closure #1 in Feed.load()", 0), "queue.async {");
  });

  it("takes the occurrence nearest to the column", () => {
    assert.deepEqual(identifierRange("run(run => run(1))", "run", 12), { start: 11, end: 14 });
  });

  it("does not take a part of a longer word", () => {
    assert.equal(part("  rerun$(runs, () => 1);", "run", 3), "rerun$(runs, () => 1);");
  });

  it("underlines the code of the line for a function without a name", () => {
    assert.equal(part("\t\tlist.map((x) => x);  ", "(anonymous)", 11), "list.map((x) => x);");
    assert.equal(part("   ", "(anonymous)", 1), "");
  });
});
