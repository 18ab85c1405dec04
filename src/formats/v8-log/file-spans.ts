/** Reads back spans of the file that the single pass went over, when something needs them. */
import { readSync } from "node:fs";
import type { FileSpan } from "./script.ts";

export class FileSpans {
  readonly #fd: number;
  #buffer = Buffer.alloc(1 << 14);

  /** A part of the file that is in memory anyway. */
  #window: Buffer = Buffer.alloc(0);
  #windowOffset = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Lets spans inside `bytes`, which stand at `offset` of the file, be taken from there. */
  setWindow(bytes: Buffer, offset: number): void {
    this.#window = bytes;
    this.#windowOffset = offset;
  }

  /** The bytes, valid until the next call; fewer when the file has shrunk since. */
  read({ offset, length }: FileSpan): Buffer {
    const at = offset - this.#windowOffset;
    if (at >= 0 && at + length <= this.#window.length)
      return this.#window.subarray(at, at + length);
    if (length > this.#buffer.length) this.#buffer = Buffer.alloc(length + (length >>> 2));
    let done = 0;
    while (done < length) {
      const count = readSync(this.#fd, this.#buffer, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return this.#buffer.subarray(0, done);
  }
}
