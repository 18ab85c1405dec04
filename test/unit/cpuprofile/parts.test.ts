import assert from "node:assert/strict";
import fc from "fast-check";
import { sortByTime } from "../../../src/formats/cpuprofile/sort-by-time.ts";
import { TextCache } from "../../../src/formats/cpuprofile/text-cache.ts";

describe("sortByTime", () => {
  it("sorts as a stable sort does, and counts the late ones", () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(times, (times) => {
        const time = Float64Array.from(times);
        const first = Uint32Array.from(times.keys());
        const second = first.map((row) => row + 7);
        const late = sortByTime(time, [first, second]);
        const expected = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
        assert.deepEqual([...first], expected);
        assert.deepEqual(
          [...second],
          expected.map((row) => row + 7),
        );
        assert.deepEqual(
          [...time],
          expected.map((row) => times[row]),
        );
        assert.equal(
          late,
          times.filter((t, row) => times.slice(0, row).some((before) => before > t)).length,
        );
      }),
    );
  });
});

describe("TextCache", () => {
  it("tells texts apart that share a slot, and keeps no more of them than it has", () => {
    const texts = new TextCache();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 30_000; i++) {
        const text = `größe ${i % 20_000}`;
        const bytes = Buffer.from(`"${text}"`);
        assert.equal(texts.get(bytes, 1, bytes.length - 1), text);
      }
    }
  });
});
