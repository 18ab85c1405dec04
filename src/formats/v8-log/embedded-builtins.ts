/**
 * Builtins that run from a copy. V8 12 and older log them at their place in the executable while
 * calls go to a copy at the end of the code range; newer ones log the copy itself.
 */
const megabyte = 1024 * 1024;
const allocationUnit = 256 * 1024;
const pageSize = 4096;
const codeRangeSizes = [512, 128, 256, 2048].map((size) => size * megabyte);
const maxSamples = 4096;

export class EmbeddedBuiltins {
  readonly #forcedBase: number | undefined;
  #rangeStart = Number.NaN;
  #low = Number.POSITIVE_INFINITY;
  #high = 0;
  #base = Number.NaN;
  /** Addresses that no code was found at and that the copy could hold. */
  readonly #samples = new Set<number>();

  constructor(forcedBase?: number) {
    this.#forcedBase = forcedBase;
  }

  codeRange(start: number): void {
    this.#rangeStart = start;
    this.#settle();
  }

  builtin(start: number, size: number): void {
    if (start >= this.#low && start + size <= this.#high) return;
    this.#low = Math.min(this.#low, start);
    this.#high = Math.max(this.#high, start + size);
    this.#settle();
  }

  /** The logged address of the builtin that runs at `address`, or NaN outside of the copy. */
  original(address: number): number {
    if (!(address >= this.#rangeStart) || !this.#isCopied()) return Number.NaN;
    if (address < this.#rangeStart + 2048 * megabyte && this.#samples.size < maxSamples) {
      this.#samples.add(address);
    }
    const offset = address - this.#base;
    return offset >= 0 && offset < this.#high - this.#low ? this.#low + offset : Number.NaN;
  }

  /**
   * A base that explains clearly more of the addresses seen than the one used, if there is one.
   * `isBuiltin` tells whether a builtin was logged at an address.
   */
  betterBase(isBuiltin: (address: number) => boolean): number | undefined {
    if (this.#forcedBase !== undefined || this.#samples.size < 20) return undefined;
    const samples = [...this.#samples];
    const size = this.#high - this.#low;
    const misses = (base: number, limit: number) => {
      let count = 0;
      for (const address of samples) {
        const offset = address - base;
        if (offset < 0 || offset >= size || !isBuiltin(this.#low + offset)) count++;
        if (count >= limit) break;
      }
      return count;
    };
    const used = misses(this.#base, samples.length);
    if (used < samples.length * 0.05) return undefined;
    let best = { base: this.#base, misses: used };
    for (const base of this.#candidates(samples, size)) {
      const count = misses(base, best.misses);
      if (count < best.misses) best = { base, misses: count };
    }
    return best.misses < used / 2 ? best.base : undefined;
  }

  *#candidates(samples: readonly number[], size: number): Generator<number> {
    for (const rangeSize of codeRangeSizes) yield this.#baseIn(rangeSize);
    const middle = samples.toSorted((a, b) => a - b)[samples.length >>> 1]!;
    const first = Math.ceil((middle - size) / pageSize) * pageSize;
    for (let base = first; base <= middle; base += pageSize) yield base;
  }

  #isCopied(): boolean {
    return this.#high > 0 && (this.#high <= this.#rangeStart || this.#low > this.#rangeEnd);
  }

  get #rangeEnd(): number {
    return this.#rangeStart + 2048 * megabyte;
  }

  #settle(): void {
    this.#base = this.#forcedBase ?? this.#baseIn(codeRangeSizes[0]!);
  }

  #baseIn(rangeSize: number): number {
    const size = Math.ceil((this.#high - this.#low) / allocationUnit) * allocationUnit;
    return this.#rangeStart + rangeSize - size;
  }
}
