/**
 * One CPU profile as columns, in the order that the file told it. Every id becomes a row when it is
 * first mentioned, so nodes, samples and deltas may come in any order; rows that no node ever
 * defined stay `undefinedNode`.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growF64, growI32, growU32 } from "../../profile/growable.ts";
import { functionSpec } from "./categorize.ts";
import { IdRows } from "./id-rows.ts";
import type { FileNode, ProfileSink } from "./profile-sink.ts";

/** In the `func` column: mentioned, but not (yet) told. */
export const undefinedNode = -1;
/** In the `func` column: V8's `(root)`, which is no function. */
export const rootNode = -2;

const noRow = -1;
const largestLine = 2 ** 32 - 1;

export class RawProfile implements ProfileSink {
  readonly #builder: ProfileBuilder;
  readonly #rows = new IdRows();

  /** Microseconds on the file's own clock. */
  start: number | undefined;
  end: number | undefined;

  /** Per row: the parent's row or -1, the builder's function, hits. */
  readonly parent = growI32();
  readonly func = growI32();
  readonly hits = growF64();
  /** Per row: its ticks are `[firstTick, lastTick)` in the two columns below. */
  readonly firstTick = growU32();
  readonly lastTick = growU32();
  readonly tickLine = growU32();
  readonly tickCount = growF64();
  definedNodes = 0;

  /** Per sample: the node's row, and from traces the line. */
  readonly samples = growU32();
  readonly lines = growU32();
  readonly deltas = growF64();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  startTime(microseconds: number): void {
    if (Number.isFinite(microseconds)) this.start = microseconds;
  }

  endTime(microseconds: number): void {
    if (Number.isFinite(microseconds)) this.end = microseconds;
  }

  sample(id: number): void {
    this.samples.push(this.#row(id));
  }

  delta(microseconds: number): void {
    if (Number.isFinite(microseconds)) this.deltas.push(microseconds);
    else {
      this.deltas.push(0);
      this.#builder.warn("bad-time-delta", "A time delta is not a number; it was taken for 0.");
    }
  }

  line(line: number): void {
    this.lines.push(isLine(line) ? line : 0);
  }

  /** Lines may be told for some samples only: puts their column level with the samples'. */
  padLines(): void {
    while (this.lines.length < this.samples.length) this.lines.push(0);
  }

  node(node: FileNode): void {
    if (Number.isNaN(node.id)) {
      this.#builder.warn("node-without-id", "A node has no id; it was left out.");
      return;
    }
    const row = this.#row(node.id);
    if (this.func.array[row] !== undefinedNode) {
      this.#builder.warn("duplicate-node", "Two nodes have the same id; the first was kept.");
      return;
    }
    if (!node.hasName) {
      this.#builder.warn("incomplete-node", "A node has no function name; it is anonymous here.");
    }
    this.definedNodes++;
    this.hits.array[row] = count(node.hitCount);
    const spec = functionSpec(node.name, node.url, node.lineNumber, node.columnNumber);
    const isRoot = node.name === "(root)" && node.url === "";
    this.func.array[row] = isRoot ? rootNode : this.#builder.func(spec);
    this.firstTick.array[row] = this.tickLine.length;
    // A line says nothing where there is no source: V8 gives its caller's to a C++ function.
    if (spec.url || spec.line) this.#addTicks(node.positionTicks);
    this.lastTick.array[row] = this.tickLine.length;
    if (node.parent !== undefined) this.#link(this.#row(node.parent), row);
    for (const child of node.children) this.#link(row, this.#row(child));
  }

  #addTicks(lineAndTicks: readonly number[]): void {
    for (let i = 0; i < lineAndTicks.length; i += 2) {
      const line = lineAndTicks[i]!;
      const ticks = count(lineAndTicks[i + 1]!);
      if (!isLine(line) || ticks === 0) continue;
      this.tickLine.push(line);
      this.tickCount.push(ticks);
    }
  }

  #link(parent: number, child: number): void {
    const known = this.parent.array[child]!;
    if (known === noRow) this.parent.array[child] = parent;
    else if (known !== parent) {
      this.#builder.warn("two-parents", "A node has two parents; the first was kept.");
    }
  }

  #row(id: number): number {
    const row = this.#rows.rowOf(id);
    if (row === this.parent.length) {
      this.parent.push(noRow);
      this.func.push(undefinedNode);
      this.hits.push(0);
      this.firstTick.push(0);
      this.lastTick.push(0);
    }
    return row;
  }
}

function count(value: number): number {
  return value > 0 && value < Number.MAX_SAFE_INTEGER ? value : 0;
}

function isLine(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= largestLine;
}
