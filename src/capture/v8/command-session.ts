/** One capture of a command: with the shim before its `node`, launched here or by the caller. */
import { delimiter } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { type Environment, mergeEnvironments, spellingOf } from "../../toolchain/environment.ts";
import { isAlive } from "../../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import type { CaptureTarget, StoppedCapture } from "../capture.ts";
import { CaptureError, writeInto } from "../capture-error.ts";
import { collectProfiles, readProcesses, removeScaffolding, titleOf } from "./collect.ts";
import { tooFewSamples } from "./count-samples.ts";
import { findNode, isNode, type NodeInstallation, typeScriptFlags } from "./node.ts";
import {
  type ProcessRecord,
  type Sampler,
  type SamplerOptions,
  samplerFlags,
  writeShim,
} from "./shim.ts";

export type CommandTarget = Extract<CaptureTarget, { kind: "command" }>;

/** How long a program gets to end by itself after each signal. */
const interruptMs = 2_000;
const terminateMs = 2_000;
const pollMs = 50;

/** Of each launched program's output. */
const keptOutputBytes = 16 * 1024;

export interface CommandPlan {
  readonly node: NodeInstallation;
  readonly argv: readonly string[];
  readonly env: Environment;
}

/**
 * Prepares `directory` and says what to run.
 * @throws CaptureError when there is no Node, or none that can run the entry file, or when the
 *   folder cannot be written.
 */
export async function planCommand(
  target: CommandTarget,
  options: SamplerOptions,
  signal?: AbortSignal,
): Promise<CommandPlan> {
  const { argv, cwd } = target;
  const { directory } = options;
  const env = mergeEnvironments([process.env, target.env]);
  const [program, ...args] = argv as [string, ...string[]];
  const direct = isNode(program);
  const named = direct && /[\\/]/.test(program) ? program : undefined;
  const node = await findNode(target.node ?? named, pathOf(env), signal);
  const given = target.node && { node: node.path };
  const shim = { ...options, env, cwd, ...given };
  const shimEnv = await writeInto(directory, () => writeShim(shim));
  if (!direct) return { node, argv, env: shimEnv };
  const flags = [...samplerFlags(options), ...typeScriptFlags(node, args, cwd)];
  return { node, argv: [node.path, ...flags, ...args], env: shimEnv };
}

