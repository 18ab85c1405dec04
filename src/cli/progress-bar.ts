/** Progress on standard error while a terminal shows it; nothing in a pipe. */

import { formatBytes } from "../results/format-bytes.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";

const redrawMs = 100;
const barWidth = 24;
const clearLine = "\r\x1b[2K";

export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #lastDrawn = 0;
  #lastMessage = "";
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** To give to a long task, together with its cancel signal. */
  task(signal: AbortSignal): TaskOptions {
    return { signal, onProgress: (progress) => this.#update(progress) };
  }

  /** Takes the bar away, before anything else is printed. */
  clear(): void {
    if (this.#shown) this.#stream.write(clearLine);
    this.#shown = false;
  }

  #update(progress: Progress): void {
    const now = performance.now();
    const isNew = progress.message !== this.#lastMessage;
    if (!this.#stream.isTTY || (!isNew && now - this.#lastDrawn < redrawMs)) return;
    this.#lastDrawn = now;
    this.#lastMessage = progress.message;
    this.#shown = true;
    const line = describeProgress(progress).slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(`${clearLine}${line}`);
  }
}

/** `Reading app-v8.log  ████████░░░░░░░░░░░░░░░░  33 % of 205 MB`, or `12 s  Building …`. */
export function describeProgress({ message, done, total, unit }: Progress): string {
  // Time that passes is no part of the work done, and stays in sight beside a long message.
  if (unit === "ms" && done !== undefined) return `${Math.floor(done / 1000)} s  ${message} …`;
  if (done === undefined || !total) return `${message} …`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const whole = unit === "bytes" ? ` of ${formatBytes(total)}` : "";
  return `${message}  ${bar}  ${Math.floor(share * 100)} %${whole}`;
}
