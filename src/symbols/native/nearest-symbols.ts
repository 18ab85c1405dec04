/**
 * Finds, in one sweep over a module's symbols in any order, the function at each wanted address.
 * Only what could be an answer is kept: a module has a hundred thousand symbols, a profile asks
 * for a few hundred.
 */
export interface SymbolLine {
  readonly address: number;
  /** Bytes; 0 when the symbol table does not say. */
  readonly size: number;
  readonly name: string;
}

export class NearestSymbols {
  /** Ascending. */
  readonly #wanted: Float64Array;
  /** Of the symbols between the wanted address before and this one, the last. */
  readonly #nearest: (SymbolLine | undefined)[];

  constructor(wanted: Iterable<number>) {
    this.#wanted = Float64Array.from(new Set(wanted)).sort();
    this.#nearest = new Array(this.#wanted.length);
  }

  /** Whether a symbol at this address could be an answer still. */
  isCandidate(address: number): boolean {
    const index = this.#firstAtOrAbove(address);
    if (index === this.#wanted.length) return false;
    const known = this.#nearest[index];
    return !known || known.address <= address;
  }

  add(symbol: SymbolLine): void {
    const index = this.#firstAtOrAbove(symbol.address);
    const known = this.#nearest[index];
    if (index === this.#wanted.length) return;
    // Of aliases, the one that says how long it is; else the first.
    if (known?.address === symbol.address && (known.size > 0 || symbol.size === 0)) return;
    if (!known || known.address <= symbol.address) this.#nearest[index] = symbol;
  }

  /** Wanted address → the name of the function that holds it. */
  names(): Map<number, string> {
    const names = new Map<number, string>();
    let before: SymbolLine | undefined;
    this.#wanted.forEach((address, index) => {
      before = this.#nearest[index] ?? before;
      const isInside = before && (before.size === 0 || address < before.address + before.size);
      if (before && isInside) names.set(address, before.name);
    });
    return names;
  }

  #firstAtOrAbove(address: number): number {
    let low = 0;
    let high = this.#wanted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#wanted[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
