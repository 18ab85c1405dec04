/** Prints one profile's analysis, for `analyze` and `run`. */
import { readFileSync } from "node:fs";
import type { TaskOptions } from "../toolchain/progress.ts";
import { type Analysis, analyze, findHottest } from "./analysis.ts";
import { paintFor, renderTable } from "./table.ts";
import { withProfile } from "./with-profile.ts";

const rowsOfTable = 20;

/** The whole analysis, for JSON. `top` bounds the functions. */
export function readAnalysis(
  path: string,
  top: number | undefined,
  task: TaskOptions,
): Promise<Analysis> {
  return withProfile(path, task, (profile) => analyze(profile, top, task));
}

/** The table for people. */
export function readTable(
  path: string,
  top: number | undefined,
  task: TaskOptions,
): Promise<string> {
  return withProfile(path, task, async (profile) => {
    const analysis = await analyze(profile, top ?? rowsOfTable, task);
    return renderTable(analysis, await findHottest(profile, task), {
      cwd: process.cwd(),
      paint: paintFor(process.stdout),
      sourceLine,
    });
  });
}

function sourceLine(path: string, line: number): string | undefined {
  try {
    return readFileSync(path, "utf8").split("\n")[line - 1];
  } catch {
    return undefined;
  }
}
