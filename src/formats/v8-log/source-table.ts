/**
 * A code object's `code-source-info`: which source position, in which inlined function, the
 * instruction at an offset belongs to. Few places are asked for in most tables, so they are looked
 * up in the text as it was logged.
 *
 * `C<offset>O<position>[I<inlining>]…,F<callee>O<call position>[I<parent>]…`, rows by offset
 */
/** A table's text in `bytes`: rows, a comma, inlinings. */
export interface TableText {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly rowsEnd: number;
  readonly end: number;
}

/** What an instruction belongs to: as many positions as callees, and the function's own. */
export interface Places {
  /** In the sources of the functions, in UTF-16 units, innermost first. */
  readonly positions: readonly number[];
  /** Of the record's list of functions, or -1 for an engine's own. */
  readonly callees: readonly number[];
}

const letters = { C: 67, F: 70, I: 73, O: 79 } as const;

// A line of megabytes must not be gone over for every place that is asked for.
const maxDigits = 15;
const maxRowBytes = 3 * (1 + maxDigits);
/** V8 inlines no more than some thousand functions into one. */
const maxInliningBytes = 128 * 1024;

/** The places of the row that holds `offset`; undefined when there is none, or none that is whole. */
export function findPlaces(table: TableText, offset: number): Places | undefined {
  const { bytes, rowsEnd } = table;
  const row = findRow(table, offset);
  if (row < 0) return undefined;
  const scan = new Scanner(bytes, row, rowsEnd);
  scan.skip(letters.C);
  if (!scan.skip(letters.O)) return undefined;
  const positions = [scan.number];
  const callees: number[] = [];
  if (scan.skip(letters.I)) addInlinings(table, scan.number, positions, callees);
  return { positions, callees };
}

/** Where the last row begins that starts at or before `offset`, or -1. */
function findRow({ bytes, start, rowsEnd }: TableText, offset: number): number {
  const scan = new Scanner(bytes, start, rowsEnd);
  if (!scan.skip(letters.C) || scan.number > offset) return -1;
  let low = start;
  let high = rowsEnd;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const stop = Math.min(high, middle + maxRowBytes);
    let at = middle;
    while (at < stop && bytes[at] !== letters.C) at++;
    if (at === stop && stop < high) return -1;
    scan.at = at;
    if (at < high && scan.skip(letters.C) && scan.number <= offset) low = at;
    else high = middle;
  }
  return low;
}

/** Adds the inlining of that number and those it is in. A parent stands before its child. */
function addInlinings(
  { bytes, rowsEnd, end }: TableText,
  inlining: number,
  positions: number[],
  callees: number[],
): void {
  const starts: number[] = [];
  const stop = Math.min(end, rowsEnd + 1 + maxInliningBytes);
  for (let at = rowsEnd + 1; at < stop && starts.length <= inlining; at++) {
    if (bytes[at] === letters.F) starts.push(at);
  }
  for (let next = inlining; next >= 0 && next < starts.length; ) {
    const scan = new Scanner(bytes, starts[next]!, end);
    scan.skip(letters.F);
    const callee = scan.number;
    if (!scan.skip(letters.O)) return;
    callees.push(callee);
    positions.push(scan.number);
    const parent = scan.skip(letters.I) ? scan.number : -1;
    // Anything else than an earlier one could be a loop without end.
    next = parent < next ? parent : -1;
  }
}

class Scanner {
  /** What stood behind the last letter, or -1. */
  number = -1;
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  /** Goes over the letter and the number behind it; false when another stands there. */
  skip(letter: number): boolean {
    if (this.at >= this.#end || this.#bytes[this.at] !== letter) return false;
    const start = this.at + 1;
    let at = start;
    let value = 0;
    const stop = Math.min(this.#end, start + maxDigits);
    for (; at < stop; at++) {
      const digit = this.#bytes[at]! - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.at = at;
    this.number = at === start ? -1 : value;
    return true;
  }
}
