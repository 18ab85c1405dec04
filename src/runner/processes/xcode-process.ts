/**
 * One run of xcodebuild in a process group of its own, with nothing on its input: a terminal there
 * can hang a scheme's pre-actions. What it starts ends with it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { xcrun } from "../../capture/apple/xcode.ts";
import type { Environment } from "../../toolchain/environment.ts";
import { mergeEnvironments } from "../../toolchain/environment.ts";
import { identify } from "../../toolchain/process-identity/identity.ts";
import { RunnerError, writeBelow } from "../runner-error.ts";
import type { ProcessRecord, ProcessRecords } from "./process-records.ts";
import { graceMs, signalGroup } from "./process-table.ts";

export interface XcodeProcessOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly records: ProcessRecords;
  /** Begun for it: its marker is on the command line. */
  readonly record: ProcessRecord;
  /** Takes each line as it comes; otherwise all goes to `log`, and the program outlives us. */
  readonly onLine?: (line: string) => void;
  /** Absolute path. */
  readonly log?: string;
}

export interface Exit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** One user's settings must not change what a key stands for. */
const notOurs = { XCODE_XCCONFIG_FILE: undefined };
const keptTailBytes = 16 * 1024;
const drainMs = 1_000;

export class XcodeProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  record: ProcessRecord;
  readonly #records: ProcessRecords;
  #hasExited = false;

  /** @param read settles when all that it said has been read */
  private constructor(
    pid: number,
    child: ChildProcess,
    read: Promise<unknown>,
    record: ProcessRecord,
    records: ProcessRecords,
  ) {
    this.pid = pid;
    this.record = record;
    this.#records = records;
    this.exited = this.#watch(child, read);
  }

  /** @throws RunnerError `no-xcode`, `cannot-start`, or what the disk refuses. */
  static async start(options: XcodeProcessOptions): Promise<XcodeProcess> {
    const { records, record, onLine } = options;
    const log =
      options.log === undefined
        ? undefined
        : await writeBelow(options.log, () => open(options.log!, "w", 0o600));
    try {
      const child = start(options, log);
      const { pid } = child;
      if (pid === undefined) throw await cannotStart(child);
      const read = readLines(onLine ? [child.stdout, child.stderr] : [], onLine);
      const running = new XcodeProcess(pid, child, read, record, records);
      await running.#note();
      return running;
    } finally {
      await log?.close();
    }
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** For whoever comes after us. Without it, it is still found by its marker. */
  async #note(): Promise<void> {
    const found = await identify(this.pid).catch(() => undefined);
    if (!found || this.#hasExited) return;
    try {
      const program = { pid: this.pid, startTime: found.startTime };
      this.record = await this.#records.started(this.record, program);
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#hasExited) await this.#records.end(this.record);
  }

  async #watch(child: ChildProcess, read: Promise<unknown>): Promise<Exit> {
    const { exitCode, signal } = await exitOf(child);
    this.#hasExited = true;
    // What it started and left behind; at once, while nobody else can have its number.
    signalGroup(this.pid, "SIGKILL");
    // One that has left the group may hold our pipe for ever.
    await Promise.race([read, sleep(drainMs, undefined, { ref: false })]);
    await this.#records.end(this.record);
    return { exitCode, signal };
  }

  /** SIGTERM to the group, and SIGKILL to what is left of it. Settles when all is gone. */
  async stop(): Promise<void> {
    if (!this.#hasExited) signalGroup(this.pid, "SIGTERM");
    await Promise.race([this.exited, sleep(graceMs, undefined, { ref: false })]);
    if (!this.#hasExited) signalGroup(this.pid, "SIGKILL");
    await this.exited;
  }
}

function start({ args, cwd, env, onLine }: XcodeProcessOptions, log: FileHandle | undefined) {
  const output = log?.fd ?? (onLine ? "pipe" : "ignore");
  return spawn(xcrun.command, ["xcodebuild", ...args], {
    cwd,
    env: mergeEnvironments([process.env, env, notOurs]),
    detached: true,
    stdio: ["ignore", output, output],
  });
}

/** Of the program itself, whoever still holds its pipes. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) =>
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }),
    );
  });
}

/** Settles when all has been read. */
async function readLines(
  streams: readonly (Readable | null | undefined)[],
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const lines = streams.flatMap((input) =>
    input ? [createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })] : [],
  );
  await Promise.all(lines.map((each) => once(each.on("line", onLine), "close")));
}

/** Why it has no pid. */
async function cannotStart(child: ChildProcess): Promise<RunnerError> {
  const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
  if (error.code === "ENOENT") {
    const message = `xcrun was not found. ${xcrun.howToGet}`;
    return new RunnerError("no-xcode", "environment", message, { cause: error });
  }
  const message = `xcodebuild could not be started: ${error.message}.`;
  return new RunnerError("cannot-start", "environment", message, { cause: error });
}

/** The end of a log; `""` for none. */
export async function readTail(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    const start = Math.max(0, size - keptTailBytes);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - start),
        0,
        size - start,
        start,
      );
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return "";
  }
}
