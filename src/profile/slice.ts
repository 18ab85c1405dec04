/**
 * A profile under a filter: self and total time of everything, each a single pass over arrays.
 * All times are microseconds.
 */
import { categoryId, noParent, type Profile } from "./profile.ts";
import type { Filter } from "./query.ts";
import type { Structure } from "./structure.ts";

export interface Times {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

export interface Slice {
  /** The weight of all samples that count. */
  readonly total: number;
  /** By the profile's nodes. */
  readonly nodes: Times;
  /** By call tree node. */
  readonly tree: Times;
  /** By function; a function's total counts each sample once, however deep it recurses. */
  readonly functions: Times;
  /** By row of the line table; self includes the built-in and native code a line called. */
  readonly lines: Times;
  /** By function: self time including the built-in and native code it called. */
  readonly sourceSelf: Float64Array;
}

export function buildSlice(structure: Structure, filter: Filter): Slice {
  const { profile, tree, lines } = structure;
  const nodes = nodeTimes(profile, filter);
  const treeSelf = new Float64Array(tree.length);
  for (let node = 0; node < tree.ofNode.length; node++) {
    treeSelf[tree.ofNode[node]!]! += nodes.self[node]!;
  }
  const treeTimes = { self: treeSelf, total: sumUpwards(tree.parent, treeSelf) };
  return {
    total: nodes.self.reduce((sum, time) => sum + time, 0),
    nodes,
    tree: treeTimes,
    functions: sumByKey(
      treeTimes,
      tree.func,
      structure.outermostFunction,
      profile.functions.length,
    ),
    lines: lineTimes(structure, nodes, lines.length),
    sourceSelf: sourceSelfTimes(structure, nodes.self),
  };
}

function nodeTimes({ nodes, samples, frames, functions }: Profile, filter: Filter): Times {
  const self = new Float64Array(nodes.length);
  const idle = categoryId("idle");
  const { thread, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  for (let i = 0; i < samples.length; i++) {
    if (thread !== undefined && samples.thread[i] !== thread) continue;
    const time = samples.time[i]!;
    if (time < from || time >= to) continue;
    const node = samples.node[i]!;
    const category = functions.category[frames.func[nodes.frame[node]!]!];
    if (category === idle && !filter.includeIdle) continue;
    self[node]! += samples.weight[i]!;
  }
  return { self, total: sumUpwards(nodes.parent, self) };
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

function lineTimes(structure: Structure, nodes: Times, lineCount: number): Times {
  const self = new Float64Array(lineCount);
  const total = new Float64Array(lineCount);
  const { lineOfNode, outermostLine, sourceNode } = structure;
  for (let node = 0; node < lineOfNode.length; node++) {
    const source = sourceNode[node]!;
    const line = source < 0 ? -1 : lineOfNode[source]!;
    if (line >= 0) self[line]! += nodes.self[node]!;
    if (outermostLine[node]) total[lineOfNode[node]!]! += nodes.total[node]!;
  }
  return { self, total };
}

function sourceSelfTimes({ profile, sourceNode }: Structure, self: Float64Array): Float64Array {
  const { nodes, frames, functions } = profile;
  const times = new Float64Array(functions.length);
  for (let node = 0; node < nodes.length; node++) {
    const source = sourceNode[node]!;
    if (source >= 0) times[frames.func[nodes.frame[source]!]!]! += self[node]!;
  }
  return times;
}
