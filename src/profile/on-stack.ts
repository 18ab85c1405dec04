/**
 * Recursion, counted once: marks the nodes whose key does not stand below them on their own stack.
 * A key's total time is the sum over its marked nodes. One depth-first walk, no call stack.
 */
import type { Groups } from "./csr.ts";

/**
 * @param parent parent of each node, -1 at the bottom
 * @param children as `groupChildren` lays them out
 * @param key what is counted once per stack (a function, a line), -1 for nothing
 * @returns 1 for each node that is the outermost of its key
 */
export function markOutermost(
  parent: Int32Array,
  children: Groups,
  key: ArrayLike<number>,
  keyCount: number,
): Uint8Array {
  const outermost = new Uint8Array(parent.length);
  const depthOfKey = new Uint32Array(keyCount);
  /** Next child to visit, by node + 1. */
  const next = children.start.slice();
  for (let group = 0; ; ) {
    if (next[group]! < children.start[group + 1]!) {
      const node = children.rows[next[group]!++]!;
      const k = key[node]!;
      if (k >= 0 && depthOfKey[k]!++ === 0) outermost[node] = 1;
      group = node + 1;
    } else {
      if (group === 0) return outermost;
      const k = key[group - 1]!;
      if (k >= 0) depthOfKey[k]!--;
      group = parent[group - 1]! + 1;
    }
  }
}
