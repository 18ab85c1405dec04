/**
 * Boxes to screen rectangles, in device pixels so that edges are sharp. Only what is visible comes
 * out, and of boxes narrower than a pixel only as many as there are pixels: the result is bounded
 * by the screen, never by the profile.
 */
import type { Camera } from "./camera.ts";
import { firstEndingAfter, type Scene } from "./scene.ts";

/** CSS pixels. */
export const rowHeight = 20;

export interface Viewport {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels from the content's top edge to the viewport's. */
  readonly top: number;
  /** Device pixels in a CSS pixel. */
  readonly ratio: number;
  /** Rows grow downwards from the top, or upwards from the bottom of the content. */
  readonly grows: "down" | "up";
}

/** One rectangle is four 32-bit words: x, y, width as floats, colour as packed bytes. */
export const wordsPerRect = 4;

/** Reused from frame to frame, so that drawing allocates nothing. */
export class Rects {
  count = 0;
  floats = new Float32Array(0);
  words = new Uint32Array(0);
  /** Which box each rectangle shows. */
  boxes = new Uint32Array(0);

  push(x: number, y: number, width: number, color: number, box: number): void {
    if (this.count === this.boxes.length) this.#grow();
    const at = this.count * wordsPerRect;
    this.floats[at] = x;
    this.floats[at + 1] = y;
    this.floats[at + 2] = width;
    this.words[at + 3] = color;
    this.boxes[this.count++] = box;
  }

  #grow(): void {
    const capacity = Math.max(1024, this.boxes.length * 2);
    const words = new Uint32Array(capacity * wordsPerRect);
    words.set(this.words);
    const boxes = new Uint32Array(capacity);
    boxes.set(this.boxes);
    this.words = words;
    this.floats = new Float32Array(words.buffer);
    this.boxes = boxes;
  }
}

/** Height of all rows, at least the viewport's: CSS pixels. */
export function contentHeight(rows: number, viewportHeight: number): number {
  return Math.max(rows * rowHeight, viewportHeight);
}

/** CSS pixels from the viewport's top edge to the row's. */
export function rowTop(row: number, rows: number, viewport: Viewport): number {
  const { grows, height, top } = viewport;
  if (grows === "down") return row * rowHeight - top;
  return contentHeight(rows, height) - (row + 1) * rowHeight - top;
}

/** The row at a height in the viewport; may lie outside of the scene. */
export function rowAt(y: number, rows: number, viewport: Viewport): number {
  const { grows, height, top } = viewport;
  if (grows === "down") return Math.floor((y + top) / rowHeight);
  return Math.floor((contentHeight(rows, height) - y - top) / rowHeight);
}

/** First and last row that show, within the scene. */
export function visibleRows(rows: number, viewport: Viewport): [first: number, last: number] {
  const ends = [rowAt(0, rows, viewport), rowAt(viewport.height, rows, viewport)];
  return [Math.max(0, Math.min(...ends)), Math.min(rows - 1, Math.max(...ends))];
}

/** @param colors of every box, packed */
export function layOut(
  scene: Scene,
  camera: Camera,
  viewport: Viewport,
  colors: Uint32Array,
  out: Rects,
): void {
  const { start, total } = scene.boxes;
  const { rowStart, rowBoxes, rows } = scene;
  const { width, ratio } = viewport;
  const scale = (width * ratio) / camera.span;
  const deviceWidth = Math.ceil(width * ratio);
  const gap = Math.max(1, Math.floor(ratio));
  const end = camera.left + camera.span;
  const [first, last] = visibleRows(rows, viewport);
  out.count = 0;
  for (let row = first; row <= last; row++) {
    const y = Math.round(rowTop(row, rows, viewport) * ratio);
    const rowEnd = rowStart[row + 1]!;
    let covered = Number.NEGATIVE_INFINITY;
    for (let i = firstEndingAfter(scene, row, camera.left); i < rowEnd; i++) {
      const box = rowBoxes[i]!;
      const left = start[box]!;
      if (left >= end) break;
      const right = Math.round((left + total[box]! - camera.left) * scale);
      if (right <= covered) continue;
      const x = Math.max(-gap, Math.round((left - camera.left) * scale), covered);
      const x1 = Math.max(Math.min(right, deviceWidth + gap), x + 1);
      covered = x1;
      const drawn = x1 - x >= 3 * gap ? x1 - x - gap : x1 - x;
      out.push(x, y, drawn, colors[box]!, box);
    }
  }
}
