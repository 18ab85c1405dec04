/**
 * One CPU profile as columns, in the order that the file told it. Every id becomes a row when it is
 * first mentioned, so nodes, samples and deltas may come in any order; rows that no node ever
 * defined stay `undefinedNode`.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growF64, growI32, growU8, growU32 } from "../../profile/growable.ts";
import { functionSpec } from "./categorize.ts";
import { IdRows } from "./id-rows.ts";
import { Positions, unknownPosition } from "./positions.ts";
import type { FileNode, ProfileSink } from "./profile-sink.ts";

/** In the `func` column: mentioned, but not (yet) told. */
export const undefinedNode = -1;
/** In the `func` column: V8's `(root)`, which is no function. */
export const rootNode = -2;

const noRow = -1;

export class RawProfile implements ProfileSink {
  readonly #builder: ProfileBuilder;
  readonly #rows = new IdRows();
  readonly positions = new Positions();

  /** Microseconds on the file's own clock. */
  start: number | undefined;
  end: number | undefined;

  /** Per row: the parent's row or -1, the builder's function, hits. */
  readonly parent = growI32();
  readonly func = growI32();
  readonly hits = growF64();
  /** Per row: 1 where a line means something. V8 gives C++ functions lines of their caller. */
  readonly hasSource = growU8();
  /** Per row: its ticks are `[firstTick, lastTick)` in the two columns below. */
  readonly firstTick = growU32();
  readonly lastTick = growU32();
  readonly tickPosition = growU32();
  readonly tickCount = growF64();
  definedNodes = 0;

  /** Per sample: the node's row, and in traces the position; empty where none is told. */
  readonly samples = growU32();
  readonly samplePosition = growU32();
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

  /** Where the last sample was; where others were may stay untold. */
  position(line: number, column: number): void {
    this.padPositions();
    this.samplePosition.array[this.samples.length - 1] = this.positions.idOf(line, column);
  }

  /** Puts the column of positions level with the samples. */
  padPositions(): void {
    while (this.samplePosition.length < this.samples.length) {
      this.samplePosition.push(unknownPosition);
    }
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
    this.firstTick.array[row] = this.tickPosition.length;
    this.hasSource.array[row] = spec.url || spec.line ? 1 : 0;
    this.#addTicks(node.positionTicks);
    this.lastTick.array[row] = this.tickPosition.length;
    if (node.parent !== undefined) this.#link(this.#row(node.parent), row);
    for (const child of node.children) this.#link(row, this.#row(child));
  }

  #addTicks(lineAndTicks: readonly number[]): void {
    for (let i = 0; i < lineAndTicks.length; i += 2) {
      const position = this.positions.idOf(lineAndTicks[i]!, 0);
      const ticks = count(lineAndTicks[i + 1]!);
      if (position === unknownPosition || ticks === 0) continue;
      this.tickPosition.push(position);
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
      this.hasSource.push(0);
      this.firstTick.push(0);
      this.lastTick.push(0);
    }
    return row;
  }
}

function count(value: number): number {
  return value > 0 && value < Number.MAX_SAFE_INTEGER ? value : 0;
}
