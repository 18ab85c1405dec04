/**
 * The cells of a table of samples as Xcode writes nearly all of them, each in one go: a reference, a
 * number, a backtrace with one list of addresses. The table's header tells which element comes next.
 * What is written in any other way, or cut off, is left to the scanner.
 */
import { type IdTable, lost } from "./id-table.ts";
import { Mark } from "./mark.ts";
import type { Tables } from "./sample-tables.ts";
import type { StackElements } from "./stack-elements.ts";
import * as tags from "./tags.ts";

const quote = 0x22;
const slash = 0x2f;
const zero = 0x30;
const lessThan = 0x3c;
const greaterThan = 0x3e;
const newline = 0x0a;

/** More are no small integer, nor an id that Xcode would write. */
const smallDigits = 9;
/** Digits that a number may have behind its first nine: all of both are exact in a double. */
const moreDigits = 6;
const powers = Float64Array.from({ length: moreDigits + 1 }, (_, i) => 10 ** i);
/** No cell has less behind the quote that its `id` or `ref` begins with. */
const smallestRest = 4;
/** Tables of samples have a dozen. */
const maxColumns = 64;

const rowEnd = new Mark("</row>");
const rowStart = new Mark("<row>");
const fmtStart = new Mark('" fmt="');
const processRef = new Mark('<process ref="');
const listStart = new Mark('<text-addresses id="');
const listEnd = new Mark("</text-addresses></backtrace>");
const noLists: readonly number[] = [];

/** Hears of the cells. */
export interface CellSink {
  refer(tag: number, ref: number, parent: number): void;
  /** @param value of the element that the id belongs to */
  numberCell(tag: number, id: number, value: number): void;
  /** @param node of the profile, or `nothing` */
  nodeCell(tag: number, id: number, node: number): void;
}

/** What stands around the cells of a column, which are named by its type. */
class PlainColumn {
  readonly tag: number;
  readonly isNumber: boolean;
  readonly refStart: Mark;
  readonly idStart: Mark;
  readonly textEnd: Mark;

  constructor(type: string) {
    this.tag = tags.tagInside(tags.rowTag, tags.tagNamed(type));
    this.isNumber = tags.numberTags.has(this.tag);
    this.refStart = new Mark(`<${type} ref="`);
    this.idStart = new Mark(`<${type} id="`);
    this.textEnd = new Mark(`</${type}>`);
  }
}

export class PlainCells {
  readonly #tables: Tables;
  readonly #stacks: StackElements;
  readonly #ids: IdTable;
  readonly #sink: CellSink;
  #columns: readonly PlainColumn[] = [];
  /** What `#readDigits` found. */
  #digits = 0;

  constructor(tables: Tables, stacks: StackElements, ids: IdTable, sink: CellSink) {
    this.#tables = tables;
    this.#stacks = stacks;
    this.#ids = ids;
    this.#sink = sink;
  }

  /** @param types of the table's columns; none for a table that is only stepped over */
  expect(types: readonly string[]): void {
    const isPlain =
      types.length <= maxColumns && types.every((type) => /^[a-z][a-z-]*$/.test(type));
    this.#columns = isPlain ? types.map((type) => new PlainColumn(type)) : [];
  }

  /**
   * Takes cells from `at` on, and the rows that follow.
   * @returns where to go on, inside of the same row or of a later one
   */
  take(bytes: Buffer, view: DataView, at: number, end: number): number {
    if (this.#columns.length === 0) return at;
    for (;;) {
      const after = this.#takeOne(bytes, view, at, end);
      if (after === at) return at;
      at = after;
    }
  }

  #takeOne(bytes: Buffer, view: DataView, at: number, end: number): number {
    const { place } = this.#tables;
    if (place >= this.#columns.length) return this.#nextRow(bytes, view, at, end);
    const column = this.#columns[place]!;
    if (at + column.refStart.length + smallestRest > end) return at;
    if (column.refStart.isAt(view, at)) return this.#reference(bytes, at, end, column);
    if (!column.idStart.isAt(view, at)) return at;
    if (column.isNumber) return this.#number(bytes, view, at, end, column);
    return column.tag === tags.backtraceTag ? this.#backtrace(bytes, view, at, end, column) : at;
  }

  #nextRow(bytes: Buffer, view: DataView, at: number, end: number): number {
    if (at + rowEnd.length + 1 + rowStart.length > end || !rowEnd.isAt(view, at)) return at;
    const behind = at + rowEnd.length;
    const next = bytes[behind] === newline ? behind + 1 : behind;
    if (!rowStart.isAt(view, next)) return at;
    this.#tables.endRow();
    this.#tables.beginRow();
    return next + rowStart.length;
  }

