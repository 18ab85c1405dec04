/**
 * `hangscope run`: the server prepares the capture and collects it; the program itself is our own
 * child, so that terminal, input and signals are its own.
 */
import { rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { StartedCapture, StoppedCapture } from "../capture/capture.ts";
import type { CapturedHang } from "../capture/session-watch.ts";
import { ensureServer } from "../launcher/ensure-server.ts";
import type { ServerClient } from "../server/client.ts";
import type { ServerEvent } from "../server/protocol.ts";
import { mergeEnvironments } from "../toolchain/environment.ts";
import { CliError, exitCodeOfSignal, exitCodes } from "./failure.ts";
import type { Interrupts } from "./interrupts.ts";
import { keptCaptures, pruneKept } from "./kept-captures.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { serverScript } from "./server-command.ts";
import { readAnalysis, readTable } from "./show-profile.ts";
import { hangNotice, watchSummary } from "./watch-text.ts";

export interface RunOptions {
  readonly cpuProf: boolean;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly top: number | undefined;
  /** Milliseconds; not a profile is wanted then, but whatever hangs for longer. */
  readonly watchAfter: number | undefined;
}

/** So that a server that cannot be reached is not asked for without a pause. */
const reconnectMs = 500;

/** A profile with a smaller share of the hottest one's samples is only named. */
const shownShare = 0.1;

/** @returns the exit code. */
export async function runCommand(
  argv: readonly string[],
  options: RunOptions,
  bar: ProgressBar,
  interrupts: Interrupts,
): Promise<number> {
  const { signal } = interrupts;
  const cwd = process.cwd();
  const task = bar.task(signal);
  task.onProgress?.({ message: "Starting the server" });
  const server = { client: await ensureServer({ serverScript, workspace: cwd, signal }) };
  const listening = new AbortController();
  const isWatched = options.watchAfter !== undefined;
  const told = new Set<string>();
  const tell = (hang: CapturedHang) => {
    if (told.has(hang.path)) return;
    told.add(hang.path);
    console.error(hangNotice(hang));
  };
  let sessionId: string | undefined;
  const onEvent = (event: ServerEvent) => {
    if (event.kind === "hang-captured" && event.sessionId === sessionId) tell(event);
  };
  void (isWatched
    ? keepWatched(server, cwd, listening.signal, onEvent)
    : keepInUse(server.client, listening.signal));
  try {
    const kept = keptCaptures();
    const directory = options.out === undefined ? kept : resolve(options.out);
    // Every call tells its PATH anyway.
    const { NODE_OPTIONS, npm_config_script_shell } = process.env;
    const started = await server.client.call(
      "v8.start",
      {
        target: {
          kind: "command",
          argv: [...argv],
          cwd,
          env: mergeEnvironments([{ NODE_OPTIONS, npm_config_script_shell }]),
          launch: "caller",
        },
        sampler: options.cpuProf ? "cpu-prof" : "prof",
        directory,
        ...(options.watchAfter !== undefined && {
          watch: { afterMs: options.watchAfter, workspaceFolders: [cwd] },
        }),
      },
      task,
    );
    ({ sessionId } = started);
    bar.clear();
    const exitCode = await runProgram(started, options.json, interrupts).catch(
      async (error: unknown) => {
        await server.client.call("v8.stop", { sessionId: started.sessionId });
        await rm(started.directory, { recursive: true, force: true });
        throw error;
      },
    );
    const stopped = await server.client.call("v8.stop", { sessionId: started.sessionId }, task);
    if (isWatched) {
      bar.clear();
      printWatch(stopped, exitCode, options.json, tell);
      if (options.out === undefined) await pruneKept();
      return exitCode;
    }
    const profiles =
      options.out === undefined
        ? stopped.profiles
        : await moveUp(stopped.profiles, started.directory, directory);
    await print({ ...stopped, profiles }, exitCode, options, bar, signal);
    if (options.out === undefined) await pruneKept();
    return exitCode === exitCodes.ok && profiles.length === 0 ? exitCodes.failed : exitCode;
  } finally {
    listening.abort();
  }
}

/** A server without clients leaves in the end; a program may run for longer than that. */
async function keepInUse(
  client: ServerClient,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void = () => {},
): Promise<void> {
  try {
    for await (const event of client.events(signal)) onEvent(event);
  } catch {
    // That the server is gone is for the next call to tell.
  }
}

/** A server that dies is followed by another, which goes on watching. */
async function keepWatched(
  server: { client: ServerClient },
  workspace: string,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  while (!signal.aborted) {
    await keepInUse(server.client, signal, onEvent);
    await sleep(reconnectMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    try {
      server.client = await ensureServer({ serverScript, workspace, signal });
    } catch {
      // The program goes on, if unwatched; its end tells.
      return;
    }
  }
}

function printWatch(
  { hangs = [], warnings }: StoppedCapture,
  exitCode: number,
  json: boolean,
  tell: (hang: CapturedHang) => void,
): void {
  // What was being captured when the program ended.
  for (const hang of hangs) tell(hang);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  if (json) console.log(JSON.stringify({ exitCode, hangs, warnings }));
  else console.error(watchSummary(hangs));
}

/** Runs the program to its end and gives its exit code. Its output gives way to ours in a pipe. */
async function runProgram(
  { argv, cwd, env }: StartedCapture,
  json: boolean,
  interrupts: Interrupts,
): Promise<number> {
  const [file, ...args] = argv as [string, ...string[]];
  const child = execa(file, args, {
    cwd,
    env: mergeEnvironments([process.env, env]),
    extendEnv: false,
    stdin: "inherit",
    stdout: json ? process.stderr : "inherit",
    stderr: "inherit",
    reject: false,
    forceKillAfterDelay: false,
  });
  // A terminal sends its interrupt to the program as well; otherwise it comes to us alone.
  const forward = (name: NodeJS.Signals) => {
    if (name !== "SIGINT" || !process.stdin.isTTY) child.kill(name);
  };
  const { code, exitCode, signal, originalMessage } = await interrupts.divert(forward, child);
  if (signal) return exitCodeOfSignal(signal);
  if (exitCode !== undefined) return exitCode;
  if (code === "ENOENT") throw new CliError(`${file}: not found on PATH.`, exitCodes.notFound);
  throw new CliError(`${file}: could not be started: ${originalMessage}`);
}

/** The user's folder gets the profiles; the capture's own, with what only views need, goes. */
async function moveUp(
  profiles: StoppedCapture["profiles"],
  capture: string,
  directory: string,
): Promise<StoppedCapture["profiles"]> {
  const moved = [];
  for (const profile of profiles) {
    const path = join(directory, basename(profile.path));
    await rename(profile.path, path);
    moved.push({ ...profile, path });
  }
  await rm(capture, { recursive: true, force: true });
  return moved;
}

async function print(
  { profiles, unprofiled, warnings }: StoppedCapture,
  exitCode: number,
  { json, top }: RunOptions,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<void> {
  const task = bar.task(signal);
  if (json) {
    const read = [];
    for (const { path, pid, title } of profiles) {
      read.push({ path, pid, title, ...(await readAnalysis(path, top, task)) });
    }
    bar.clear();
    console.log(JSON.stringify({ exitCode, profiles: read, unprofiled, warnings }));
    return;
  }
  const shown = (profiles[0]?.samples ?? 0) * shownShare;
  for (const { path, pid, title, samples } of profiles) {
    if (samples >= shown) {
      const start = performance.now();
      const table = await readTable(path, top, task);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      bar.clear();
      console.log(`\n${title} (process ${pid}), read in ${seconds} s from ${path}\n${table}`);
    } else console.log(`\n${title} (process ${pid}): ${samples} samples in ${path}`);
  }
  for (const { pid, command } of unprofiled) {
    console.error(`Not profiled, as it was not started by way of PATH: ${command} (${pid})`);
  }
  for (const warning of warnings) console.error(`Warning: ${warning}`);
}
