/**
 * A code object's `code-source-info`: which source position, in which inlined function, the
 * instruction at an offset belongs to.
 *
 * `C<offset>O<position>[I<inlining>]…,F<function>O<call position>[I<parent>]…,S0x<sfi>…`
 */
export interface SourceTable {
  /** Ascending offsets into the code. */
  readonly offsets: Int32Array;
  /** Position in the script's source, in UTF-16 units. */
  readonly positions: Int32Array;
  /** Row of `inlinings`, or -1 for the function itself. */
  readonly inlining: Int32Array;
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

export const emptySourceTable: SourceTable = {
  offsets: new Int32Array(0),
  positions: new Int32Array(0),
  inlining: new Int32Array(0),
  inlinings: [],
};

/** Parses the two fields; what does not fit the grammar ends the table there. */
export function parseSourceTable(bytes: Uint8Array, start: number, end: number): SourceTable {
  const scan = new Scanner(bytes, start, end);
  const rows: number[] = [];
  while (scan.take(letters.C)) {
    const offset = scan.number();
    if (!scan.take(letters.O)) break;
    const position = scan.number();
    rows.push(offset, position, scan.take(letters.I) ? scan.number() : -1);
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
  const length = rows.length / 3;
  const column = (of: number) => Int32Array.from({ length }, (_, i) => rows[i * 3 + of]!);
  return { offsets: column(0), positions: column(1), inlining: column(2), inlinings };
}

/** The row that holds `offset`: the last that starts at or before it, or -1. */
export function findRow(table: SourceTable, offset: number): number {
  const { offsets } = table;
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! <= offset) low = middle + 1;
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
