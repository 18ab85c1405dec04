/**
 * What the elements of an export mean: each becomes a number, which its parent takes and which
 * its id keeps. `id` and `ref` run through the whole document, also through tables that are not
 * read.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growF64, release } from "../../profile/growable.ts";
import type { Frames } from "./frames.ts";
import { IdTable, lost, nothing } from "./id-table.ts";
import { parseNumber, readNumber } from "./numbers.ts";
import { type CellSink, PlainCells } from "./plain-cells.ts";
import { Tables } from "./sample-tables.ts";
import type { Samples } from "./samples.ts";
import { StackElements } from "./stack-elements.ts";
import { noId, type StartTag, unusableId } from "./start-tag.ts";
import * as tags from "./tags.ts";
import type { Threads } from "./threads.ts";
import type { XmlSink } from "./xml-scanner.ts";

const isNumber = new Uint8Array(tags.tagNames.length);
for (const tag of tags.numberTags) isNumber[tag] = 1;

/** 1 for the elements whose ids mean something to us. */
const isKept = new Uint8Array(tags.tagNames.length);
isKept.fill(1, tags.sampleTimeTag);

const lessThan = 0x3c;
const slash = 0x2f;

interface Parts {
  readonly builder: ProfileBuilder;
  readonly frames: Frames;
  readonly threads: Threads;
  readonly samples: Samples;
  /** See `SampleOptions`. */
  readonly runPlace: number | undefined;
}

export class ExportDocument implements XmlSink, CellSink {
  readonly tables: Tables;
  readonly #builder: ProfileBuilder;
  readonly #threads: Threads;
  readonly #samples: Samples;
  readonly #stacks: StackElements;
  readonly #ids = new IdTable();
  readonly #numbers = growF64();
  readonly #cells: PlainCells;
  /** The row that is open has neither an id nor a reference, which its end would have to mind. */
  #isPlainRow = false;

  /** The number that `take` found in the text of the open element. */
  #taken = Number.NaN;
  #isTaken = false;

  // The attributes and children so far of the process and the thread that are open.
  #processLabel = "";
  #pid = Number.NaN;
  #threadLabel = "";
  #tid = Number.NaN;
  #threadProcess = nothing;

  constructor({ builder, frames, threads, samples, runPlace }: Parts) {
    this.#builder = builder;
    this.#threads = threads;
    this.#samples = samples;
    this.#stacks = new StackElements(builder, frames, this.#ids);
    this.tables = new Tables(samples, runPlace);
    this.#cells = new PlainCells(this.tables, this.#stacks, this.#ids, this);
  }

  takesChildren(tag: number): boolean {
    return tag === tags.rowTag || tag === tags.backtraceTag || tag === tags.taggedBacktraceTag;
  }

  take(tag: number, bytes: Buffer, view: DataView, at: number, end: number): number {
    if (isNumber[tag] === 1) return this.#takeNumber(bytes, at, end);
    if (tag === tags.textAddressesTag) {
      const after = this.#stacks.lists.take(bytes, view, at, end);
      this.#isTaken = after > at;
      return after;
    }
    if (tag === tags.rowTag) {
      return this.#isPlainRow ? this.#cells.take(bytes, view, at, end) : at;
    }
    return this.takesChildren(tag) ? this.#stacks.takeFrameRefs(bytes, view, at, end) : at;
  }

