/**
 * The `xctrace record` process: started, watched, stopped. Its output goes to a file, not to a
 * pipe: a recorder outlives a server that dies, and the next one reads on.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Environment } from "../../toolchain/environment.ts";
import {
  identify,
  isSame,
  type ProcessIdentity,
} from "../../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { CaptureError } from "../capture-error.ts";
import { bytesBelow } from "../storage.ts";

const pollMs = 100;
/** Finalising a long trace takes minutes; ended sooner, the trace is destroyed. */
const finaliseMs = 300_000;
const terminateMs = 5_000;
const killMs = 5_000;
const keptLogBytes = 16 * 1024;

export interface RecorderFiles {
  /** The `.trace` to be. */
  readonly trace: string;
  /** What the recorder says. */
  readonly log: string;
}

export interface RecorderLimits {
  readonly finaliseMs: number;
  readonly terminateMs: number;
}

export class TraceRecorder {
  readonly files: RecorderFiles;
  /** Of a recorder that this server started and that has ended. */
  exitCode: number | undefined;
  #process: ProcessIdentity;

  constructor(process: ProcessIdentity, files: RecorderFiles) {
    this.#process = process;
    this.files = files;
  }

  /** In a process group of its own, so that no Ctrl-C of a terminal's reaches it. */
  static async start(
    program: string,
    args: readonly string[],
    files: RecorderFiles,
    env: Environment,
  ): Promise<TraceRecorder> {
    // A stream of its own file: the recorder gets the descriptor itself.
    const log = createWriteStream(files.log, { mode: 0o600 });
    await once(log, "open");
    try {
      const child = execa(program, args, {
        cwd: dirname(files.trace),
        detached: true,
        cleanup: false,
        stdin: "ignore",
        stdout: log,
        stderr: log,
        buffer: false,
        reject: false,
        env,
      });
      const identity = child.pid === undefined ? undefined : await identify(child.pid);
      if (!identity) throw await TraceRecorder.#failure(child, files.log);
      const recorder = new TraceRecorder(identity, files);
      void child.then(({ exitCode }) => {
        recorder.exitCode = exitCode;
      });
      return recorder;
    } finally {
      log.destroy();
    }
  }

  static async #failure(child: PromiseLike<{ originalMessage?: string | undefined }>, log: string) {
    const { originalMessage = "" } = await child;
    const said = originalMessage || (await readTail(log));
    return new CaptureError("cannot-start", `xctrace did not start: ${said.trim()}`);
  }

  get process(): ProcessIdentity {
    return this.#process;
  }

  /** Its command line may be another once it has come up: Xcode's tools start one another. */
  async recognize(): Promise<void> {
    const found = await identify(this.#process.pid);
    if (found?.startTime === this.#process.startTime) this.#process = found;
  }

  async isRunning(): Promise<boolean> {
    return (await isSame(this.#process)) !== "gone";
  }

  /** The end of what it has said. */
  said(): Promise<string> {
    return readTail(this.files.log);
  }

  /** Whether it says that everything was written. */
  async isSaved(): Promise<boolean> {
    return /^Output file saved as:/m.test(await this.said());
  }

  /** Settles when it has ended by itself or was ended. */
  async whenEnded(signal?: AbortSignal): Promise<void> {
    while (await this.isRunning())
      await sleep(pollMs, undefined, { ref: false, ...(signal && { signal }) });
  }

  /**
   * Ends the recording and waits until the trace is written. Does nothing for one that has ended.
   * @throws the signal's reason when aborted; the recorder then still finalises.
   */
  async stop(
    { signal, onProgress }: TaskOptions,
    limits: Partial<RecorderLimits> = {},
  ): Promise<void> {
    const steps = [
      ["SIGINT", limits.finaliseMs ?? finaliseMs],
      ["SIGTERM", limits.terminateMs ?? terminateMs],
      ["SIGKILL", killMs],
    ] as const;
    const started = performance.now();
    for (const [signalName, ms] of steps) {
      if (!(await this.#signal(signalName))) return;
      const until = performance.now() + ms;
      while (performance.now() < until) {
        if (!(await this.isRunning())) return;
        onProgress?.({
          message: `Finalising the trace (${Math.round((performance.now() - started) / 1000)} s)`,
          done: await bytesBelow(this.files.trace),
          unit: "bytes",
        });
        await sleep(pollMs * 2, undefined, { ...(signal && { signal }) });
      }
    }
  }

  /** Ends it at once: the trace is lost. */
  async kill(): Promise<void> {
    for (const signalName of ["SIGTERM", "SIGKILL"] as const) {
      if (!(await this.#signal(signalName))) return;
      const until = performance.now() + 2_000;
      while (performance.now() < until) {
        if (!(await this.isRunning())) return;
        await sleep(pollMs);
      }
    }
  }

  /** False when it is gone. Never signals a process that only has the same number. */
  async #signal(signal: NodeJS.Signals): Promise<boolean> {
    if ((await isSame(this.#process)) !== "same") return false;
    const { pid } = this.#process;
    try {
      // What it started itself must not be left over.
      process.kill(signal === "SIGKILL" && process.platform !== "win32" ? -pid : pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}

/** @returns `""` for a file that is not there. */
async function readTail(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= keptLogBytes) return await readFile(path, "utf8");
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(keptLogBytes),
        0,
        keptLogBytes,
        size - keptLogBytes,
      );
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return "";
  }
}

/** The last lines, for an error's message. */
export function lastLines(text: string, count = 4): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
