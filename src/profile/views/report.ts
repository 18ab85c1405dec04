import { categories, categoryId, type Profile } from "../profile.ts";
import type { QueryOf, ReportAnswer, ReportFunction } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { functionName } from "./function-info.ts";

export function report(
  { profile }: Structure,
  slice: Slice,
  { filter, limit }: QueryOf<"report">,
): ReportAnswer {
  const { self, total } = slice.functions;
  const found: number[] = [];
  for (let func = 0; func < profile.functions.length; func++) {
    if (total[func]! > 0) found.push(func);
  }
  found.sort((a, b) => self[b]! - self[a]! || total[b]! - total[a]! || a - b);
  const selfSamples = countSelfSamples(profile, filter);
  return {
    kind: "report",
    functions: found.slice(0, limit).map((func) => ({
      ...describe(profile, func),
      self: self[func]!,
      total: total[func]!,
      selfSamples: selfSamples[func]!,
    })),
    count: found.length,
    total: slice.total,
  };
}

function countSelfSamples(
  { samples, nodes, frames, functions }: Profile,
  filter: QueryOf<"report">["filter"],
): Uint32Array {
  const { thread, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  const idle = categoryId("idle");
  const counts = new Uint32Array(functions.length);
  for (let i = 0; i < samples.length; i++) {
    if (thread !== undefined && samples.thread[i] !== thread) continue;
    const time = samples.time[i]!;
    if (time < from || time >= to) continue;
    const func = frames.func[nodes.frame[samples.node[i]!]!]!;
    if (functions.category[func] !== idle || filter.includeIdle) counts[func]!++;
  }
  return counts;
}

function describe(
  profile: Profile,
  func: number,
): Omit<ReportFunction, "self" | "total" | "selfSamples"> {
  const { functions, strings } = profile;
  const name = strings[functions.name[func]!]! || "(anonymous)";
  const generated = {
    name,
    url: strings[functions.url[func]!]!,
    line: functions.line[func]!,
    column: functions.column[func]!,
    category: categories[functions.category[func]!]!,
    module: strings[functions.module[func]!]!,
  };
  if (functions.originalLine[func] === 0) return generated;
  const original = {
    name: functionName(profile, func),
    url: strings[functions.originalUrl[func]!]!,
    line: functions.originalLine[func]!,
    column: functions.originalColumn[func]!,
  };
  return { ...generated, original };
}
