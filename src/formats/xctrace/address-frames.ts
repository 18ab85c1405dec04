/**
 * Frames of bare addresses, found by their decimal digits: two small integers need neither a
 * string nor a double.
 */

import { grown, release } from "../../profile/growable.ts";

/** Digits in the first of the two, which is the whole address if it has no more. */
export const headDigits = 9;

const fields = 3;
/** Further addresses are made anew each time they are met, which bounds the memory. */
const maxEntries = 1 << 22;

export class AddressFrames {
  readonly #make: (value: number | bigint) => number;
  /** By hash, open addressing: tail, head, frame + 1 or 0 for free. */
  #slots = new Int32Array(fields << 13);
  #mask = (1 << 13) - 1;
  #size = 0;
  /** By frame, of the first address that has it; a tail of 0 where there is none. */
  #heads = new Int32Array(1 << 12);
  #tails = new Int32Array(1 << 12);

  /** @param make the frame of an address that was not seen before */
  constructor(make: (value: number | bigint) => number) {
    this.#make = make;
  }

  /**
   * @param head the first nine digits
   * @param tail the digits behind them, at most nine, with a 1 before them
   */
  get(head: number, tail: number): number {
    const slots = this.#slots;
    for (let slot = hash(head, tail) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * fields;
      const frame = slots[at + 2]!;
      if (frame === 0) return this.#add(head, tail);
      if (slots[at] === tail && slots[at + 1] === head) return frame - 1;
    }
  }

  /** Whether the frame is known to be that of the address. */
  isOf(frame: number, head: number, tail: number): boolean {
    return this.#tails[frame] === tail && this.#heads[frame] === head;
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    for (const array of [this.#slots, this.#heads, this.#tails]) release(array);
  }

  #add(head: number, tail: number): number {
    const frame = this.#make(addressOf(head, tail));
    if (this.#size === maxEntries) return frame;
    if (this.#size * 4 > this.#mask * 3) this.#grow();
    this.#size++;
    this.#insert(head, tail, frame + 1);
    while (frame >= this.#heads.length) {
      this.#heads = grown(Int32Array, this.#heads);
      this.#tails = grown(Int32Array, this.#tails);
    }
    if (this.#tails[frame] === 0) {
      this.#heads[frame] = head;
      this.#tails[frame] = tail;
    }
    return frame;
  }

  #insert(head: number, tail: number, entry: number): void {
    const slots = this.#slots;
    let slot = hash(head, tail) & this.#mask;
    while (slots[slot * fields + 2] !== 0) slot = (slot + 1) & this.#mask;
    slots[slot * fields] = tail;
    slots[slot * fields + 1] = head;
    slots[slot * fields + 2] = entry;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < before.length; at += fields) {
      if (before[at + 2] !== 0) this.#insert(before[at + 1]!, before[at]!, before[at + 2]!);
    }
    release(before);
  }
}

function addressOf(head: number, tail: number): number | bigint {
  let one = 1;
  while (one * 10 <= tail) one *= 10;
  const value = head * one + tail - one;
  return value <= Number.MAX_SAFE_INTEGER ? value : BigInt(head) * BigInt(one) + BigInt(tail - one);
}

function hash(head: number, tail: number): number {
  let h = Math.imul(tail, 0x9e3779b1) ^ Math.imul(head, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
