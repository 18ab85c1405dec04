/** Where the arrow keys lead from a box. */

import type { Scene } from "./scene.ts";
import { subtreeEnd } from "./tree.ts";

export type Step = "parent" | "child" | "previous" | "next";

/** The box that a step leads to, or `box` itself where there is none. */
export function walk(scene: Scene, box: number, step: Step): number {
  const { depth } = scene.boxes;
  switch (step) {
    case "parent":
      return scene.parent[box]! < 0 ? box : scene.parent[box]!;
    case "child":
      // Preorder, widest first: the next box is the widest child, if it is a child at all.
      return box + 1 < depth.length && depth[box + 1]! > depth[box]! ? box + 1 : box;
    case "next": {
      const after = subtreeEnd(depth, box);
      return after < depth.length && depth[after] === depth[box] ? after : box;
    }
    case "previous": {
      let before = box - 1;
      while (before > scene.parent[box]! && depth[before]! > depth[box]!) before--;
      return before > scene.parent[box]! ? before : box;
    }
  }
}

export function childCount(scene: Scene, box: number): number {
  const { depth } = scene.boxes;
  const end = subtreeEnd(depth, box);
  let count = 0;
  for (let i = box + 1; i < end; i++) if (depth[i] === depth[box]! + 1) count++;
  return count;
}
