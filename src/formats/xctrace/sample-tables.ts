/**
 * The tables of a document: which one is read, what its columns are, and its rows. A query that
 * matches several tables or runs puts one node for each into the same document.
 */
import {
  type Column,
  processRole,
  rolesOf,
  stackRole,
  stateRole,
  threadRole,
  timeRole,
  weightRole,
} from "./columns.ts";
import { nothing } from "./id-table.ts";
import { runPlaceOf } from "./run-place.ts";
import type { Row, Samples } from "./samples.ts";
import * as tags from "./tags.ts";

/** Tables whose rows are samples. */
export const sampleTables: readonly string[] = ["time-profile", "cpu-profile", "time-sample"];

export interface Table {
  /** Its place in the trace, as the query found it. */
  readonly xpath: string;
  /** `""` for a node without a header. */
  schema: string;
  rows: number;
}

/** A document has as many nodes as its query matched; of more, only the first are told apart. */
const maxTables = 256;
/** Characters of a path or name; xctrace's own are far shorter. */
const longestShown = 200;

export class Tables {
  readonly #samples: Samples;
  readonly #runPlace: number | undefined;
  /** The name of the document's root. */
  root: string | undefined;
  readonly all: Table[] = [];
  /** The one whose rows are samples of the profile. */
  read: Table | undefined;

  #table: Table | undefined;
  #isRead = false;
  #columns: Column[] = [];
  #mnemonic = "";
  #type = "";
  #roles: Uint8Array = new Uint8Array(0);
  #cell = 0;
  readonly #row: Row = { time: 0, weight: 0, thread: 0, process: 0, state: 0, node: 0 };

  /** @param runPlace see `runPlaceOf`; by default the first table that has rows is read */
  constructor(samples: Samples, runPlace: number | undefined) {
    this.#samples = samples;
    this.#runPlace = runPlace;
  }

  beginNode(xpath: string): void {
    this.#isRead = false;
    this.#table = { xpath: xpath.slice(0, longestShown), schema: "", rows: 0 };
    if (this.all.length < maxTables) this.all.push(this.#table);
  }

  beginSchema(name: string): void {
    if (!this.#table) this.beginNode("");
    this.#table!.schema = name.slice(0, longestShown);
    this.#columns = [];
  }

  headerText(tag: number, text: string): void {
    if (tag === tags.mnemonicTag) this.#mnemonic = text.trim();
    else this.#type = text.trim();
  }

  endColumn(): void {
    this.#columns.push({ mnemonic: this.#mnemonic, type: this.#type });
    this.#mnemonic = "";
    this.#type = "";
  }

  endSchema(): void {
    const table = this.#table!;
    const isFirst = this.read === undefined || this.read.rows === 0;
    const isWanted = this.#runPlace === undefined || runPlaceOf(table) === this.#runPlace;
    this.#isRead = isFirst && isWanted && sampleTables.includes(table.schema);
    if (!this.#isRead) return;
    this.read = table;
    this.#roles = rolesOf(this.#columns);
    const weights = this.#columns[this.#roles.indexOf(weightRole)];
    if (!weights) this.#samples.unit = undefined;
    else this.#samples.unit = weights.type === "cycle-weight" ? "cycles" : "microseconds";
  }

  /** Of the table's columns, if it is read. */
  get types(): readonly string[] {
    return this.#isRead ? this.#columns.map(({ type }) => type) : [];
  }

  /** Which cell of the row comes next. */
  get place(): number {
    return this.#cell;
  }

  beginRow(): void {
    this.#cell = 0;
    const row = this.#row;
    row.time = Number.NaN;
    row.weight = Number.NaN;
    row.thread = nothing;
    row.process = nothing;
    row.state = nothing;
    row.node = nothing;
  }

  /** A cell of no interest, or without a value. */
  skipCell(): void {
    this.#cell++;
  }

  /** @param value a number, or a row or node as the column has it */
  cell(tag: number, value: number): void {
    const row = this.#row;
    switch (this.#roles[this.#cell++]) {
      case timeRole:
        if (tag === tags.sampleTimeTag) row.time = value;
        return;
      case threadRole:
        if (tag === tags.threadTag) row.thread = value;
        return;
      case processRole:
        if (tag === tags.processTag) row.process = value;
        return;
      case stateRole:
        if (tag === tags.threadStateTag) row.state = value;
        return;
      case weightRole:
        if (tag === tags.weightTag || tag === tags.cycleWeightTag) row.weight = value;
        return;
      case stackRole:
        if (tag === tags.backtraceTag || tag === tags.taggedBacktraceTag) row.node = value;
    }
  }

  endRow(): void {
    if (!this.#table) this.beginNode("");
    this.#table!.rows++;
    if (this.#isRead) this.#samples.add(this.#row);
  }
}
