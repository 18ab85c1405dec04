/** Hands a file to a parser chunk by chunk; the next one is read while one is parsed. */
import type { FileHandle } from "node:fs/promises";
import type { ReadOptions } from "./reader.ts";

export const usualChunkBytes = 1 << 20;
const firstRoom = 1 << 16;
const progressEveryMs = 200;

/** Bytes of a file from `start` to `end`. What stands around them is none of them. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Of the same memory as `bytes`. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /** Where in the file `start` stands. */
  readonly fileOffset: number;
}

export interface ChunkOptions extends ReadOptions {
  /** How much is read at once. */
  readonly chunkBytes?: number;
}

/** A buffer with room before what is read for what the last chunk left over. */
class Slot {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly room: number;
  /** Bytes of the file in it, from `room` on. */
  count = 0;

  constructor(room: number, chunkBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(room + chunkBytes);
    this.view = new DataView(this.bytes.buffer);
    this.room = room;
  }

  get end(): number {
    return this.room + this.count;
  }
}

/**
 * Reads the file to its end.
 * @param parse takes a chunk, which is gone after the call, and gives the index of the first byte
 *   that it did not take: the next chunk begins with that
 * @returns what was not taken at the end of the file
 * @throws what `parse` throws, and the signal's reason when aborted.
 */
export async function readChunks(
  file: FileHandle,
  parse: (chunk: Chunk) => number,
  { signal, onProgress, chunkBytes: wanted = usualChunkBytes }: ChunkOptions,
): Promise<Chunk> {
  const total = (await file.stat()).size;
  const chunkBytes = Math.min(wanted, total + 1);
  let position = 0;
  const fill = async (slot: Slot) => {
    const { bytesRead } = await file.read(slot.bytes, slot.room, chunkBytes, position);
    slot.count = bytesRead;
    position += bytesRead;
    return slot;
  };
  let slot = await fill(new Slot(firstRoom, chunkBytes));
  let spare = new Slot(firstRoom, chunkBytes);
  let start = slot.room;
  let reported = 0;
  const chunk = (): Chunk => {
    const { bytes, view, end } = slot;
    return { bytes, view, start, end, fileOffset: position - (end - start) };
  };
  while (slot.count > 0) {
    signal?.throwIfAborted();
    const now = performance.now();
    if (onProgress && now - reported > progressEveryMs) {
      reported = now;
      onProgress(position, total);
    }
    const current = chunk();
    const ahead = fill(spare);
    // Awaited below, but not when the parser throws.
    ahead.catch(() => {});
    const used = parse(current);
    const left = slot.end - used;
    const next = await ahead;
    const filled = left > next.room ? withRoom(next, left * 2, chunkBytes) : next;
    slot.bytes.copy(filled.bytes, filled.room - left, used, slot.end);
    start = filled.room - left;
    spare = slot;
    slot = filled;
  }
  onProgress?.(position, total);
  return chunk();
}

function withRoom(slot: Slot, room: number, chunkBytes: number): Slot {
  const roomier = new Slot(room, chunkBytes);
  slot.bytes.copy(roomier.bytes, room, slot.room, slot.end);
  roomier.count = slot.count;
  return roomier;
}