function pathOf(env: Environment): string {
  const systems = ["/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
  return env[spellingOf(env, "PATH")] ?? systems;
}

/** A program that was started here, with everything below it. */
export class LaunchedProgram {
  readonly pid: number | undefined;
  /** Settles when the program has ended, however it ended. */
  readonly ended: Promise<void>;
  exitCode: number | undefined;
  #output = Buffer.alloc(0);
  readonly #kill: (signal: NodeJS.Signals) => void;

  /** @throws CaptureError `cannot-start`. */
  static async start(plan: CommandPlan, target: CommandTarget): Promise<LaunchedProgram> {
    const program = new LaunchedProgram(plan, target);
    if (program.pid !== undefined) return program;
    await program.ended;
    const name = titleOf(target.argv, target.cwd);
    throw new CaptureError("cannot-start", `"${name}" did not start: ${program.output.trim()}`);
  }

  private constructor({ argv, env }: CommandPlan, target: CommandTarget) {
    const [file, ...args] = argv as [string, ...string[]];
    const child = execa(file, args, {
      cwd: target.cwd,
      env: mergeEnvironments([process.env, target.env, env]),
      extendEnv: false,
      stdin: "ignore",
      all: true,
      buffer: false,
      reject: false,
      killDescendants: true,
      forceKillAfterDelay: false,
    });
    this.pid = child.pid;
    this.#kill = (signal) => child.kill(signal);
    child.all.on("data", (chunk: Buffer) => {
      this.#output = Buffer.concat([this.#output, chunk]).subarray(-keptOutputBytes);
    });
    this.ended = child.then((result) => {
      this.exitCode = result.exitCode;
      if (child.pid === undefined) this.#output = Buffer.from(result.originalMessage ?? "");
    });
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output.toString();
  }

  /** Ends it and all below it: with an interrupt first, so that it can write its profile. */
  async end(): Promise<void> {
    const steps = [
      ["SIGINT", interruptMs],
      ["SIGTERM", terminateMs],
      ["SIGKILL", terminateMs],
    ] as const;
    for (const [signal, ms] of steps) {
      this.#kill(signal);
      if (await settlesIn(ms, this.ended)) return;
    }
  }
}

async function settlesIn(ms: number, promise: Promise<void>): Promise<boolean> {
  const given = new AbortController();
  const inTime = await Promise.race([
    promise.then(() => true),
    sleep(ms, false, { signal: given.signal }).catch(() => false),
  ]);
  given.abort();
  return inTime;
}

/** What the processes of a command left, after they have had a moment to end. */
export async function collectCommand(
  directory: string,
  sampler: Sampler,
  task: TaskOptions,
): Promise<StoppedCapture> {
  const processes = await processesAtEnd(directory, task);
  task.onProgress?.({ message: "Collecting profiles" });
  const still = running(processes);
  const profiles = await collectProfiles(directory, processes);
  if (still.length === 0) await removeScaffolding(directory);
  const unprofiled = processes
    .filter(({ profiled }) => !profiled)
    .map(({ pid, argv, cwd }) => ({ pid, command: titleOf(argv, cwd) }));
  return {
    profiles,
    unprofiled,
    warnings: warningsOf(sampler, profiles, processes, still),
  };
}

/** The end of a session that was watched: its logs have served. */
export async function endWatched(directory: string, task: TaskOptions): Promise<StoppedCapture> {
  const processes = await processesAtEnd(directory, task);
  const nothing = "Nothing was watched: the command started no Node process that could be seen.";
  return { profiles: [], unprofiled: [], warnings: processes.length === 0 ? [nothing] : [] };
}

async function processesAtEnd(
  directory: string,
  { signal, onProgress }: TaskOptions,
): Promise<ProcessRecord[]> {
  onProgress?.({ message: "Waiting for the program to end" });
  const deadline = performance.now() + interruptMs;
  let processes = await readProcesses(directory);
  while (running(processes).length > 0 && performance.now() < deadline) {
    await sleep(pollMs, undefined, { signal });
    processes = await readProcesses(directory);
  }
  return processes;
}

function running(processes: readonly ProcessRecord[]): ProcessRecord[] {
  return processes.filter(({ pid, profiled }) => profiled && isAlive(pid));
}

function warningsOf(
  sampler: Sampler,
  profiles: StoppedCapture["profiles"],
  processes: readonly ProcessRecord[],
  still: readonly ProcessRecord[],
): string[] {
  const warnings: string[] = [];
  const names = (records: readonly ProcessRecord[]) =>
    records.map(({ argv, cwd, pid }) => `${titleOf(argv.slice(1), cwd)} (${pid})`).join(", ");
  const lost = processes.filter(
    ({ pid, profiled }) => profiled && !profiles.some((profile) => profile.pid === pid),
  );
  if (still.length > 0 && sampler === "prof") {
    warnings.push(`Still running, shown as far as it came: ${names(still)}.`);
  }
  if (lost.length > 0 && sampler === "cpu-prof") {
    warnings.push(
      `No CPU profile of ${names(lost)}: V8 writes it when a process ends by itself. ` +
        'Let the program end, or use the "prof" sampler, which writes while it runs.',
    );
  }
  const [hottest] = profiles;
  if (processes.length === 0 && !hottest) {
    warnings.push("Nothing was captured: the command started no Node process that could be seen.");
  }
  if (hottest) warnings.push(...tooFewSamples(hottest.samples));
  return warnings;
}
