/**
 * Self time by line. A node of the file says on which lines it was hit (`positionTicks`), or each
 * sample does (`lines` and `columns` of a trace); the model has a frame per line instead. So beside the node of
 * a function stand its leaves, one per line: same parent, same function, no callees.
 *
 * `positionTicks` do not say *which* samples were on a line. The samples of a node go to its lines
 * in the file's order of lines, each line getting its share of the ticks: totals stay as they
 * are, lines are exact up to one sample, and no change between lines is made up in the timeline.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growU32 } from "../../profile/growable.ts";
import { PairIndex } from "../../profile/pair-index.ts";
import { noParent } from "../../profile/profile.ts";
import { unknownPosition } from "./positions.ts";
import type { RawProfile } from "./raw-profile.ts";

export class LineNodes {
  readonly #builder: ProfileBuilder;
  readonly #raw: RawProfile;
  readonly #nodeOf: Int32Array;
  readonly #sampleCounts: Float64Array;
  /** Per row: hits in all, samples given out, the tick entry of the next, ticks before that. */
  readonly #hits: Float64Array;
  readonly #given: Float64Array;
  readonly #cursor: Uint32Array;
  readonly #passed: Float64Array;

  readonly #rows = growU32();
  readonly #positions = growU32();
  readonly #nodes = growU32();
  readonly #index = new PairIndex();

  constructor(
    builder: ProfileBuilder,
    raw: RawProfile,
    nodeOf: Int32Array,
    sampleCounts: Float64Array,
  ) {
    this.#builder = builder;
    this.#raw = raw;
    this.#nodeOf = nodeOf;
    this.#sampleCounts = sampleCounts;
    this.#hits = Float64Array.from({ length: raw.rowCount }, (_, row) => hitsOf(raw, row));
    this.#given = new Float64Array(raw.rowCount);
    this.#cursor = raw.firstTick.array.slice(0, raw.rowCount);
    this.#passed = new Float64Array(raw.rowCount);
  }

  /** The node for the row's next sample, in time order. */
  next(row: number): number {
    const { firstTick, lastTick, tickPosition, tickCount } = this.#raw;
    const last = lastTick.array[row]!;
    if (firstTick.array[row] === last) return this.#nodeOf[row]!;
    const share = (this.#given[row]!++ + 0.5) / this.#sampleCounts[row]!;
    const tick = share * this.#hits[row]!;
    let cursor = this.#cursor[row]!;
    while (cursor < last && this.#passed[row]! + tickCount.array[cursor]! <= tick) {
      this.#passed[row]! += tickCount.array[cursor++]!;
    }
    this.#cursor[row] = cursor;
    return cursor === last ? this.#nodeOf[row]! : this.at(row, tickPosition.array[cursor]!);
  }

  /** The node for a sample whose position is told. */
  at(row: number, position: number): number {
    const { func, parent, hasSource, positions } = this.#raw;
    if (position === unknownPosition || hasSource.array[row] === 0) return this.#nodeOf[row]!;
    const known = this.#index.find(row, position, this.#rows.array, this.#positions.array);
    if (known >= 0) return this.#nodes.array[known]!;
    const caller = parent.array[row]!;
    const below = caller < 0 ? noParent : this.#nodeOf[caller]!;
    const spec = { line: positions.line(position), column: positions.column(position) };
    const node = this.#builder.node(below, this.#builder.frame(func.array[row]!, spec));
    this.#rows.push(row);
    this.#positions.push(position);
    this.#index.add(this.#nodes.push(node), this.#rows.array, this.#positions.array);
    return node;
  }
}

/** Hits on no known line count too: their samples stay on the function's own node. */
function hitsOf({ firstTick, lastTick, tickCount, hits }: RawProfile, row: number): number {
  let ticks = 0;
  for (let i = firstTick.array[row]!; i < lastTick.array[row]!; i++) ticks += tickCount.array[i]!;
  return Math.max(ticks, hits.array[row]!);
}
