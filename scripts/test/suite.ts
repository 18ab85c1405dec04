/** Runs one suite in a process of its own, and makes sure that nothing of it is left. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "../host/paths.ts";
import { type Counts, countsFileVariable, readCounts } from "./counts.ts";

export interface Suite {
  readonly name: string;
  /** Arguments for node: a script that runs the suite with our reporter, and its arguments. */
  readonly nodeArgs: readonly string[];
  /** Milliseconds until the suite's processes are killed. */
  readonly timeoutMs: number;
  /** Whether nothing in it hangs on how long something takes: it then runs beside another suite. */
  readonly isBeside?: boolean;
}

export interface SuiteResult {
  readonly counts: Counts;
  /** Why the suite failed beyond its failed tests. */
  readonly problem?: string;
  /** What it printed, when that was not shown at once. */
  readonly output?: string;
}

/** Set to a value of its own in every process of one suite. */
const marker = "HANGSCOPE_TEST_RUN";

interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Keeps what it prints for the result: another suite's lines stand on the screen. */
  readonly isQuiet: boolean;
}

export async function runSuite(
  suite: Suite,
  { env, signal, isQuiet }: RunOptions,
): Promise<SuiteResult> {
  const run = randomUUID();
  const countsFile = join(tmpdir(), `hangscope-counts-${run}.json`);
  const result = await execa(process.execPath, suite.nodeArgs, {
    cwd: root,
    stdin: "ignore",
    ...(isQuiet ? { all: true } : { stdout: "inherit", stderr: "inherit" }),
    env: { ...env, [marker]: run, [countsFileVariable]: countsFile },
    reject: false,
    timeout: suite.timeoutMs,
    killSignal: "SIGKILL",
    killDescendants: true,
    cancelSignal: signal,
  });
  const left = killMarked(run);
  if (left > 0) console.log(`${suite.name} left processes running, now ended: ${left}`);
  const counts = readCounts(countsFile);
  rmSync(countsFile, { force: true });
  const output = result.all;
  return {
    ...judge(result, counts, suite.timeoutMs),
    ...(output !== undefined && { output }),
  };
}

function judge(
  result: { timedOut: boolean; exitCode?: number; signal?: string },
  counts: Counts | undefined,
  timeoutMs: number,
): SuiteResult {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (result.timedOut) {
    return { counts: counts ?? none, problem: `was killed after ${timeoutMs / 60_000} minutes` };
  }
  if (!counts) {
    const how = result.signal ?? `code ${result.exitCode}`;
    return { counts: none, problem: `ended with ${how} before its tests did` };
  }
  if (result.exitCode !== 0 && counts.failed === 0) {
    return { counts, problem: `ended with code ${result.exitCode} though no test failed` };
  }
  return { counts };
}

/**
 * Kills what a suite left behind in process groups of its own, such as servers and browsers.
 * Elsewhere than on Linux the end of the suite's process group has to do.
 */
function killMarked(run: string): number {
  if (process.platform !== "linux") return 0;
  const marked = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && carries(pid, run));
  for (const pid of marked) killIfThere(Number(pid));
  return marked.length;
}

function carries(pid: string, run: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${marker}=${run}`);
  } catch {
    return false;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
