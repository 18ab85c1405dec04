/** A tree with what drawing, hit testing and walking need: rows, parents, and who is whom. */
import type { FunctionInfo } from "../../src/profile/query.ts";
import type { Tree } from "./tree.ts";

export interface Scene extends Tree {
  /** Box, or -1 for the first. */
  readonly parent: Int32Array;
  /** The boxes of row `r`, left to right: `rowBoxes` from `rowStart[r]` to `rowStart[r + 1]`. */
  readonly rowStart: Uint32Array;
  readonly rowBoxes: Uint32Array;
  readonly rows: number;
}

/** What a selection means in any scene: a call tree node, else the function. */
export interface FrameKey {
  /** -1 where the box stands for several nodes, or for all. */
  readonly node: number;
  /** Function id; -1 for "(all)". */
  readonly func: number;
}

export function buildScene(tree: Tree): Scene {
  const { depth } = tree.boxes;
  const rows = depth.reduce((deepest, value) => Math.max(deepest, value), -1) + 1;
  const rowStart = new Uint32Array(rows + 1);
  for (const row of depth) rowStart[row + 1]!++;
  for (let row = 0; row < rows; row++) rowStart[row + 1]! += rowStart[row]!;

  const parent = new Int32Array(depth.length);
  const rowBoxes = new Uint32Array(depth.length);
  const next = rowStart.slice();
  const last = new Int32Array(rows).fill(-1);
  for (let box = 0; box < depth.length; box++) {
    const row = depth[box]!;
    parent[box] = row === 0 ? -1 : last[row - 1]!;
    last[row] = box;
    rowBoxes[next[row]!++] = box;
  }
  return { ...tree, parent, rowStart, rowBoxes, rows };
}

export function functionOf(scene: Scene, box: number): FunctionInfo {
  return scene.functions[scene.boxes.func[box]!]!;
}

/** An ancestor's own time is not part of the answer that it was drawn from. */
export function hasTimes(scene: Scene, box: number): boolean {
  return box >= scene.ancestors;
}

export function keyOf(scene: Scene, box: number): FrameKey {
  return { node: scene.boxes.id[box]!, func: functionOf(scene, box).id };
}

/** The box of a key: its node's where the scene has it, else the function's widest; -1 if none. */
export function findBox(scene: Scene, { node, func }: FrameKey): number {
  const exact = node < 0 ? -1 : scene.boxes.id.indexOf(node);
  return exact >= 0 ? exact : widestBox(scene, func);
}

/** Boxes from the first row down to `box`. */
export function pathTo(scene: Scene, box: number): number[] {
  const path: number[] = [];
  for (let at = box; at >= 0; at = scene.parent[at]!) path.push(at);
  return path.reverse();
}

/**
 * In a row, the index into `rowBoxes` of the first box that ends right of `time`; the row's end
 * when there is none.
 */
export function firstEndingAfter(scene: Scene, row: number, time: number): number {
  const { start, total } = scene.boxes;
  let low = scene.rowStart[row]!;
  let high = scene.rowStart[row + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const box = scene.rowBoxes[middle]!;
    if (start[box]! + total[box]! > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function widestBox(scene: Scene, func: number): number {
  const { boxes, functions } = scene;
  let widest = -1;
  for (let box = 0; box < boxes.func.length; box++) {
    if (functions[boxes.func[box]!]!.id !== func) continue;
    if (widest < 0 || boxes.total[box]! > boxes.total[widest]!) widest = box;
  }
  return widest;
}
