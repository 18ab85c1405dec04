import assert from "node:assert/strict";
import type { FileAnswer } from "../../src/profile/query.ts";
import { functionLenses } from "../../src/results/function-lenses.ts";
import { heatStep, hotLines } from "../../src/results/line-heat.ts";

function fileAnswer(
  functions: { name: string; line: number; column?: number; self: number; total: number }[],
  lines: [line: number, self: number, total: number][] = [],
): FileAnswer {
  return {
    kind: "file",
    weightUnit: "microseconds",
    functions: functions.map((func, id) => ({
      id,
      url: "/app/a.ts",
      column: 1,
      category: "js",
      module: "",
      ...func,
    })),
    lines: {
      line: Uint32Array.from(lines, ([line]) => line),
      self: Float64Array.from(lines, ([, self]) => self),
      total: Float64Array.from(lines, ([, , total]) => total),
    },
    total: 1000,
  };
}

describe("functionLenses", () => {
  const named = (answer: FileAnswer, minShare: number) =>
    functionLenses(answer, minShare).map(({ func, needsName }) => [func.name, needsName]);

  it("takes functions by self or by total time, in the order of the file", () => {
    const answer = fileAnswer([
      { name: "below", line: 30, self: 9, total: 9 },
      { name: "calls", line: 20, self: 0, total: 500 },
      { name: "burns", line: 10, self: 10, total: 10 },
    ]);
    assert.deepEqual(named(answer, 0.01), [
      ["burns", false],
      ["calls", false],
    ]);
  });

  it("leaves out functions without a line and without time, even at a threshold of zero", () => {
    const answer = fileAnswer([
      { name: "nowhere", line: 0, self: 10, total: 10 },
      { name: "never", line: 3, self: 0, total: 0 },
    ]);
    assert.deepEqual(named(answer, 0), []);
  });

  it("keeps functions of one line apart, the hottest three, as they stand on it", () => {
    const answer = fileAnswer([
      { name: "d", line: 1, column: 40, self: 50, total: 50 },
      { name: "c", line: 1, column: 30, self: 20, total: 20 },
      { name: "b", line: 1, column: 20, self: 30, total: 30 },
      { name: "a", line: 1, column: 10, self: 40, total: 40 },
    ]);
    assert.deepEqual(named(answer, 0), [
      ["a", true],
      ["b", true],
      ["d", true],
    ]);
  });
});

describe("hotLines", () => {
  it("steps up with the share of all time", () => {
    const shares = [0.004, 0.005, 0.02, 0.05, 0.15, 0.4, 1];
    assert.deepEqual(shares.map(heatStep), [0, 1, 2, 3, 4, 5, 5]);
  });

  it("colours by self time, not by what a line calls", () => {
    const answer = fileAnswer(
      [],
      [
        [7, 400, 400],
        [8, 0, 1000],
        [9, 50, 60],
      ],
    );
    assert.deepEqual(hotLines(answer), [
      { line: 7, step: 5, self: 400, total: 400 },
      { line: 9, step: 3, self: 50, total: 60 },
    ]);
  });

  it("colours nothing of an empty profile", () => {
    assert.deepEqual(hotLines({ ...fileAnswer([], [[1, 0, 0]]), total: 0 }), []);
  });
});
