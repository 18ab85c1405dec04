/** The process of a browser: its inspector, what it says, and its end. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { CaptureError } from "../../capture/capture-error.ts";
import type { Environment } from "../../toolchain/environment.ts";

const pollMs = 50;
const endMs = 5_000;
const keptOutputBytes = 8 * 1024;

interface ProcessOptions {
  readonly cwd: string;
  /** Over our own. */
  readonly env: Environment;
}

export class BrowserProcess {
  /** Nothing when it could not be started. */
  readonly pid: number | undefined;
  /** Settles when it has ended, whyever. */
  readonly ended: Promise<void>;
  readonly #kill: (signal: NodeJS.Signals) => void;
  #output = Buffer.alloc(0);
  #hasEnded = false;

  constructor(executable: string, args: readonly string[], { cwd, env }: ProcessOptions) {
    const child = execa(executable, args, {
      cwd,
      env,
      stdin: "ignore",
      all: true,
      buffer: false,
      reject: false,
      killDescendants: true,
    });
    child.all.on("data", (chunk: Buffer) => {
      this.#output = Buffer.concat([this.#output, chunk]).subarray(-keptOutputBytes);
    });
    this.pid = child.pid;
    this.#kill = (signal) => child.kill(signal);
    this.ended = child.then(({ originalMessage }) => {
      this.#hasEnded = true;
      if (child.pid === undefined) this.#output = Buffer.from(originalMessage ?? "");
    });
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output.toString();
  }

  /**
   * Waits until it listens.
   * @throws CaptureError `cannot-start` when it ends instead; the signal's reason when aborted.
   */
  async inspector(data: string, signal: AbortSignal) {
    for (;;) {
      const text = await readFile(join(data, "DevToolsActivePort"), "utf8").catch(() => "");
      const [, port, path] = /^(\d+)\n(\/\S+)/.exec(text) ?? [];
      const address = `127.0.0.1:${port}`;
      if (path !== undefined) return { address, webSocket: `ws://${address}${path}` };
      if (this.#hasEnded) throw new CaptureError("cannot-start", "it ended at once.");
      await sleep(pollMs, undefined, { signal });
    }
  }

  async end(): Promise<void> {
    if (!this.#hasEnded) this.#kill("SIGTERM");
    const late = new AbortController();
    await Promise.race([
      this.ended,
      sleep(endMs, undefined, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
    if (!this.#hasEnded) this.#kill("SIGKILL");
    await this.ended;
  }
}
