/** The stacks of samples, whole, as they were run. */
import { categories, noParent, type Profile } from "../profile.ts";
import type { QueryOf, RunFrame, StacksAnswer } from "../query.ts";
import { forEachSample } from "../samples-in.ts";

/** Deeper stacks lose their outermost frames. */
const deepest = 20_000;

export function stacksView(profile: Profile, { filter, limit }: QueryOf<"stacks">): StacksAnswer {
  const counts = new Map<number, number>();
  let samples = 0;
  forEachSample(profile, filter, (_, node) => {
    samples++;
    counts.set(node, (counts.get(node) ?? 0) + 1);
  });
  const heaviest = [...counts].sort(([, a], [, b]) => b - a).slice(0, limit);
  return {
    kind: "stacks",
    stacks: heaviest.map(([node, count]) => ({ samples: count, frames: framesOf(profile, node) })),
    samples,
  };
}

function framesOf(profile: Profile, innermost: number): RunFrame[] {
  const found: RunFrame[] = [];
  const { parent, frame } = profile.nodes;
  for (let node = innermost; node !== noParent && found.length < deepest; node = parent[node]!) {
    found.push(runFrame(profile, frame[node]!));
  }
  return found;
}

function runFrame({ frames, functions, strings }: Profile, frame: number): RunFrame {
  const func = frames.func[frame]!;
  return {
    name: strings[functions.name[func]!]!,
    url: strings[functions.url[func]!]!,
    line: frames.line[frame]!,
    column: frames.column[frame]!,
    functionLine: functions.line[func]!,
    functionColumn: functions.column[func]!,
    module: strings[functions.module[func]!]!,
    category: categories[functions.category[func]!]!,
  };
}
