/**
 * Recursion, counted once: marks the nodes whose key does not stand below them on their own stack.
 * A key's total time is the sum over its marked nodes. One depth-first walk, no call stack.
 */
import { release } from "./growable.ts";

/**
 * @param parent parent of each node, -1 at the bottom; a parent comes before its children
 * @param key what is counted once per stack (a function, a line), -1 for nothing
 * @returns 1 for each node that is the outermost of its key
 */
export function markOutermost(
  parent: Int32Array,
  key: ArrayLike<number>,
  keyCount: number,
): Uint8Array {
  const { first, next } = linkChildren(parent);
  const outermost = new Uint8Array(parent.length);
  const depthOfKey = new Uint32Array(keyCount);
  for (let node = first[0]!; node >= 0; ) {
    const k = key[node]!;
    if (k >= 0 && depthOfKey[k]!++ === 0) outermost[node] = 1;
    if (first[node + 1]! >= 0) {
      node = first[node + 1]!;
      continue;
    }
    for (;;) {
      const left = key[node]!;
      if (left >= 0) depthOfKey[left]!--;
      const sibling = next[node]!;
      const below = parent[node]!;
      if (sibling >= 0 || below < 0) {
        node = sibling;
        break;
      }
      node = below;
    }
  }
  release(first);
  release(next);
  return outermost;
}

/** `first[node + 1]` is a node's first child, `next[node]` its next sibling; -1 is none. */
function linkChildren(parent: Int32Array) {
  const first = new Int32Array(parent.length + 1).fill(-1);
  const next = new Int32Array(parent.length);
  for (let node = parent.length - 1; node >= 0; node--) {
    const group = parent[node]! + 1;
    next[node] = first[group]!;
    first[group] = node;
  }
  return { first, next };
}
