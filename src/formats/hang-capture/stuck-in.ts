/** Which function a process is stuck in, by the stacks that it was found in. */
import type { HangFile, HangFrame } from "./hang-file.ts";

/**
 * How many functions, from the outermost on, all stacks have in common: the last of them did not
 * return while it was watched.
 */
export function sharedDepth({ frames, stacks }: Pick<HangFile, "frames" | "stacks">): number {
  const [first, ...others] = stacks.map((stack) =>
    stack.frames.toReversed().map((index) => functionOf(frames[index]!)),
  );
  if (!first) return 0;
  let depth = first.length;
  for (const other of others) {
    let same = 0;
    while (same < depth && other[same] === first[same]) same++;
    depth = same;
  }
  return depth;
}

function functionOf({ name, url, functionLine, functionColumn, module }: HangFrame): string {
  return JSON.stringify([name, url, functionLine, functionColumn, module]);
}

/** A stack with fewer frames is deep, and nothing more. */
const leastRunaway = 1_000;

/** The function that fills a stack with its own calls, if one does. */
export function runaway({ frames, stacks }: Pick<HangFile, "frames" | "stacks">): {
  readonly depth: number;
  readonly name: string | undefined;
} {
  const deepest = stacks.reduce<readonly number[]>(
    (found, stack) => (stack.frames.length > found.length ? stack.frames : found),
    [],
  );
  const depth = deepest.length;
  if (depth < leastRunaway) return { depth, name: undefined };
  const counts = new Map<string, number>();
  for (const index of deepest) {
    const { name } = frames[index]!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return { depth, name: most && most[1] * 4 > depth ? most[0] : undefined };
}
