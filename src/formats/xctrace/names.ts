/**
 * Names by their bytes: one that was seen before, most by far, is neither decoded nor allocated.
 */
import { grown } from "../../profile/growable.ts";

/** Further names are interned anew each time they are met, which bounds the memory. */
const maxArenaBytes = 32 << 20;
const maxNames = 1 << 20;
const fields = 4;

export class Names {
  readonly #intern: (bytes: Buffer, start: number, end: number) => number;
  #arena = new Uint8Array(1 << 16);
  #arenaView = new DataView(this.#arena.buffer);
  #used = 0;
  /** Row + 1 by hash, open addressing. */
  #slots = new Int32Array(1 << 13);
  #count = 0;
  /** By row, side by side as all four are looked at: start, length, hash, value. */
  #rows = new Int32Array(fields << 12);

  /** @param intern the number of a name; asked once for each, as long as there is room */
  constructor(intern: (bytes: Buffer, start: number, end: number) => number) {
    this.#intern = intern;
  }

  /** @param view over the same memory as `bytes` */
  get(bytes: Buffer, view: DataView, start: number, end: number): number {
    const hash = hashOf(bytes, view, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot]! - 1) * fields;
      const rows = this.#rows;
      if (rows[row + 2] !== hash || rows[row + 1] !== end - start) continue;
      if (this.#equals(rows[row]!, bytes, view, start, end)) return rows[row + 3]!;
    }
    return this.#add(bytes, start, end, hash, slot);
  }

  #equals(from: number, bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const arena = this.#arena;
    const arenaView = this.#arenaView;
    let at = from;
    let i = start;
    for (; i + 4 <= end; i += 4, at += 4) {
      if (arenaView.getInt32(at, true) !== view.getInt32(i, true)) return false;
    }
    for (; i < end; i++) if (arena[at++] !== bytes[i]) return false;
    return true;
  }

  #add(bytes: Buffer, start: number, end: number, hash: number, slot: number): number {
    const value = this.#intern(bytes, start, end);
    const used = this.#used + end - start;
    if (used > maxArenaBytes || this.#count === maxNames) return value;
    while (used > this.#arena.length) this.#growArena();
    this.#arena.set(bytes.subarray(start, end), this.#used);
    const row = this.#count++;
    if (row * fields === this.#rows.length) this.#rows = grown(Int32Array, this.#rows);
    this.#rows.set([this.#used, end - start, hash, value], row * fields);
    this.#used = used;
    this.#slots[slot] = row + 1;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return value;
  }

  #growArena(): void {
    this.#arena = grown(Uint8Array, this.#arena);
    this.#arenaView = new DataView(this.#arena.buffer);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      let slot = this.#rows[row * fields + 2]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}

/** Four bytes at a time. */
function hashOf(bytes: Buffer, view: DataView, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
