/**
 * `hangscope run`: the server prepares the capture and collects it; the program itself is our own
 * child, so that terminal, input and signals are its own.
 */
import { rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { execa } from "execa";
import type { StartedCapture, StoppedCapture } from "../capture/v8/capture.ts";
import { pruneCaptures } from "../capture/v8/storage.ts";
import { ensureServer } from "../launcher/ensure-server.ts";
import { dataFolder } from "../launcher/server-folder.ts";
import type { ServerClient } from "../server/client.ts";
import { CliError, exitCodeOfSignal, exitCodes } from "./failure.ts";
import type { Interrupts } from "./interrupts.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { serverScript } from "./server-command.ts";
import { readAnalysis, readTable } from "./show-profile.ts";

export interface RunOptions {
  readonly cpuProf: boolean;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly top: number | undefined;
}

/** Of captures that nobody asked to have elsewhere. */
const keptBytes = 1024 ** 3;

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
  const client = await ensureServer({ serverScript, workspace: cwd, signal });
  const listening = new AbortController();
  void keepInUse(client, listening.signal);
  try {
    const kept = join(dataFolder(), "captures");
    const directory = options.out === undefined ? kept : resolve(options.out);
    const { PATH, NODE_OPTIONS, npm_config_script_shell } = process.env;
    const env = { PATH, NODE_OPTIONS, npm_config_script_shell };
    const started = await client.call(
      "v8.start",
      {
        target: {
          kind: "command",
          argv: [...argv],
          cwd,
          env: withoutUndefined(env),
          launch: "caller",
        },
        sampler: options.cpuProf ? "cpu-prof" : "prof",
        directory,
      },
      task,
    );
    bar.clear();
    const exitCode = await runProgram(started, options.json, interrupts).catch(
      async (error: unknown) => {
        await client.call("v8.stop", { sessionId: started.sessionId });
        await rm(started.directory, { recursive: true, force: true });
        throw error;
      },
    );
    const stopped = await client.call("v8.stop", { sessionId: started.sessionId }, task);
    const profiles =
      options.out === undefined
        ? stopped.profiles
        : await moveUp(stopped.profiles, started.directory, directory);
    await print({ ...stopped, profiles }, exitCode, options, bar, signal);
    if (options.out === undefined) await pruneCaptures(kept, keptBytes);
    return exitCode === exitCodes.ok && profiles.length === 0 ? exitCodes.failed : exitCode;
  } finally {
    listening.abort();
  }
}

/** A server without clients leaves in the end; a program may run for longer than that. */
async function keepInUse(client: ServerClient, signal: AbortSignal): Promise<void> {
  try {
    for await (const _event of client.events(signal)) {
      // What happens does not matter here, only that we listen.
    }
  } catch {
    // That the server is gone is for the next call to tell.
  }
}

function withoutUndefined(env: Readonly<Record<string, string | undefined>>) {
  const defined = Object.entries(env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Record<string, string>;
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
    env,
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
