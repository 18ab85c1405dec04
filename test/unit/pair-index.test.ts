import assert from "node:assert/strict";
import fc from "fast-check";
import { PairIndex } from "../../src/profile/pair-index.ts";

describe("PairIndex", () => {
  it("finds what was added and nothing else, as a map of strings does", () => {
    const key = fc.tuple(fc.integer({ min: -1, max: 300 }), fc.nat(300));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 6000 }), (keys) => {
        const index = new PairIndex();
        const known = new Map<string, number>();
        const a: number[] = [];
        const b: number[] = [];
        for (const [x, y] of keys) {
          const text = `${x},${y}`;
          assert.equal(index.find(x, y, a, b), known.get(text) ?? -1);
          if (known.has(text)) continue;
          const row = a.push(x) - 1;
          b.push(y);
          index.add(row, a, b);
          known.set(text, row);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("finds all of very many rows, and none of their neighbours", () => {
    const index = new PairIndex();
    const a: number[] = [];
    const b: number[] = [];
    const rows = 100_000;
    for (let row = 0; row < rows; row++) {
      a.push(row >> 3);
      b.push((row & 7) * 2);
      index.add(row, a, b);
    }
    for (let row = 0; row < rows; row++) {
      assert.equal(index.find(row >> 3, (row & 7) * 2, a, b), row);
      assert.equal(index.find(row >> 3, (row & 7) * 2 + 1, a, b), -1);
    }
  });
});