  #reference(bytes: Buffer, at: number, end: number, { refStart, tag }: PlainColumn): number {
    const after = this.#readRef(bytes, at + refStart.length, end);
    if (after < 0) return at;
    this.#sink.refer(tag, this.#digits, tags.rowTag);
    return after;
  }

  /** `12"/>` from `first` on. @returns where it ends, or -1 */
  #readRef(bytes: Buffer, first: number, end: number): number {
    const p = this.#readDigits(bytes, first, end);
    if (p === first || p + 3 > end) return -1;
    const isPlain = bytes[p] === quote && bytes[p + 1] === slash && bytes[p + 2] === greaterThan;
    return isPlain ? p + 3 : -1;
  }

  #number(bytes: Buffer, view: DataView, at: number, end: number, column: PlainColumn): number {
    const label = this.#readId(bytes, view, at + column.idStart.length, end);
    const id = this.#digits;
    const first = label < 0 ? -1 : this.#tagEnd(bytes, label, end);
    if (first < 0) return at;
    let p = this.#readDigits(bytes, first, end);
    let value = this.#digits;
    if (p === first) return at;
    if (p < end && bytes[p] !== lessThan) {
      const more = this.#readDigits(bytes, p, Math.min(end, p + moreDigits));
      value = value * powers[more - p]! + this.#digits;
      p = more;
    }
    if (p + column.textEnd.length > end || !column.textEnd.isAt(view, p)) return at;
    this.#sink.numberCell(column.tag, id, value);
    return p + column.textEnd.length;
  }

  /** See `address-lists`. Nothing is told of one that does not end as it should. */
  #backtrace(bytes: Buffer, view: DataView, at: number, end: number, column: PlainColumn): number {
    const label = this.#readId(bytes, view, at + column.idStart.length, end);
    const id = this.#digits;
    let p = label < 0 ? -1 : this.#tagEnd(bytes, label, end);
    if (p < 0 || p + processRef.length > end) return at;
    const labelEnd = p - 2;
    if (processRef.isAt(view, p)) {
      p = this.#readRef(bytes, p + processRef.length, end);
      if (p < 0 || this.#ids.get(this.#digits, tags.processTag) === lost) return at;
    }
    if (p + listStart.length > end || !listStart.isAt(view, p)) return at;
    const listLabel = this.#readId(bytes, view, p + listStart.length, end);
    const listId = this.#digits;
    p = listLabel < 0 ? -1 : this.#tagEnd(bytes, listLabel, end);
    if (p < 0) return at;
    const { lists } = this.#stacks;
    const leaf = lists.leaf(bytes, view, label, labelEnd);
    const after = lists.take(bytes, view, p, end);
    if (after === p || after + listEnd.length > end || !listEnd.isAt(view, after)) return at;
    const list = lists.define();
    this.#ids.set(listId, tags.textAddressesTag, list);
    this.#sink.nodeCell(column.tag, id, lists.node(list, noLists, leaf));
    return after + listEnd.length;
  }

  /** `12" fmt="` from `first` on. @returns where it ends, or -1 */
  #readId(bytes: Buffer, view: DataView, first: number, end: number): number {
    const p = this.#readDigits(bytes, first, end);
    if (p === first || p + fmtStart.length > end || !fmtStart.isAt(view, p)) return -1;
    return p + fmtStart.length;
  }

  /** Where the tag ends whose last value begins at `p`; -1 when more stands in it. */
  #tagEnd(bytes: Buffer, p: number, end: number): number {
    while (p < end && bytes[p] !== quote) p++;
    return p + 1 < end && bytes[p + 1] === greaterThan ? p + 2 : -1;
  }

  /** As many digits as a small integer has. @returns where they end */
  #readDigits(bytes: Buffer, first: number, end: number): number {
    const stop = Math.min(end, first + smallDigits);
    let value = 0;
    let p = first;
    for (; p < stop; p++) {
      const digit = bytes[p]! - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.#digits = value;
    return p;
  }
}
