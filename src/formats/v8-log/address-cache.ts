/** Address → chain of frames, for the few thousand addresses that most of a log consists of. */
import { release } from "../../profile/growable.ts";

const maxEntries = 1 << 17;

/** What `get` gives for an address that it knows nothing of. */
export const unknown = -2;

export class AddressCache {
  /** Key and value of each slot stand together: a look is one access to memory. */
  #slots = new Float64Array(1 << 13);
  #mask = (1 << 12) - 1;
  #size = 0;

  /**
   * The value of `addresses[index]`, or `unknown`. Takes the array, as a number of its own that
   * is handed to a function costs an allocation, and this is asked for every frame of every tick.
   */
  get(addresses: Float64Array, index: number): number {
    const address = addresses[index]!;
    const slots = this.#slots;
    for (let slot = hash(address) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const key = slots[slot * 2]!;
      if (key === 0) return unknown;
      if (key === address) return slots[slot * 2 + 1]!;
    }
  }

  /** `value` is -1 or more. Address 0 is never kept. */
  set(address: number, value: number): void {
    if (address === 0) return;
    const slot = this.#slotOf(address);
    if (this.#slots[slot * 2] === 0) {
      if (this.#size * 2 >= this.#mask) {
        this.#makeRoom();
        this.set(address, value);
        return;
      }
      this.#size++;
      this.#slots[slot * 2] = address;
    }
    this.#slots[slot * 2 + 1] = value;
  }

  forget(address: number): void {
    const slot = this.#slotOf(address);
    if (this.#slots[slot * 2] !== 0) this.#slots[slot * 2 + 1] = unknown;
  }

  /** Where the address stands or would stand. */
  #slotOf(address: number): number {
    let slot = hash(address) & this.#mask;
    for (;;) {
      const key = this.#slots[slot * 2]!;
      if (key === address || key === 0) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #makeRoom(): void {
    const old = this.#slots;
    const isFull = this.#size >= maxEntries;
    this.#slots = new Float64Array(isFull ? old.length : old.length * 2);
    this.#mask = this.#slots.length / 2 - 1;
    this.#size = 0;
    for (let at = 0; at < old.length && !isFull; at += 2) {
      if (old[at] === 0 || old[at + 1] === unknown) continue;
      const slot = this.#slotOf(old[at]!);
      this.#slots[slot * 2] = old[at]!;
      this.#slots[slot * 2 + 1] = old[at + 1]!;
      this.#size++;
    }
    release(old);
  }
}

function hash(address: number): number {
  const high = (address / 0x100000000) | 0;
  let h = (address | 0) ^ Math.imul(high, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
