/**
 * A profile under a filter: self and total time of everything, each a single pass over arrays.
 * All times are microseconds.
 */
import { noParent, type Profile } from "./profile.ts";
import type { Filter } from "./query.ts";
import { forEachSample } from "./samples-in.ts";
import type { Sources, Structure } from "./structure.ts";

export interface Times {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

export class Slice {
  /** The weight of all samples that count. */
  readonly total: number;
  /** By call tree node. */
  readonly tree: Times;
  /** By function; a function's total counts each sample once, however deep it recurses. */
  readonly functions: Times;
  readonly #structure: Structure;
  readonly #filter: Filter;
  #nodes: Times | undefined;
  #lines: Times | undefined;
  #sourceSelf: Float64Array | undefined;

  constructor(structure: Structure, filter: Filter) {
    const { profile, tree, outermostFunction } = structure;
    this.#structure = structure;
    this.#filter = filter;
    const self = new Float64Array(tree.length);
    this.total = addSamples(profile, filter, self, tree.ofNode);
    this.tree = { self, total: sumUpwards(tree.parent, self) };
    this.functions = sumByKey(this.tree, tree.func, outermostFunction, profile.functions.length);
  }

  /** By the profile's nodes. */
  get nodes(): Times {
    this.#nodes ??= nodeTimes(this.#structure.profile, this.#filter);
    return this.#nodes;
  }

  /** By row of the line table; self includes the built-in and native code a line called. */
  get lines(): Times {
    this.#lines ??= lineTimes(this.#structure.sources, this.nodes);
    return this.#lines;
  }

  /** By function: self time including the built-in and native code it called. */
  get sourceSelf(): Float64Array {
    this.#sourceSelf ??= sourceSelfTimes(this.#structure, this.nodes.self);
    return this.#sourceSelf;
  }
}

/** By function, from the self time of each node of the call tree. */
export function sumTree(
  { profile, tree, outermostFunction }: Structure,
  self: Float64Array,
): Times {
  const times = { self, total: sumUpwards(tree.parent, self) };
  return sumByKey(times, tree.func, outermostFunction, profile.functions.length);
}

function nodeTimes(profile: Profile, filter: Filter): Times {
  const self = new Float64Array(profile.nodes.length);
  addSamples(profile, filter, self);
  return { self, total: sumUpwards(profile.nodes.parent, self) };
}

/**
 * Adds the weight of each sample that counts to its node's row.
 * @param rowOf row of each node; by default the node itself
 * @returns the sum of the weights.
 */
function addSamples(
  profile: Profile,
  filter: Filter,
  rows: Float64Array,
  rowOf?: Uint32Array,
): number {
  const { weight } = profile.samples;
  let total = 0;
  forEachSample(profile, filter, (sample, node) => {
    rows[rowOf ? rowOf[node]! : node]! += weight[sample]!;
    total += weight[sample]!;
  });
  return total;
}

/** Totals of a tree whose parents come before their children. */
function sumUpwards(parent: Int32Array, self: Float64Array): Float64Array {
  const total = self.slice();
  for (let node = parent.length - 1; node >= 0; node--) {
    const below = parent[node]!;
    if (below !== noParent) total[below]! += total[node]!;
  }
  return total;
}

function sumByKey(
  times: Times,
  key: ArrayLike<number>,
  outermost: Uint8Array,
  keyCount: number,
): Times {
  const self = new Float64Array(keyCount);
  const total = new Float64Array(keyCount);
  for (let node = 0; node < outermost.length; node++) {
    const k = key[node]!;
    self[k]! += times.self[node]!;
    if (outermost[node]) total[k]! += times.total[node]!;
  }
  return { self, total };
}

function lineTimes(sources: Sources, nodes: Times): Times {
  const { lines, lineOfNode, outermostLine, sourceNode } = sources;
  const self = new Float64Array(lines.length);
  const total = new Float64Array(lines.length);
  for (let node = 0; node < lineOfNode.length; node++) {
    const source = sourceNode[node]!;
    const line = source < 0 ? -1 : lineOfNode[source]!;
    if (line >= 0) self[line]! += nodes.self[node]!;
    if (outermostLine[node]) total[lineOfNode[node]!]! += nodes.total[node]!;
  }
  return { self, total };
}

function sourceSelfTimes({ profile, sources }: Structure, self: Float64Array): Float64Array {
  const { nodes, frames, functions } = profile;
  const { sourceNode } = sources;
  const times = new Float64Array(functions.length);
  for (let node = 0; node < nodes.length; node++) {
    const source = sourceNode[node]!;
    if (source >= 0) times[frames.func[nodes.frame[source]!]!]! += self[node]!;
  }
  return times;
}
