/** Puts the stand-ins of Apple's tools on PATH for a test, and tells what was done with them. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Environment } from "../../src/toolchain/environment.ts";
import { isAlive } from "../../src/toolchain/process-identity/identity.ts";
import { scenarioVariable } from "./call.ts";
import { type CallRecord, readCalls } from "./call-log.ts";
import { fillIn, type WholeScenario } from "./defaults.ts";
import type { Scenario, ToolName } from "./scenario-types.ts";
import { templates } from "./table.ts";
import { finishBundle } from "./xctrace/bundle.ts";
import { earlierRuns, runOf } from "./xctrace/contents.ts";
import { findPlace } from "./xctrace/devices.ts";

export type { CallRecord } from "./call-log.ts";
export type * from "./scenario-types.ts";

export interface MadeRecording {
  /** Default `Time Profiler`. */
  readonly template?: string;
  /** A pid of the scenario's, or all. Default: the first process. */
  readonly target?: number | "all-processes";
}

export interface AppleTools {
  /** For the programs that are to find the stand-ins: PATH, and where the scenario stands. */
  readonly env: Environment;
  /** A folder of this scenario's own; a test may put its traces there. */
  readonly dir: string;
  calls(tool?: ToolName): CallRecord[];
  /** Stand-ins, and programs they launched, that still run. */
  live(): number[];
  /** The path of a finished trace, made without recording. */
  trace(recording?: MadeRecording): string;
  /** Another scenario for the calls to come; what was counted and noted stays. */
  change(scenario: Scenario): void;
  /** Ends what still runs and removes the folder. */
  remove(): void;
}

const allTools = join(import.meta.dirname, "bin");

export function withAppleTools(scenario: Scenario = {}): AppleTools {
  const dir = mkdtempSync(join(tmpdir(), "apple-tools-"));
  const file = join(dir, "scenario.json");
  const missing = scenario.missing ?? [];
  let whole = fillIn(scenario);
  writeFileSync(file, JSON.stringify(whole));
  const path = [
    missing.length > 0 ? someTools(dir, missing) : allTools,
    // The stand-ins run on the Node that runs the test.
    dirname(process.execPath),
    ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => !holds(folder, missing)),
  ];
  const live = () => stillRunning(readCalls(dir));
  return {
    env: { PATH: path.join(delimiter), [scenarioVariable]: file },
    dir,
    calls: (tool) => readCalls(dir).filter((call) => tool === undefined || call.tool === tool),
    live,
    trace: (recording) => makeTrace(whole, recording, dir),
    change(next) {
      whole = fillIn({ ...next, missing });
      // Calls under way may be reading it.
      writeFileSync(`${file}.next`, JSON.stringify(whole));
      renameSync(`${file}.next`, file);
    },
    remove() {
      for (const pid of live()) kill(pid);
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

let made = 0;

function makeTrace(scenario: WholeScenario, recording: MadeRecording = {}, dir: string): string {
  const { template = "Time Profiler", target = scenario.processes[0]!.pid } = recording;
  const path = join(dir, `made-${made++}.trace`);
  const process = scenario.processes.find(({ pid }) => pid === target);
  if (!process && target !== "all-processes") throw new Error(`No process ${target}.`);
  const run = runOf(
    scenario,
    { template, instruments: templates[template] ?? [], place: findPlace(scenario, undefined)! },
    process ? { kind: "attached", process } : { kind: "all-processes" },
    "interrupt",
  );
  finishBundle(path, run, earlierRuns(scenario, run));
  return path;
}

function someTools(dir: string, missing: readonly ToolName[]): string {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  for (const name of readdirSync(allTools)) {
    if (!missing.includes(name as ToolName)) symlinkSync(join(allTools, name), join(bin, name));
  }
  return bin;
}

function holds(folder: string, tools: readonly ToolName[]): boolean {
  return tools.some((tool) => existsSync(join(folder, tool)));
}

function stillRunning(calls: readonly CallRecord[]): number[] {
  const tools = calls.filter(({ endedAt }) => endedAt === undefined).map(({ pid }) => pid);
  return [...tools, ...calls.flatMap(({ launched }) => launched)].filter(isRunning);
}

/** One that has ended and that nobody has reaped does not run. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
