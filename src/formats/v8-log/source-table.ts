/**
 * A code object's `code-source-info`: which source position, in which inlined function, the
 * instruction at an offset belongs to.
 *
 * `C<offset>O<position>[I<inlining>]…,F<function>O<call position>[I<parent>]…,S0x<sfi>…`
 */
export interface SourceTable {
  readonly length: number;
  /**
   * One array, as thousands of small ones cost more than what they hold: `length` ascending
   * offsets into the code, as many positions in the script's source (UTF-16 units), and as many
   * rows of `inlinings`, or -1 for the function itself.
   */
  readonly columns: Int32Array;
  readonly inlinings: readonly Inlining[];
}

export interface Inlining {
  /** Index into the record's list of functions (the `S` field); -1 for an engine's own. */
  readonly callee: number;
  /** Where the call stood, in the source of the parent. */
  readonly position: number;
  /** Row of the caller's own inlining, or -1 for the function itself. */
  readonly parent: number;
}

const letters = { C: 67, O: 79, I: 73, F: 70 } as const;

/** Parses the two fields; what does not fit the grammar ends the table there. */
export function parseSourceTable(bytes: Uint8Array, start: number, end: number): SourceTable {
  const scan = new Scanner(bytes, start, end);
  // The shortest row is `C0O0`.
  const capacity = ((end - start) >> 2) + 1;
  if (capacity > scratch.offsets.length) scratch = makeScratch(capacity * 2);
  const { offsets, positions, inlining } = scratch;
  let length = 0;
  while (scan.take(letters.C)) {
    offsets[length] = scan.number();
    if (!scan.take(letters.O)) break;
    positions[length] = scan.number();
    inlining[length++] = scan.take(letters.I) ? scan.number() : -1;
  }
  scan.skipComma();
  const inlinings: Inlining[] = [];
  while (scan.take(letters.F)) {
    const callee = scan.number();
    if (!scan.take(letters.O)) break;
    const position = scan.number();
    const parent = scan.take(letters.I) ? scan.number() : -1;
    // A parent stands before its child: a loop could never end.
    inlinings.push({ callee, position, parent: parent < inlinings.length ? parent : -1 });
  }
  const columns = new Int32Array(length * 3);
  columns.set(offsets.subarray(0, length));
  columns.set(positions.subarray(0, length), length);
  columns.set(inlining.subarray(0, length), length * 2);
  return { length, columns, inlinings };
}

/** Rows are collected here, so that a table is allocated once and at its size. */
let scratch = makeScratch(1 << 12);

function makeScratch(rows: number) {
  return {
    offsets: new Int32Array(rows),
    positions: new Int32Array(rows),
    inlining: new Int32Array(rows),
  };
}

/** The row that holds `offset`: the last that starts at or before it, or -1. */
export function findRow({ columns, length }: SourceTable, offset: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  take(letter: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }

  /** -1 where there is none. */
  number(): number {
    const start = this.#at;
    let value = 0;
    for (; this.#at < this.#end; this.#at++) {
      const digit = this.#bytes[this.#at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    return this.#at === start ? -1 : value;
  }

  skipComma(): void {
    while (this.#at < this.#end && this.#bytes[this.#at] !== 44) this.#at++;
    this.#at++;
  }
}
