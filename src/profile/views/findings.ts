/**
 * What a person would say of a recording: its hangs with what ran in them, its hot functions, its
 * bursts, its leaks. One pass over the samples for all hangs together, one slice for each of the
 * longest.
 *
 * **App before system.** A function is the app's when its category is `app`, or `js` or `wasm` for
 * programs of V8. `own` is the time in which it was the innermost of the app's functions on the
 * stack, so that the time of a system function counts for the app's function that called it. The
 * app's functions come first, by `own`; then all others, by self time.
 */
import type { Evidence, LeakGroup } from "../evidence.ts";
import { framePosition } from "../position.ts";
import { noParent, type Profile } from "../profile.ts";
import type {
  Burst,
  FindingsAnswer,
  FunctionInfo,
  HangFinding,
  HotFinding,
  LeakFinding,
  QueryOf,
  StackFrame,
  ThreadFinding,
} from "../query.ts";
import { Slice, sumTree } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { isAppFunction } from "./app-functions.ts";
import { frameInfo } from "./frames.ts";
import { functionInfo, functionName } from "./function-info.ts";

/** Of the hangs, the longest first: a slice for each costs a pass over the nodes. */
const hangsWithStacks = 20;
/** A burst is at least this much of one core, for at least so long. */
const burstLoad = 0.8;
const burstMicroseconds = 250_000;
const binMicroseconds = 50_000;

const unknown = {
  state: "not-recorded",
  reason: "The profile's format has no such part.",
} as const;
const noEvidence: Evidence = {
  samples: { state: "read", reason: "" },
  hangs: unknown,
  leaks: { ...unknown, groups: [] },
};

export function findings(
  structure: Structure,
  slice: Slice,
  { limit }: QueryOf<"findings">,
): FindingsAnswer {
  const { profile } = structure;
  const isApp = appFunctions(profile);
  const evidence = profile.evidence ?? noEvidence;
  const account = evidence.account?.((frame) => frameInfo(profile, frame));
  return {
    kind: "findings",
    meta: profile.meta,
    samples: { ...evidence.samples, count: profile.samples.length },
    hangs: { ...evidence.hangs, found: hangFindings(structure, isApp) },
    leaks: { ...evidence.leaks, groups: leakFindings(profile, evidence.leaks.groups) },
    functions: hotFunctions(structure, slice, isApp, limit),
    threads: threadFindings(profile),
    bursts: bursts(profile),
    total: slice.total,
    warnings: profile.warnings,
    ...(account && { account }),
  };
}

/** 1 for each function of the app's. */
function appFunctions(profile: Profile): Uint8Array {
  return profile.functions.category.map((_, func) => (isAppFunction(profile, func) ? 1 : 0));
}

