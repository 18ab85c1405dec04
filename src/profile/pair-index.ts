/**
 * A hash index over rows keyed by two integers: `(parent, frame) → node` without an object or a
 * string per key. Open addressing over one Int32Array; the keys live in the caller's own columns.
 */
import { release } from "./growable.ts";

export class PairIndex {
  /** For each slot a row + 1 and the key's hash, which spares most looks at the columns. */
  #slots = new Int32Array(1 << 16);
  #mask = (1 << 15) - 1;
  #size = 0;

  /**
   * The row whose key is `(a, b)`, or -1. `rowA` and `rowB` read the key of a row that was added.
   */
  find(a: number, b: number, keysA: ArrayLike<number>, keysB: ArrayLike<number>): number {
    const slots = this.#slots;
    const h = hash(a, b);
    for (let slot = h & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = slots[slot * 2]! - 1;
      if (row < 0) return row;
      if (slots[slot * 2 + 1] === h && keysA[row] === a && keysB[row] === b) return row;
    }
  }

  /** Adds a row that `find` did not find; its key must already stand in the two columns. */
  add(row: number, keysA: ArrayLike<number>, keysB: ArrayLike<number>): void {
    if (this.#size * 3 >= this.#mask * 2) this.#grow();
    this.#insert(row + 1, hash(keysA[row]!, keysB[row]!));
    this.#size++;
  }

  #insert(value: number, h: number): void {
    const slots = this.#slots;
    let slot = h & this.#mask;
    while (slots[slot * 2] !== 0) slot = (slot + 1) & this.#mask;
    slots[slot * 2] = value;
    slots[slot * 2 + 1] = h;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) this.#insert(old[at]!, old[at + 1]!);
    }
    release(old);
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    release(this.#slots);
  }
}

function hash(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
