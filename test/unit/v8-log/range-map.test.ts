import assert from "node:assert/strict";
import fc from "fast-check";
import { type AddressRange, RangeMap } from "../../../src/formats/v8-log/range-map.ts";

describe("RangeMap", () => {
  it("holds what a plain list does, over many blocks", () => {
    const step = fc.record({
      start: fc.integer({ min: 1, max: 40_000 }),
      size: fc.integer({ min: 1, max: 12 }),
      remove: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 3000, maxLength: 6000, size: "max" }), (steps) => {
        const map = new RangeMap<AddressRange>();
        const byAddress = new Map<number, AddressRange>();
        const known = new Set<AddressRange>();
        const drop = (range: AddressRange) => {
          known.delete(range);
          for (let i = 0; i < range.size; i++) byAddress.delete(range.start + i);
        };
        for (const { start, size, remove } of steps) {
          const there = byAddress.get(start);
          if (remove && there) {
            assert.equal(map.remove(there.start), there);
            drop(there);
            continue;
          }
          const range = { start, size };
          const covered = new Set<AddressRange>();
          for (let i = 0; i < size; i++) {
            const each = byAddress.get(start + i);
            if (each) covered.add(each);
          }
          const removed = new Set<AddressRange>();
          map.add(range, (each) => removed.add(each));
          assert.deepEqual(removed, covered);
          for (const each of covered) drop(each);
          known.add(range);
          for (let i = 0; i < size; i++) byAddress.set(start + i, range);
        }
        assert.equal(map.size, known.size);
        const check = () => {
          for (let at = 0; at < 40_020; at++) assert.equal(map.find(at), byAddress.get(at));
        };
        check();
        // Whole blocks of the middle go.
        for (const range of [...known].filter((each) => each.start > 9000 && each.start < 30_000)) {
          assert.equal(map.remove(range.start), range);
          drop(range);
        }
        check();
      }),
      { numRuns: 5 },
    );
  });
});
