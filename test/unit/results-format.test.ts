import assert from "node:assert/strict";
import { fileName, formatShare, formatTime, shortName } from "../../src/results/format.ts";

describe("formatTime", () => {
  const cases: [microseconds: number, text: string][] = [
    [0, "0 µs"],
    [850, "850 µs"],
    [999.6, "1.0 ms"],
    [4_200, "4.2 ms"],
    [9_960, "10 ms"],
    [410_400, "410 ms"],
    [999_600, "1.00 s"],
    [1_240_000, "1.24 s"],
    [9_996_000, "10.0 s"],
    [59_960_000, "1 min 0 s"],
    [125_000_000, "2 min 5 s"],
    [3_599_800_000, "1 h 0 min"],
    [3_720_000_000, "1 h 2 min"],
  ];
  for (const [microseconds, text] of cases) {
    it(`writes ${microseconds} µs as ${text}`, () => {
      assert.equal(formatTime(microseconds), text);
    });
  }
});

describe("formatShare", () => {
  const cases: [part: number, whole: number, text: string][] = [
    [0, 100, "0 %"],
    [5, 0, "0 %"],
    [0.01, 100, "<0.1 %"],
    [0.05, 100, "0.1 %"],
    [12.34, 100, "12.3 %"],
    [99.94, 100, "99.9 %"],
    [99.96, 100, "100 %"],
  ];
  for (const [part, whole, text] of cases) {
    it(`writes ${part} of ${whole} as ${text}`, () => {
      assert.equal(formatShare(part, whole), text);
    });
  }
});

describe("shortName", () => {
  it("keeps names as they are, and cuts long ones", () => {
    assert.equal(shortName("Table.#grow<T>"), "Table.#grow<T>");
    assert.equal(shortName("n".repeat(5_000_000)), `${"n".repeat(80)}…`);
  });

  it("lets nothing through that breaks lines or turns the direction of text", () => {
    assert.equal(shortName("a\r\nb\u2028c\u202ed\u0000"), "a b c d ");
  });
});

describe("fileName", () => {
  it("takes the last segment on every platform", () => {
    assert.deepEqual(["/a/b.ts", "C:\\a\\b.ts", "b.ts"].map(fileName), ["b.ts", "b.ts", "b.ts"]);
  });
});
