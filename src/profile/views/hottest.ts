import { framePosition } from "../position.ts";
import { noParent } from "../profile.ts";
import type { HotFunction, HottestAnswer, QueryOf } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { functionInfo } from "./function-info.ts";

const detailLimit = 5;

export function hottest(
  structure: Structure,
  slice: Slice,
  { limit, minShare }: QueryOf<"hottest">,
): HottestAnswer {
  const { profile } = structure;
  const least = minShare * slice.total;
  const hot: number[] = [];
  for (let func = 0; func < profile.functions.length; func++) {
    const self = slice.sourceSelf[func]!;
    if (self > 0 && self >= least && structure.sources.hasSource[func]) hot.push(func);
  }
  hot.sort((a, b) => slice.sourceSelf[b]! - slice.sourceSelf[a]! || a - b);
  hot.length = Math.min(hot.length, limit);
  const details = collectDetails(structure, slice, new Set(hot));
  return {
    kind: "hottest",
    weightUnit: profile.meta.weightUnit,
    functions: hot.map((func) => ({
      ...functionInfo(profile, func),
      self: slice.sourceSelf[func]!,
      total: slice.functions.total[func]!,
      lines: top(details.get(func)?.lines).map(([row, self]) => ({
        url: structure.sources.lines.url[row]!,
        line: structure.sources.lines.line[row]!,
        self,
      })),
      callers: topCalls(structure, details.get(func)?.callers),
    })),
    total: slice.total,
  };
}

interface Details {
  /** Self microseconds by row of the line table. */
  readonly lines: Map<number, number>;
  /** Total microseconds by calling frame. */
  readonly callers: Map<number, number>;
}

/** One pass over the nodes: lines of each hot function, and the frames that called it. */
function collectDetails(
  { profile, sources: { sourceNode, lines } }: Structure,
  slice: Slice,
  hot: ReadonlySet<number>,
): ReadonlyMap<number, Details> {
  const { nodes, frames } = profile;
  const details = new Map<number, Details>();
  for (const func of hot) details.set(func, { lines: new Map(), callers: new Map() });
  for (let node = 0; node < nodes.length; node++) {
    const source = sourceNode[node]!;
    if (source < 0) continue;
    const frame = nodes.frame[source]!;
    const self = slice.nodes.self[node]!;
    if (self > 0) {
      const found = details.get(frames.func[frame]!);
      const row = lines.ofFrame[frame]!;
      if (found && row >= 0) add(found.lines, row, self);
    }
    if (source !== node) continue;
    const found = details.get(frames.func[frame]!);
    const total = slice.nodes.total[node]!;
    const below = nodes.parent[node]!;
    const caller = below === noParent ? -1 : sourceNode[below]!;
    if (found && total > 0 && caller >= 0) add(found.callers, nodes.frame[caller]!, total);
  }
  return details;
}

/** Frames that differ in tier or column only are one call to a reader. */
function topCalls(
  { profile }: Structure,
  callers: ReadonlyMap<number, number> = new Map(),
): HotFunction["callers"] {
  const calls = new Map<string, HotFunction["callers"][number]>();
  for (const [frame, time] of callers) {
    const func = profile.frames.func[frame]!;
    const { url, line } = framePosition(profile, frame);
    const key = `${func}:${line}:${url}`;
    calls.set(key, {
      ...functionInfo(profile, func),
      callUrl: url,
      callLine: line,
      time: time + (calls.get(key)?.time ?? 0),
    });
  }
  return [...calls.values()].sort((a, b) => b.time - a.time).slice(0, detailLimit);
}

function add(sums: Map<number, number>, key: number, time: number): void {
  sums.set(key, (sums.get(key) ?? 0) + time);
}

function top(sums: ReadonlyMap<number, number> = new Map()): [number, number][] {
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, detailLimit);
}
