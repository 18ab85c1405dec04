import { categories, type Profile } from "../profile.ts";
import type { QueryOf, ReportAnswer, ReportFunction } from "../query.ts";
import { forEachSample } from "../samples-in.ts";
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

function countSelfSamples(profile: Profile, filter: QueryOf<"report">["filter"]): Uint32Array {
  const { frames, nodes, functions } = profile;
  const counts = new Uint32Array(functions.length);
  forEachSample(profile, filter, (_, node) => {
    counts[frames.func[nodes.frame[node]!]!]!++;
  });
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