  #takeNumber(bytes: Buffer, at: number, end: number): number {
    const { value, end: after } = readNumber(bytes, at, end);
    const isWhole = after > at && after + 1 < end && bytes[after] === lessThan;
    if (!isWhole || bytes[after + 1] !== slash) return at;
    this.#taken = value;
    this.#isTaken = true;
    return after;
  }

  open(tag: number, start: StartTag, parent: number): void {
    this.#isTaken = false;
    switch (tag) {
      case tags.otherTag:
        return;
      case tags.rowTag:
        this.#isPlainRow = start.id === noId;
        this.tables.beginRow();
        return;
      case tags.processTag:
        this.#processLabel = start.text(start.fmt);
        this.#pid = Number.NaN;
        return;
      case tags.threadTag:
        this.#threadLabel = start.text(start.fmt);
        this.#tid = Number.NaN;
        this.#threadProcess = nothing;
        return;
      case tags.nodeTag:
        this.tables.beginNode(start.text(start.xpath));
        return;
      case tags.schemaTag:
        this.tables.beginSchema(start.text(start.name));
        return;
      case tags.resultTag:
      case tags.tocTag:
        if (parent === tags.otherTag) this.tables.root ??= tags.tagNames[tag]!;
        return;
      default:
        this.#stacks.open(tag, start);
    }
  }

  close(tag: number, id: number, parent: number, text: string): void {
    if (isNumber[tag] === 1) {
      this.#closeNumber(tag, id, parent, text);
      return;
    }
    if (isKept[tag] === 0 && id >= 0) this.#ids.forget(id);
    switch (tag) {
      case tags.otherTag:
      case tags.sentinelTag:
        if (parent === tags.rowTag) this.tables.skipCell();
        return;
      case tags.rowTag:
        this.#isPlainRow = false;
        this.tables.endRow();
        return;
      case tags.mnemonicTag:
      case tags.engineeringTypeTag:
        if (parent === tags.colTag) this.tables.headerText(tag, text);
        return;
      case tags.colTag:
        this.tables.endColumn();
        return;
      case tags.schemaTag:
        this.tables.endSchema();
        this.#cells.expect(this.tables.types);
        return;
    }
    if (isKept[tag] === 0) return;
    const value = this.#valueOf(tag, text);
    if (id !== noId) this.#define(id, tag, value);
    this.#give(tag, value, parent);
  }

  #valueOf(tag: number, text: string): number {
    switch (tag) {
      case tags.processTag:
        return this.#threads.process(this.#pid, this.#processLabel);
      case tags.threadTag:
        return this.#threads.thread(this.#tid, this.#threadLabel, this.#threadProcess);
      case tags.threadStateTag:
        return this.#samples.state(text.trim());
      case tags.textAddressesTag:
        if (!this.#isTaken) this.#stacks.lists.takeText(text);
        return this.#stacks.lists.define();
      default:
        return this.#stacks.close(tag, text);
    }
  }

  #closeNumber(tag: number, id: number, parent: number, text: string): void {
    const value = this.#isTaken ? this.#taken : parseNumber(text);
    this.#isTaken = false;
    if (Number.isNaN(value)) {
      this.#builder.warn("unreadable-values", "Values that are no numbers were left out.");
    }
    if (id !== noId) {
      this.#define(id, tag, Number.isNaN(value) ? nothing : this.#numbers.push(value));
    }
    this.#giveNumber(tag, value, parent);
  }

  refer(tag: number, ref: number, parent: number): void {
    if (isKept[tag] === 0) {
      if (parent === tags.rowTag) this.tables.skipCell();
      return;
    }
    let row = ref === unusableId ? lost : this.#ids.get(ref, tag);
    if (row === lost) {
      this.#builder.warn("unresolved-refs", unresolvedRefs);
      row = nothing;
    }
    if (isNumber[tag] === 0) this.#give(tag, row, parent);
    else this.#giveNumber(tag, row === nothing ? Number.NaN : this.#numbers.array[row]!, parent);
  }

  numberCell(tag: number, id: number, value: number): void {
    this.#ids.set(id, tag, this.#numbers.push(value));
    this.tables.cell(tag, value);
  }

  nodeCell(tag: number, id: number, node: number): void {
    this.#ids.set(id, tag, node);
    this.tables.cell(tag, node);
  }

  #define(id: number, tag: number, row: number): void {
    if (id === unusableId) this.#builder.warn("lost-ids", lostIds);
    else this.#ids.set(id, tag, row);
  }

  #give(tag: number, row: number, parent: number): void {
    switch (parent) {
      case tags.rowTag:
        this.tables.cell(tag, row);
        if (tag === tags.threadTag) this.#stacks.expect(row);
        return;
      case tags.threadTag:
        if (tag === tags.processTag) this.#threadProcess = row;
        return;
      default:
        this.#stacks.give(tag, row, parent);
    }
  }

  #giveNumber(tag: number, value: number, parent: number): void {
    switch (parent) {
      case tags.rowTag:
        this.tables.cell(tag, value);
        return;
      case tags.threadTag:
        if (tag === tags.tidTag) this.#tid = value;
        return;
      case tags.processTag:
        if (tag === tags.pidTag) this.#pid = value;
    }
  }

  /** Tells the builder what was lost, and gives memory back: it must not be used afterwards. */
  finish(): void {
    if (this.#ids.dropped > 0) this.#builder.warn("lost-ids", lostIds, this.#ids.dropped);
    this.#ids.release();
    this.#stacks.release();
    release(this.#numbers.array);
  }
}

const unresolvedRefs = "References to nothing that was defined before were taken for empty.";
const lostIds = "Ids that are no whole numbers, or too many and out of order, were not kept.";