function hotFunctions(
  structure: Structure,
  slice: Slice,
  isApp: Uint8Array,
  limit: number,
): HotFinding[] {
  const { profile, tree } = structure;
  const inHangs = sumTree(structure, selfInHangs(structure));
  const own = new Float64Array(profile.functions.length);
  /** The innermost app function at or below each tree node, or -1. */
  const owner = new Int32Array(tree.length);
  for (let node = 0; node < tree.length; node++) {
    const below = tree.parent[node]!;
    const func = tree.func[node]!;
    owner[node] = isApp[func] ? func : below === noParent ? -1 : owner[below]!;
    if (owner[node]! >= 0) own[owner[node]!]! += slice.tree.self[node]!;
  }
  const { self, total } = slice.functions;
  const hot: number[] = [];
  for (let func = 0; func < profile.functions.length; func++) {
    if (own[func]! > 0 || self[func]! > 0) hot.push(func);
  }
  const byHeat = (a: number, b: number) =>
    isApp[b]! - isApp[a]! ||
    (isApp[a] ? own[b]! - own[a]! : self[b]! - self[a]!) ||
    total[b]! - total[a]! ||
    a - b;
  return hot
    .sort(byHeat)
    .slice(0, limit)
    .map((func) => ({
      ...functionInfo(profile, func),
      isApp: isApp[func] === 1,
      own: own[func]!,
      self: self[func]!,
      total: total[func]!,
      share: share(isApp[func] ? own[func]! : self[func]!, slice.total),
      duringHangs: share(inHangs.total[func]!, total[func]!),
    }));
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** By tree node: the weight of the samples that a hang's own thread took while it hung. */
function selfInHangs({ profile, tree }: Structure): Float64Array {
  const { samples } = profile;
  const self = new Float64Array(tree.length);
  const windows = Map.groupBy(hangsOf(profile), ({ thread }) => thread);
  for (let i = 0; i < samples.length; i++) {
    const time = samples.time[i]!;
    const hangs = windows.get(samples.thread[i]!);
    if (hangs?.some(({ start, duration }) => time >= start && time < start + duration)) {
      self[tree.ofNode[samples.node[i]!]!]! += samples.weight[i]!;
    }
  }
  return self;
}

function hangsOf({ markers }: Profile) {
  return markers.filter(({ kind }) => kind === "hang");
}

function hangFindings(structure: Structure, isApp: Uint8Array): HangFinding[] {
  const hangs = hangsOf(structure.profile).toSorted((a, b) => b.duration - a.duration);
  return hangs.map(({ name, thread, start, duration }, rank) => {
    const found = { type: name, thread, start, duration };
    if (rank >= hangsWithStacks) return { ...found, samples: 0, busy: 0, stack: [], culprit: -1 };
    return { ...found, ...heaviestStack(structure, isApp, { thread, start, duration }) };
  });
}

/** From the bottom of the stack to the top, always the way that most of the time went. */
function heaviestStack(
  structure: Structure,
  isApp: Uint8Array,
  { thread, start, duration }: Pick<HangFinding, "thread" | "start" | "duration">,
): Pick<HangFinding, "samples" | "busy" | "stack" | "culprit"> {
  const { profile, tree } = structure;
  const filter = { thread, from: start, to: start + duration, includeIdle: false };
  const slice = new Slice(structure, filter);
  const path: number[] = [];
  const heaviestChild = heaviestChildren(tree.parent, slice.tree.total);
  for (let node = heaviestChild[0]!; node >= 0; node = heaviestChild[node + 1]!) {
    path.push(node);
    // More of the time ended here than went on.
    const next = heaviestChild[node + 1]!;
    if (next < 0 || slice.tree.self[node]! > slice.tree.total[next]!) break;
  }
  const stack = framesOf(profile, tree.ofNode, path, slice).reverse();
  return {
    samples: countSamples(profile, filter),
    busy: slice.total,
    stack,
    culprit: stack.findIndex(({ id, frameLine }) => isApp[id] === 1 && frameLine > 0),
  };
}

/** By node + 1, for the nodes at the bottom by 0: the child with the most time, or -1. */
function heaviestChildren(parent: Int32Array, total: Float64Array): Int32Array {
  const heaviest = new Int32Array(parent.length + 1).fill(-1);
  for (let node = 0; node < parent.length; node++) {
    if (total[node] === 0) continue;
    const known = heaviest[parent[node]! + 1]!;
    if (known < 0 || total[node]! > total[known]!) heaviest[parent[node]! + 1] = node;
  }
  return heaviest;
}

/** Each function of the path with the line of its that took most of the time. */
function framesOf(
  profile: Profile,
  ofNode: Uint32Array,
  path: readonly number[],
  { nodes, tree }: Slice,
): StackFrame[] {
  const rankOf = new Map(path.map((node, rank) => [node, rank]));
  const heaviest = new Int32Array(path.length).fill(-1);
  for (let node = 0; node < ofNode.length; node++) {
    const rank = rankOf.get(ofNode[node]!);
    if (rank === undefined) continue;
    const known = heaviest[rank]!;
    if (known < 0 || nodes.total[node]! > nodes.total[known]!) heaviest[rank] = node;
  }
  return path.map((treeNode, rank) => {
    const frame = profile.nodes.frame[heaviest[rank]!]!;
    const { url, line } = framePosition(profile, frame);
    return {
      ...functionInfo(profile, profile.frames.func[frame]!),
      frameUrl: url,
      frameLine: line,
      time: tree.total[treeNode]!,
    };
  });
}

function countSamples(
  { samples }: Profile,
  { thread, from, to }: { thread: number; from: number; to: number },
): number {
  let count = 0;
  for (let i = 0; i < samples.length; i++) {
    const time = samples.time[i]!;
    if (samples.thread[i] === thread && time >= from && time < to) count++;
  }
  return count;
}

function leakFindings(profile: Profile, groups: readonly LeakGroup[]): LeakFinding[] {
  const wanted = new Set(groups.map(({ frame }) => frame).filter((frame) => frame !== ""));
  const places = new Map<string, FunctionInfo>();
  for (let func = 0; wanted.size > 0 && func < profile.functions.length; func++) {
    const name = functionName(profile, func);
    if (!wanted.has(name) || places.has(name)) continue;
    const place = functionInfo(profile, func);
    if (place.url !== "" && place.line > 0) places.set(name, place);
  }
  return groups.map((group) => {
    const place = places.get(group.frame);
    return place ? { ...group, place } : group;
  });
}

function threadFindings({ samples, threads }: Profile): ThreadFinding[] {
  const time = new Float64Array(threads.length);
  for (let i = 0; i < samples.length; i++) time[samples.thread[i]!]! += samples.weight[i]!;
  return threads
    .map((thread, index) => ({ ...thread, thread: index, time: time[index]! }))
    .filter((thread) => thread.time > 0)
    .sort((a, b) => b.time - a.time);
}

/** Stretches in which all threads together kept a core busy. */
function bursts({ samples, meta }: Profile): Burst[] {
  // Cycles say nothing of how much of a core that was.
  if (meta.weightUnit !== "microseconds" || meta.duration <= 0) return [];
  const busy = new Float64Array(Math.ceil(meta.duration / binMicroseconds) + 1);
  for (let i = 0; i < samples.length; i++) {
    const bin = Math.floor(Math.max(0, samples.time[i]!) / binMicroseconds);
    if (bin < busy.length) busy[bin]! += samples.weight[i]!;
  }
  const found: Burst[] = [];
  let first = -1;
  for (let bin = 0; bin <= busy.length; bin++) {
    const isBusy = bin < busy.length && busy[bin]! >= burstLoad * binMicroseconds;
    if (isBusy && first < 0) first = bin;
    if (isBusy || first < 0) continue;
    const duration = (bin - first) * binMicroseconds;
    if (duration >= burstMicroseconds) {
      const time = busy.subarray(first, bin).reduce((sum, value) => sum + value, 0);
      found.push({ start: first * binMicroseconds, duration, time });
    }
    first = -1;
  }
  return found;
}
