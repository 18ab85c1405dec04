/**
 * Addresses that nothing stands at: a log most often has a few dozen of them, in very many ticks.
 * They are remembered until code may stand there.
 */
const maxAddresses = 256;

export class MissingAddresses {
  readonly #addresses: number[] = [];
  /** More were met than are remembered. */
  #isPartial = false;

  /** Whether the address is remembered from now on. */
  add(address: number): boolean {
    if (this.#addresses.includes(address)) return true;
    if (this.#addresses.length < maxAddresses) return this.#addresses.push(address) > 0;
    this.#isPartial = true;
    return false;
  }

  /**
   * Hands the addresses in `[start, end)` to `onTaken` and remembers them no longer.
   * @returns whether one that was met may be among them.
   */
  take(start: number, end: number, onTaken: (address: number) => void): boolean {
    let isMet = this.#isPartial;
    for (let i = this.#addresses.length - 1; i >= 0; i--) {
      const address = this.#addresses[i]!;
      if (address < start || address >= end) continue;
      onTaken(address);
      this.#addresses.splice(i, 1);
      isMet = true;
    }
    return isMet;
  }
}
