import assert from "node:assert/strict";
import fc from "fast-check";
import { columnsToJson, decodeColumns, encodeColumns } from "../../src/profile/columns.ts";

describe("columns", () => {
  it("gives back what was encoded, whatever the arrays' types, lengths and offsets", () => {
    const columns = fc.record({
      name: fc.string(),
      bytes: fc.uint8Array(),
      words: fc.uint32Array(),
      signed: fc.int32Array(),
      floats: fc.float32Array({ noNaN: true }),
      doubles: fc.float64Array({ noNaN: true }),
      nested: fc.array(fc.record({ short: fc.uint16Array() })),
    });
    fc.assert(
      fc.property(columns, (value) => {
        assert.deepEqual(decodeColumns(encodeColumns(value)), structuredClone(value));
      }),
    );
  });

  it("encodes a view of a larger buffer as that view", () => {
    const view = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
    assert.deepEqual(decodeColumns(encodeColumns({ view })), { view: new Float64Array([2, 3]) });
  });

  it("refuses what it did not write", () => {
    assert.throws(() => decodeColumns(new ArrayBuffer(4)), RangeError);
    assert.throws(() => decodeColumns(new ArrayBuffer(64)), RangeError);
    const whole = encodeColumns({ a: new Uint8Array(1000), b: "text" });
    assert.throws(() => decodeColumns(whole.slice(0, 40)), RangeError);
    assert.throws(() => decodeColumns(whole.slice(0, whole.byteLength - 8)), RangeError);
  });

  it("writes plain arrays for clients that speak only JSON", () => {
    assert.deepEqual(columnsToJson({ rows: new Uint32Array([1, 2]), n: 3 }), {
      rows: [1, 2],
      n: 3,
    });
  });
});
