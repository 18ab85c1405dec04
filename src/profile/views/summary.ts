import { categories, type Profile } from "../profile.ts";
import type { QueryOf, SearchAnswer, SummaryAnswer, TimelineAnswer } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { textMatcher } from "./table.ts";

export function summary({ profile, tree }: Structure, slice: Slice): SummaryAnswer {
  const { samples, nodes, frames, functions } = profile;
  const count = new Float64Array(categories.length);
  const time = new Float64Array(categories.length);
  for (let i = 0; i < samples.length; i++) {
    const category = functions.category[frames.func[nodes.frame[samples.node[i]!]!]!]!;
    count[category]!++;
    time[category]! += samples.weight[i]!;
  }
  return {
    kind: "summary",
    meta: profile.meta,
    threads: profile.threads,
    samples: samples.length,
    nodes: tree.length,
    functions: functions.length,
    byCategory: categories
      .map((category, id) => ({ category, samples: count[id]!, time: time[id]! }))
      .filter((row) => row.samples > 0),
    total: slice.total,
    warnings: profile.warnings,
    hasEvidence: profile.evidence !== undefined,
  };
}

export function search(
  { profile, tree }: Structure,
  slice: Slice,
  { text, limit }: QueryOf<"search">,
): SearchAnswer {
  const matches = textMatcher(profile, text);
  const { total } = slice.functions;
  const isMatch = new Uint8Array(profile.functions.length);
  const found: number[] = [];
  for (let func = 0; func < profile.functions.length; func++) {
    if (text.trim() === "" || total[func] === 0 || !matches(func)) continue;
    isMatch[func] = 1;
    found.push(func);
  }
  /** 1 for tree nodes with a match at or below them. */
  const covered = new Uint8Array(tree.length);
  let time = 0;
  for (let node = 0; node < tree.length; node++) {
    const below = tree.parent[node]!;
    covered[node] = isMatch[tree.func[node]!]! | (below < 0 ? 0 : covered[below]!);
    if (covered[node]) time += slice.tree.self[node]!;
  }
  found.sort((a, b) => total[b]! - total[a]! || a - b);
  return {
    kind: "search",
    matches: Uint32Array.from(found.slice(0, limit)),
    count: found.length,
    time,
    total: slice.total,
  };
}

export function timeline(
  { profile }: Structure,
  { thread, buckets }: QueryOf<"timeline">,
): TimelineAnswer {
  const { samples, nodes, frames, functions, meta } = profile;
  const bucketTime = meta.duration / buckets || 1;
  const time = new Float64Array(buckets * categories.length);
  for (let i = 0; i < samples.length; i++) {
    if (thread !== undefined && samples.thread[i] !== thread) continue;
    const category = functions.category[frames.func[nodes.frame[samples.node[i]!]!]!]!;
    const start = Math.max(0, samples.time[i]!);
    const end = start + samples.weight[i]!;
    const last = Math.min(buckets - 1, Math.floor(end / bucketTime));
    for (let bucket = Math.min(last, Math.floor(start / bucketTime)); bucket <= last; bucket++) {
      // The outer edges are the sample's own, so that rounding loses nothing.
      const left = Math.max(start, bucket * bucketTime);
      const right = bucket === last ? end : Math.min(end, (bucket + 1) * bucketTime);
      time[category * buckets + bucket]! += right - left;
    }
  }
  return {
    kind: "timeline",
    buckets,
    bucketTime,
    time,
    categories,
    hangs: hangsOf(profile, thread),
  };
}

const shownHangs = 500;

function hangsOf({ markers }: Profile, thread: number | undefined): TimelineAnswer["hangs"] {
  return markers
    .filter((marker) => marker.kind === "hang" && (thread ?? marker.thread) === marker.thread)
    .sort((a, b) => b.duration - a.duration)
    .slice(0, shownHangs)
    .sort((a, b) => a.start - b.start)
    .map(({ name, thread: at, start, duration }) => ({ type: name, thread: at, start, duration }));
}
