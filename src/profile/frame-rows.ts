/** The frames of a profile that is being built: columns, and which row holds what. */
import { growF64, growU8, growU32 } from "./growable.ts";
import type { TierId } from "./profile.ts";

export class FrameRows {
  readonly func = growU32();
  readonly line = growU32();
  readonly column = growU32();
  readonly tier = growU8();
  readonly inlined = growU8();
  readonly address = growF64();
  /** A hash index over the rows that `intern` made: row + 1, or 0. */
  #slots = new Int32Array(1 << 12);
  #interned = 0;

  get length(): number {
    return this.func.length;
  }

  /** The row of these values. `inlined` is 0 or 1. */
  intern(
    func: number,
    line: number,
    column: number,
    tier: TierId,
    inlined: number,
    address: number,
  ): number {
    // As the columns will hold them.
    line >>>= 0;
    column >>>= 0;
    const mask = this.#slots.length - 1;
    let slot = hash(func, line, column, address) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      const isSame =
        this.func.array[row] === func &&
        this.line.array[row] === line &&
        this.column.array[row] === column &&
        this.tier.array[row] === tier &&
        this.inlined.array[row] === inlined &&
        this.address.array[row] === address;
      if (isSame) return row;
    }
    const row = this.add(func, line, column, tier, inlined, address);
    this.#slots[slot] = row + 1;
    if (++this.#interned * 2 > mask) this.#grow();
    return row;
  }

  /** A row that is known to be new. */
  add(
    func: number,
    line: number,
    column: number,
    tier: TierId,
    inlined: number,
    address: number,
  ): number {
    this.line.push(line);
    this.column.push(column);
    this.tier.push(tier);
    this.inlined.push(inlined);
    this.address.push(address);
    return this.func.push(func);
  }

  #grow(): void {
    const rows = this.#slots;
    this.#slots = new Int32Array(rows.length * 2);
    const mask = this.#slots.length - 1;
    for (const value of rows) {
      if (value === 0) continue;
      const row = value - 1;
      const { func, line, column, address } = this;
      let slot =
        hash(func.array[row]!, line.array[row]!, column.array[row]!, address.array[row]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = value;
    }
  }
}

function hash(func: number, line: number, column: number, address: number): number {
  let h = Math.imul(func, 0x9e3779b1) ^ Math.imul(line, 0x85ebca6b) ^ Math.imul(column, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ (address | 0), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
