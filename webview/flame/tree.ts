/** The boxes of an answer as one preorder list, with the way down to a zoomed root above them. */
import type { Boxes, FlameAnswer, FunctionInfo } from "../../src/profile/query.ts";

export interface Tree {
  readonly boxes: Boxes;
  /** `boxes.func` indexes this. */
  readonly functions: readonly FunctionInfo[];
  /** Leading boxes that only show the way down to the root: one a row, as wide as the root. */
  readonly ancestors: number;
  /** Microseconds across. */
  readonly total: number;
}

const everything: FunctionInfo = {
  id: -1,
  name: "(all)",
  url: "",
  line: 0,
  column: 0,
  category: "program",
  module: "",
};

/**
 * @param zoomed whether the answer is about a root of its own: its ancestors then keep their rows,
 *   so that a box stays where it was when it becomes the root
 */
export function treeOfFlame(answer: FlameAnswer, zoomed: boolean): Tree {
  const { boxes, functions, total } = answer;
  const above = zoomed
    ? [{ id: -1, func: everything }, ...answer.ancestors]
    : ([] as FlameAnswer["ancestors"]);
  const count = above.length;
  const path: Boxes = {
    id: Int32Array.from(above, ({ id }) => id),
    depth: Uint32Array.from(above, (_, depth) => depth),
    func: Uint32Array.from(above, (_, i) => functions.length + i),
    start: new Float64Array(count),
    self: new Float64Array(count),
    total: new Float64Array(count).fill(total),
  };
  return {
    boxes: concat([path, shifted(boxes, { depth: count })]),
    functions: [...functions, ...above.map(({ func }) => func)],
    ancestors: count,
    total,
  };
}

/** The tree with the subtree at `box` replaced by an answer that knows it in finer detail. */
export function withDetail(tree: Tree, box: number, detail: FlameAnswer): Tree {
  const { boxes, functions } = tree;
  const fine = shifted(detail.boxes, {
    depth: boxes.depth[box]!,
    start: boxes.start[box]!,
    func: functions.length,
  });
  const after = subtreeEnd(boxes.depth, box);
  return {
    ...tree,
    boxes: concat([sliced(boxes, 0, box), fine, sliced(boxes, after, boxes.id.length)]),
    functions: [...functions, ...detail.functions],
  };
}

/** Callers without the called function itself, which then stands between them and its callees. */
export function withoutFirstRow(boxes: Boxes): Boxes {
  const rest = sliced(boxes, 1, boxes.id.length);
  return { ...rest, depth: rest.depth.map((depth) => depth - 1) };
}

/** Index of the first box after the subtree of `box`. */
export function subtreeEnd(depth: Uint32Array, box: number): number {
  let end = box + 1;
  while (end < depth.length && depth[end]! > depth[box]!) end++;
  return end;
}

function shifted(boxes: Boxes, by: { depth?: number; start?: number; func?: number }): Boxes {
  const { depth = 0, start = 0, func = 0 } = by;
  return {
    ...boxes,
    depth: depth === 0 ? boxes.depth : boxes.depth.map((value) => value + depth),
    start: start === 0 ? boxes.start : boxes.start.map((value) => value + start),
    func: func === 0 ? boxes.func : boxes.func.map((value) => value + func),
  };
}

function sliced(boxes: Boxes, from: number, to: number): Boxes {
  return {
    id: boxes.id.subarray(from, to),
    depth: boxes.depth.subarray(from, to),
    func: boxes.func.subarray(from, to),
    start: boxes.start.subarray(from, to),
    self: boxes.self.subarray(from, to),
    total: boxes.total.subarray(from, to),
  };
}

function concat(parts: readonly Boxes[]): Boxes {
  const length = parts.reduce((sum, { id }) => sum + id.length, 0);
  const all = {
    id: new Int32Array(length),
    depth: new Uint32Array(length),
    func: new Uint32Array(length),
    start: new Float64Array(length),
    self: new Float64Array(length),
    total: new Float64Array(length),
  };
  let offset = 0;
  for (const part of parts) {
    for (const column of Object.keys(all) as (keyof Boxes)[]) all[column].set(part[column], offset);
    offset += part.id.length;
  }
  return all;
}
