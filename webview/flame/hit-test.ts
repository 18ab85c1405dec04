import type { Camera } from "./camera.ts";
import { rowAt, type Viewport } from "./layout.ts";
import { firstEndingAfter, type Scene } from "./scene.ts";

/** CSS pixels by which a narrow box may be missed. */
const tolerance = 2;

/** The box under a point of the viewport (CSS pixels), or -1. */
export function boxAt(
  scene: Scene,
  camera: Camera,
  viewport: Viewport,
  x: number,
  y: number,
): number {
  const row = rowAt(y, scene.rows, viewport);
  if (row < 0 || row >= scene.rows || x < 0 || x >= viewport.width) return -1;
  const scale = camera.span / viewport.width;
  const time = camera.left + x * scale;
  const { start, total } = scene.boxes;
  const index = firstEndingAfter(scene, row, time);
  const near = [index, index - 1].filter(
    (i) => i >= scene.rowStart[row]! && i < scene.rowStart[row + 1]!,
  );
  for (const i of near) {
    const box = scene.rowBoxes[i]!;
    if (time >= start[box]! && time < start[box]! + total[box]!) return box;
  }
  for (const i of near) {
    const box = scene.rowBoxes[i]!;
    const left = start[box]! - tolerance * scale;
    const right = start[box]! + total[box]! + tolerance * scale;
    if (time >= left && time < right) return box;
  }
  return -1;
}
