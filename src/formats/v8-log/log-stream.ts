/** Hands the file to the parser chunk by chunk; the next one is read while one is parsed. */
import type { FileHandle } from "node:fs/promises";
import type { ReadOptions } from "../reader.ts";
import { newline } from "./bytes.ts";
import type { FileSpans } from "./file-spans.ts";
import type { LogParser } from "./log-parser.ts";

const maxChunkBytes = 1 << 20;
const firstRoom = 1 << 16;
/** A longer line is skipped, unless it is a script's source: those are streamed. */
const maxLineBytes = 16 << 20;
const progressEveryMs = 200;

/** A buffer with room before the chunk for what the last one left over. */
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

  get chunkBytes(): number {
    return this.bytes.length - this.room;
  }

  get end(): number {
    return this.room + this.count;
  }
}

/** @throws the signal's reason when aborted. */
export async function readLog(
  file: FileHandle,
  parser: LogParser,
  spans: FileSpans,
  { signal, onProgress }: ReadOptions,
): Promise<void> {
  const total = (await file.stat()).size;
  const chunkBytes = Math.min(maxChunkBytes, total + 1);
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
  let isSkipping = false;
  let reported = 0;
  for (;;) {
    signal?.throwIfAborted();
    const now = performance.now();
    if (onProgress && now - reported > progressEveryMs) {
      reported = now;
      onProgress(position, total);
    }
    if (isSkipping) {
      const lineEnd = slot.bytes.subarray(0, slot.end).indexOf(newline, start);
      isSkipping = lineEnd < 0;
      start = isSkipping ? slot.end : lineEnd + 1;
    }
    const fileOffset = position - (slot.end - start);
    const ahead = fill(spare);
    // Awaited below, but not when the parser throws.
    ahead.catch(() => {});
    spans.setWindow(slot.bytes.subarray(start, slot.end), fileOffset);
    const chunk = { start, end: slot.end, fileOffset };
    const used = parser.feed(slot.bytes, slot.view, { ...chunk, isLast: false });
    const next = await ahead;
    if (next.count === 0) {
      const rest = { start: used, end: slot.end, fileOffset: fileOffset + used - start };
      const done = parser.feed(slot.bytes, slot.view, { ...rest, isLast: true });
      parser.finish(slot.end - done);
      spans.setWindow(Buffer.alloc(0), 0);
      onProgress?.(position, total);
      return;
    }
    let left = slot.end - used;
    if (left > maxLineBytes) {
      parser.skipLine();
      isSkipping = true;
      left = 0;
    }
    const filled = left > next.room ? withRoom(next, left * 2) : next;
    slot.bytes.copy(filled.bytes, filled.room - left, slot.end - left, slot.end);
    start = filled.room - left;
    spare = slot;
    slot = filled;
  }
}

function withRoom(slot: Slot, room: number): Slot {
  const roomier = new Slot(room, slot.chunkBytes);
  slot.bytes.copy(roomier.bytes, room, slot.room, slot.end);
  roomier.count = slot.count;
  return roomier;
}
