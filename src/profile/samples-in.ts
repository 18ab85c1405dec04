/** The samples that a filter lets through. */
import { categoryId, type Profile } from "./profile.ts";
import type { Filter } from "./query.ts";

/** In their order. @param visit takes a sample and its node */
export function forEachSample(
  { samples, nodes, frames, functions }: Profile,
  { thread, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, includeIdle }: Filter,
  visit: (sample: number, node: number) => void,
): void {
  const idle = categoryId("idle");
  for (let i = 0; i < samples.length; i++) {
    if (thread !== undefined && samples.thread[i] !== thread) continue;
    const time = samples.time[i]!;
    if (time < from || time >= to) continue;
    const node = samples.node[i]!;
    const category = functions.category[frames.func[nodes.frame[node]!]!];
    if (category !== idle || includeIdle) visit(i, node);
  }
}
