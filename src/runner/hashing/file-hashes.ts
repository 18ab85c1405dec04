/** Hashes of files' contents, read once for as long as nothing about a file has changed. */
import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, openSync, readSync } from "node:fs";

/** Nobody waits for the answer any more. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

export interface RememberedHash {
  readonly stamp: string;
  readonly sha256: string;
}

const chunkBytes = 1024 * 1024;
/** A file may change again within the same tick of its times. */
const settledNs = 3_000_000_000n;
const maxRemembered = 200_000;

export class FileHashes {
  readonly #remembered: Map<string, RememberedHash>;
  readonly #isStopped: () => boolean;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);

  constructor(remembered: Map<string, RememberedHash>, isStopped: () => boolean) {
    this.#remembered = remembered;
    this.#isStopped = isStopped;
  }

  /** @throws StoppedError */
  check(): void {
    if (this.#isStopped()) throw new StoppedError();
  }

  /** Of a source, which is asked for over and over. */
  ofSource(path: string, stats: BigIntStats): string {
    const { ino, size, mtimeNs, ctimeNs } = stats;
    const stamp = `${ino}/${size}/${mtimeNs}/${ctimeNs}`;
    const known = this.#remembered.get(path);
    if (known?.stamp === stamp) return known.sha256;
    const sha256 = this.ofFile(path);
    const now = BigInt(Date.now()) * 1_000_000n;
    // Times of a clock that was set back lie ahead, and are never trusted.
    const isSettled = mtimeNs < now - settledNs && ctimeNs < now - settledNs;
    if (isSettled && this.#remembered.size < maxRemembered) {
      this.#remembered.set(path, { stamp, sha256 });
    } else this.#remembered.delete(path);
    return sha256;
  }

  /** Always read. */
  ofFile(path: string): string {
    const hash = createHash("sha256");
    const file = openSync(path, "r");
    try {
      for (;;) {
        this.check();
        const bytes = readSync(file, this.#buffer, 0, chunkBytes, null);
        if (bytes === 0) return hash.digest("hex");
        hash.update(this.#buffer.subarray(0, bytes));
      }
    } finally {
      closeSync(file);
    }
  }
}
