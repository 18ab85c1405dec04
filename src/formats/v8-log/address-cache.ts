/** Address → chain of frames, for the few thousand addresses that most of a log consists of. */
const maxEntries = 1 << 17;

export class AddressCache {
  #keys = new Float64Array(1 << 12);
  #values = new Int32Array(1 << 12);
  #mask = (1 << 12) - 1;
  #size = 0;

  /**
   * The value of `addresses[index]`, or -1. Takes the array, as a number of its own that is
   * handed to a function costs an allocation, and this is asked for every frame of every tick.
   */
  get(addresses: Float64Array, index: number): number {
    const address = addresses[index]!;
    for (let slot = hash(address) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const key = this.#keys[slot]!;
      if (key === address) return this.#values[slot]! - 1;
      if (key === 0) return -1;
    }
  }

  /** `value` is 0 or more; -1 makes the cache forget. Address 0 is never kept. */
  set(address: number, value: number): void {
    if (address === 0) return;
    let slot = hash(address) & this.#mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== address) slot = (slot + 1) & this.#mask;
    if (this.#keys[slot] === 0) {
      if (value < 0) return;
      if (this.#size * 2 >= this.#mask) {
        this.#makeRoom();
        this.set(address, value);
        return;
      }
      this.#size++;
      this.#keys[slot] = address;
    }
    this.#values[slot] = value + 1;
  }

  #makeRoom(): void {
    const keys = this.#keys;
    const values = this.#values;
    const isFull = this.#size >= maxEntries;
    const capacity = isFull ? keys.length : keys.length * 2;
    this.#keys = new Float64Array(capacity);
    this.#values = new Int32Array(capacity);
    this.#mask = capacity - 1;
    this.#size = 0;
    if (isFull) return;
    for (let i = 0; i < keys.length; i++) {
      if (values[i]! > 0) this.set(keys[i]!, values[i]! - 1);
    }
  }
}

function hash(address: number): number {
  const high = (address / 0x100000000) | 0;
  let h = (address | 0) ^ Math.imul(high, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
