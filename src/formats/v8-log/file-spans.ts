/** Reads back spans of the file that the single pass went over, when something needs them. */
import { readSync } from "node:fs";
import type { FileSpan } from "./script.ts";

export class FileSpans {
  readonly #fd: number;
  #buffer = Buffer.alloc(1 << 14);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The bytes, valid until the next call; fewer when the file has shrunk since. */
  read({ offset, length }: FileSpan): Buffer {
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
