/** The fallback: slower, but drawn by any browser. */
import { cssColor, type Rgb } from "../color/oklch.ts";
import { type Rects, wordsPerRect } from "./layout.ts";
import type { Renderer } from "./renderer.ts";

export function createCanvasRenderer(canvas: HTMLCanvasElement): Renderer | undefined {
  const context = canvas.getContext("2d");
  if (!context) return undefined;
  return {
    draw(rects, boxHeight, border) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      drawFills(context, rects, boxHeight);
      if (border) drawBorders(context, rects, boxHeight, border);
    },
    dispose: () => undefined,
  };
}

function drawFills(context: CanvasRenderingContext2D, rects: Rects, height: number): void {
  const { floats, words, count } = rects;
  let current = -1;
  for (let i = 0; i < count; i++) {
    const at = i * wordsPerRect;
    const color = words[at + 3]!;
    if (color !== current) {
      context.fillStyle = unpacked(color);
      current = color;
    }
    context.fillRect(floats[at]!, floats[at + 1]!, floats[at + 2]!, height);
  }
}

function drawBorders(
  context: CanvasRenderingContext2D,
  { floats, count }: Rects,
  height: number,
  border: Rgb,
): void {
  context.strokeStyle = cssColor(border);
  for (let i = 0; i < count; i++) {
    const at = i * wordsPerRect;
    const width = floats[at + 2]!;
    if (width < 3) continue;
    context.strokeRect(floats[at]! + 0.5, floats[at + 1]! + 0.5, width - 1, height - 1);
  }
}

function unpacked(color: number): string {
  return cssColor([color & 0xff, (color >>> 8) & 0xff, (color >>> 16) & 0xff]);
}
