/** Reads a log while its writer appends to it and moves it to `.1` when it is full. */
import { type FileHandle, open, stat } from "node:fs/promises";

const chunkBytes = 64 * 1024;

export class LogTail {
  readonly #path: string;
  /** Kept open, so that what was written before a move is read after it. */
  #file: FileHandle | undefined;
  #position = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What stands in the log by now is not given. */
  async skip(): Promise<void> {
    this.#file ??= await openIfThere(this.#path);
    this.#position = (await this.#file?.stat())?.size ?? 0;
  }

  /** What has come since it was last asked, the file that was moved away before that first. */
  async *read(): AsyncGenerator<Uint8Array> {
    if (!this.#file) {
      this.#file = await openIfThere(this.#path);
      // Opened before its predecessor is read: a move in between loses nothing that way.
      if (this.#file) yield* this.#predecessor(this.#file);
    }
    while (this.#file) {
      yield* this.#rest(this.#file);
      if (!(await this.#isMoved(this.#file))) return;
      // Its writer may have appended between our last look and the move.
      yield* this.#rest(this.#file);
      await this.close();
      this.#file = await openIfThere(this.#path);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#position = 0;
  }

  async *#predecessor(file: FileHandle): AsyncGenerator<Uint8Array> {
    const before = await openIfThere(`${this.#path}.1`);
    if (!before) return;
    try {
      if ((await idOf(before)) !== (await idOf(file))) yield* chunksOf(before, 0);
    } finally {
      await before.close();
    }
  }

  async *#rest(file: FileHandle): AsyncGenerator<Uint8Array> {
    // Someone emptied it.
    if ((await file.stat()).size < this.#position) this.#position = 0;
    for await (const chunk of chunksOf(file, this.#position)) {
      this.#position += chunk.length;
      yield chunk;
    }
  }

  async #isMoved(file: FileHandle): Promise<boolean> {
    const found = await stat(this.#path, { bigint: true }).catch(() => undefined);
    return found !== undefined && `${found.dev}/${found.ino}` !== (await idOf(file));
  }
}

async function* chunksOf(file: FileHandle, from: number): AsyncGenerator<Uint8Array> {
  for (let position = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), { position });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function idOf(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true });
  return `${dev}/${ino}`;
}
