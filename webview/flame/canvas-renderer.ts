/**
 * The fallback where there is no GPU. A row of boxes looks the same on each of its pixel lines, so
 * one line of every row is written to memory and stretched to the row's height.
 */
import { cssColor, type Rgb } from "../color/oklch.ts";
import { type Rects, wordsPerRect } from "./layout.ts";
import type { Renderer } from "./renderer.ts";

export function createCanvasRenderer(canvas: HTMLCanvasElement): Renderer | undefined {
  const context = canvas.getContext("2d");
  const lines = new OffscreenCanvas(1, 1);
  const lineContext = lines.getContext("2d");
  if (!context || !lineContext) return undefined;
  return {
    draw(rects, boxHeight, border) {
      const { width, height } = canvas;
      context.clearRect(0, 0, width, height);
      const { tops, pixels } = writeLines(rects, width);
      if (tops.length === 0) return;
      lines.width = width;
      lines.height = tops.length;
      lineContext.putImageData(new ImageData(pixels, width, tops.length), 0, 0);
      context.imageSmoothingEnabled = false;
      for (const [line, top] of tops.entries()) {
        context.drawImage(lines, 0, line, width, 1, 0, top, width, boxHeight);
      }
      if (border) drawBorders(context, rects, boxHeight, border);
    },
    dispose: () => undefined,
  };
}

interface Lines {
  /** Device pixels from the canvas's top, for each line. */
  readonly tops: readonly number[];
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** The rectangles come row by row. */
function writeLines({ floats, words, count }: Rects, width: number): Lines {
  const tops: number[] = [];
  for (let i = 0; i < count; i++) {
    const top = floats[i * wordsPerRect + 1]!;
    if (top !== tops.at(-1)) tops.push(top);
  }
  const colors = new Uint32Array(width * tops.length);
  let line = -1;
  for (let i = 0; i < count; i++) {
    const at = i * wordsPerRect;
    if (floats[at + 1] !== tops[line]) line++;
    const from = Math.max(0, floats[at]!);
    const to = Math.min(width, floats[at]! + floats[at + 2]!);
    if (to > from) colors.fill(words[at + 3]!, line * width + from, line * width + to);
  }
  return { tops, pixels: new Uint8ClampedArray(colors.buffer) };
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
