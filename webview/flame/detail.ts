/**
 * How fine an answer has to be. The whole graph is asked for at the screen's resolution; when the
 * camera magnifies a part, that part is asked for again at the same resolution. Shares are powers
 * of two, so that a small move asks nothing new.
 */
import type { Camera } from "./camera.ts";
import { firstEndingAfter, type Scene } from "./scene.ts";

export interface DetailWanted {
  /** The box whose subtree is to be asked for. */
  readonly box: number;
  readonly minShare: number;
}

/** The share of the whole that half a CSS pixel shows. */
export function shareOfScreen(width: number): number {
  return 2 ** -Math.ceil(Math.log2(Math.max(2, width * 2)));
}

/** What to ask for beside `scene`, which was asked for at `minShare`; undefined if it is enough. */
export function detailWanted(
  scene: Scene,
  camera: Camera,
  minShare: number,
): DetailWanted | undefined {
  if (scene.total <= 0 || camera.span > scene.total / 2) return undefined;
  const span = scene.total * 2 ** Math.floor(Math.log2(camera.span / scene.total));
  const box = deepestCovering(scene, camera);
  if (scene.boxes.id[box]! < 0 && box !== scene.ancestors) return undefined;
  return { box, minShare: Math.min(1, (span * minShare) / scene.boxes.total[box]!) };
}

/** The deepest box that is as wide as the camera's view of it. */
function deepestCovering(scene: Scene, camera: Camera): number {
  const { start, total } = scene.boxes;
  let covering = scene.ancestors;
  for (let row = scene.ancestors + 1; row < scene.rows; row++) {
    const index = firstEndingAfter(scene, row, camera.left);
    if (index >= scene.rowStart[row + 1]!) break;
    const box = scene.rowBoxes[index]!;
    const covers =
      start[box]! <= camera.left && start[box]! + total[box]! >= camera.left + camera.span;
    if (!covers) break;
    covering = box;
  }
  return covering;
}
