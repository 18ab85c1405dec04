import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameRows } from "../../src/profile/frame-rows.ts";

describe("FrameRows", () => {
  it("has one row for each set of values, as a map of strings does", () => {
    const values = fc.tuple(
      fc.nat(20),
      fc.nat(20),
      fc.nat(3),
      fc.nat(4),
      fc.nat(1),
      fc.constantFrom(0, 1, 2 ** 31, 2 ** 40, 2 ** 40 + 1),
    );
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5000, size: "max" }), (rows) => {
        const frames = new FrameRows();
        const known = new Map<string, number>();
        for (const row of rows) {
          const text = row.join();
          if (!known.has(text)) known.set(text, known.size);
          assert.equal(frames.intern(...row), known.get(text));
        }
        assert.equal(frames.length, known.size);
        const { func, line, column, tier, inlined, address } = frames;
        for (const [text, row] of known) {
          const found = [func, line, column, tier, inlined, address].map(({ array }) => array[row]);
          assert.equal(found.join(), text);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("leaves rows that were added as new out of what it finds", () => {
    const frames = new FrameRows();
    assert.equal(frames.add(1, 2, 0, 0, 0, 0), 0);
    assert.equal(frames.intern(1, 2, 0, 0, 0, 0), 1);
    assert.equal(frames.intern(1, 2, 0, 0, 0, 0), 1);
  });
});
