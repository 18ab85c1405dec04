/** A `.trace` folder: what a recording leaves, finished or not. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningProcess } from "../scenario-types.ts";
import { unfinishedBundleBytes } from "../table.ts";
import type { Cast } from "../trace/timeline.ts";

export interface RecordedRun {
  /** `empty`: no tables at all. `quiet`: tables without rows. */
  readonly kind: "normal" | "quiet" | "empty";
  readonly template: string;
  readonly instruments: readonly string[];
  readonly instrumentsVersion: string;
  readonly xcode: string;
  readonly target:
    | { readonly kind: "attached" | "launched"; readonly name: string; readonly pid: number }
    | { readonly kind: "all-processes" };
  /** As attributes of the toc. */
  readonly device: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly endReason: string;
  readonly limitSeconds?: number;
  /** Those the toc lists. */
  readonly processes: readonly RunningProcess[];
  readonly cast: Cast;
}

/** Without this file a trace has "no template". */
const template = "form.template";
const runsFile = "stand-in.json";

/** As a recording begins, and as it stays when the recorder is killed. */
export function beginBundle(path: string): void {
  const run = join(path, "Trace1.run");
  mkdirSync(run, { recursive: true });
  const half = unfinishedBundleBytes.is / 2;
  writeFileSync(join(run, `event_data_${process.pid}.oa`), Buffer.alloc(half));
  writeFileSync(join(run, "RunIssues.storedata"), Buffer.alloc(half));
}

export function finishBundle(
  path: string,
  run: RecordedRun,
  earlier: readonly RecordedRun[],
): void {
  mkdirSync(path, { recursive: true });
  const runs = [...(isTrace(path) ? runsOf(path) : earlier), run];
  writeFileSync(join(path, runsFile), JSON.stringify(runs));
  writeFileSync(join(path, template), "bplist00");
}

export function isTrace(path: string): boolean {
  return existsSync(join(path, template));
}

export function runsOf(path: string): RecordedRun[] {
  return JSON.parse(readFileSync(join(path, runsFile), "utf8")) as RecordedRun[];
}
