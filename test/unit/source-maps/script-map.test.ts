import assert from "node:assert/strict";
import { addMapping, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { ScriptMap } from "../../../src/symbols/source-maps/script-map.ts";

/** Segments as [generated line, column, source, line, column, name]; columns count from 0. */
type Segment = [number, number, string, number, number, string?] | [number, number];

function mapOf(...segments: Segment[]): ScriptMap {
  const map = new GenMapping();
  for (const [line, column, source, originalLine, originalColumn, name] of segments) {
    const generated = { line, column };
    if (source === undefined) addMapping(map, { generated });
    else {
      const original = { line: originalLine!, column: originalColumn! };
      addMapping(map, { generated, source, original, ...(name ? { name } : {}) } as never);
    }
  }
  return new ScriptMap(JSON.stringify(toEncodedMap(map)));
}

const unknownStart = { line: 0, column: 0 };

describe("ScriptMap", () => {
  describe("positions", () => {
    const map = mapOf(
      [1, 4, "a.ts", 10, 2],
      [1, 20, "b.ts", 30, 0],
      [1, 40],
      [1, 50, "a.ts", 12, 6],
    );
    const at = (column: number, line = 1) => map.original({ line, column }, unknownStart);

    it("belong to the mapping that starts at or before them", () => {
      assert.deepEqual(at(5), { source: "a.ts", line: 10, column: 3 });
      assert.deepEqual(at(20), { source: "a.ts", line: 10, column: 3 });
      assert.deepEqual(at(21), { source: "b.ts", line: 30, column: 1 });
      assert.deepEqual(at(999), { source: "a.ts", line: 12, column: 7 });
    });

    it("left of all mappings belong to the first", () => {
      assert.deepEqual(at(1), { source: "a.ts", line: 10, column: 3 });
    });

    it("in code that the compiler made up belong nowhere", () => {
      assert.equal(at(45), undefined);
      assert.equal(at(1, 2), undefined);
      assert.equal(at(1, 99), undefined);
    });
  });

  describe("lines without a column", () => {
    const line = (map: ScriptMap, start = unknownStart) =>
      map.original({ line: 1, column: 0 }, start);

    it("are mapped where the whole line came from one place", () => {
      const map = mapOf([1, 4, "a.ts", 10, 2], [1, 20, "a.ts", 13, 0], [1, 30]);
      assert.deepEqual(line(map), { source: "a.ts", line: 10, column: 3 });
    });

    it("are not mapped in a bundle's long line, nor where files meet", () => {
      assert.equal(line(mapOf([1, 4, "a.ts", 10, 2], [1, 20, "a.ts", 90, 0])), undefined);
      assert.equal(line(mapOf([1, 4, "a.ts", 10, 2], [1, 20, "b.ts", 10, 0])), undefined);
    });

    it("begin at the function where that starts on them", () => {
      const map = mapOf([1, 4, "a.ts", 10, 2], [1, 20, "a.ts", 90, 0], [1, 30, "a.ts", 91, 0]);
      const start = { line: 1, column: 24 };
      assert.deepEqual(line(map, start), { source: "a.ts", line: 90, column: 1 });
    });
  });

  describe("names", () => {
    it("are those of the identifier before the parameters", () => {
      // function t(e){
      const map = mapOf(
        [1, 0, "a.ts", 1, 0],
        [1, 9, "a.ts", 1, 9, "parse"],
        [1, 11, "a.ts", 1, 15, "text"],
      );
      assert.equal(map.originalName("t", { line: 1, column: 11 }), "parse");
    });

    it("are found over an equals sign, and never taken from a parameter", () => {
      // t=e=>e
      const map = mapOf(
        [1, 0, "a.ts", 1, 6, "parse"],
        [1, 2, "a.ts", 1, 14, "text"],
        [1, 5, "a.ts", 1, 14, "text"],
      );
      assert.equal(map.originalName("t", { line: 1, column: 3 }), "parse");
      // call(e=>e), an anonymous function, and one that V8 named after something far off.
      assert.equal(map.originalName("", { line: 1, column: 3 }), undefined);
      assert.equal(map.originalName("veryLongName", { line: 1, column: 3 }), undefined);
      assert.equal(map.originalName("t", { line: 1, column: 30 }), undefined);
    });

    it("are of the method where V8 names its object too, and none where nothing was shortened", () => {
      // Foo.t = function... as V8 says "Foo.t"
      const map = mapOf([1, 4, "a.ts", 1, 4, "parse"], [2, 4, "a.ts", 2, 4, "t"]);
      assert.equal(map.originalName("Foo.t", { line: 1, column: 6 }), "parse");
      assert.equal(map.originalName("Foo.t", { line: 2, column: 6 }), undefined);
    });
  });

  it("reads a map behind the line that keeps it from running", () => {
    const map = new ScriptMap(
      `)]}'\n{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}`,
    );
    assert.equal(map.original({ line: 1, column: 1 }, unknownStart)?.source, "a.ts");
  });

  it("maps nothing to a source without a name", () => {
    const map = new ScriptMap(
      '{"version":3,"sourceRoot":"/src/","sources":[null],"names":[],"mappings":"AAAA"}',
    );
    assert.equal(map.original({ line: 1, column: 1 }, unknownStart), undefined);
  });
});
