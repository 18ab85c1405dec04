/** How many tests of a suite did what, and how they travel from a reporter to the one who sums. */
import { readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of each failed test, as `describeFailure` puts it. */
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

const linesOfFailure = 4;

/**
 * In one line: the test's full title and its message's first lines, of which the first seldom says
 * enough.
 */
export function describeFailure(title: string, message: string): string {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return `${title}: ${lines.slice(0, linesOfFailure).join(" | ")}`;
}
