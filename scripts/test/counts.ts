/** How many tests of a suite did what, and how they travel from a reporter to the one who sums. */
import { readFileSync, writeFileSync } from "node:fs";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of each failed test: its full title and the first line of what it said. */
  readonly failures?: readonly string[];
}

/** Environment variable: the file that a suite's reporter writes its counts to. */
export const countsFileVariable = "HANGSCOPE_TEST_COUNTS";

export function writeCounts(counts: Counts): void {
  const path = process.env[countsFileVariable];
  if (path) writeFileSync(path, JSON.stringify(counts));
}

/** The counts, or `undefined` when the suite never came to its end. */
export function readCounts(path: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum = (key: "passed" | "failed" | "skipped") =>
    all.reduce((total, counts) => total + counts[key], 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    failures: all.flatMap((counts) => counts.failures ?? []),
  };
}

/** `N passed, N failed`, and `, N skipped` when there are some. */
export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
