/**
 * A hash index over rows keyed by two integers: `(parent, frame) → node` without an object or a
 * string per key. Open addressing over one Int32Array; the keys live in the caller's own columns.
 */
import { release } from "./growable.ts";

export class PairIndex {
  #slots = new Int32Array(1 << 16);
  #mask = this.#slots.length - 1;
  #size = 0;

  /**
   * The row whose key is `(a, b)`, or -1. `rowA` and `rowB` read the key of a row that was added.
   */
  find(a: number, b: number, keysA: ArrayLike<number>, keysB: ArrayLike<number>): number {
    const slots = this.#slots;
    for (let slot = hash(a, b) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = slots[slot]! - 1;
      if (row < 0 || (keysA[row] === a && keysB[row] === b)) return row;
    }
  }

  /** Adds a row that `find` did not find; its key must already stand in the two columns. */
  add(row: number, keysA: ArrayLike<number>, keysB: ArrayLike<number>): void {
    if (this.#size * 3 >= this.#slots.length * 2) this.#grow(keysA, keysB);
    this.#insert(row, keysA[row]!, keysB[row]!);
    this.#size++;
  }

  #insert(row: number, a: number, b: number): void {
    let slot = hash(a, b) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = row + 1;
  }

  #grow(keysA: ArrayLike<number>, keysB: ArrayLike<number>): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * (old.length < 1 << 20 ? 4 : 2));
    this.#mask = this.#slots.length - 1;
    // An iterator over millions of numbers would allocate for each of them.
    for (let i = 0; i < old.length; i++) {
      const row = old[i]! - 1;
      if (row >= 0) this.#insert(row, keysA[row]!, keysB[row]!);
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
