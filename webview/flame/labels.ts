/** The text layer over the boxes, and the outlines that say which box is which. */
import { cssColor } from "../color/oklch.ts";
import { inkColor } from "../color/palette.ts";
import { clipped } from "../text/format.ts";
import { shortLocation } from "../text/location.ts";
import type { Theme } from "../ui/use-theme.ts";
import { type Rects, rowHeight, wordsPerRect } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { functionOf, type Scene } from "./scene.ts";

const padding = 4;
const fontSize = 12;
/** CSS pixels of a box below which no letter fits. */
const narrowest = 22;
const longestLabel = 160;
const mostMeasured = 20_000;

export interface Marks {
  /** Box, or -1. */
  readonly hovered: number;
  readonly selected: number;
}

export class LabelPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #widths = new Map<string, number>();
  #font = "";

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  /** @param ratio device pixels in a CSS pixel; the rectangles are in device pixels */
  draw(
    scene: Scene,
    rects: Rects,
    paint: Paint,
    marks: Marks,
    theme: Theme,
    { width, height, ratio }: { width: number; height: number; ratio: number },
  ): void {
    const context = this.#context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#setFont(`${fontSize}px ${theme.font}`);
    const ink = cssColor(inkColor(theme.kind));
    context.textBaseline = "middle";
    const selectedFunc = marks.selected < 0 ? undefined : functionOf(scene, marks.selected).id;
    for (let i = 0; i < rects.count; i++) {
      const at = i * wordsPerRect;
      const box = rects.boxes[i]!;
      const rawX = rects.floats[at]! / ratio;
      const x = Math.max(0, rawX);
      const y = rects.floats[at + 1]! / ratio;
      const boxWidth = Math.min(width, rawX + rects.floats[at + 2]! / ratio) - x;
      const func = functionOf(scene, box);
      context.fillStyle = ink;
      if (box === marks.hovered) {
        context.globalAlpha = 0.16;
        context.fillRect(x, y, boxWidth, rowHeight - 1);
      }
      if (boxWidth >= narrowest) {
        const faded = paint.faded[box] ? 0.55 : 1;
        this.#label(func, x + padding, y + rowHeight / 2, boxWidth - 2 * padding, faded);
      }
      context.globalAlpha = 1;
      if (box === marks.selected) this.#outline(x, y, boxWidth, theme, ink);
      else if (func.id === selectedFunc && boxWidth > 3) {
        context.strokeStyle = ink;
        context.lineWidth = 1;
        context.globalAlpha = 0.7;
        context.strokeRect(x + 0.5, y + 0.5, boxWidth - 1, rowHeight - 2);
        context.globalAlpha = 1;
      }
    }
  }

  #label(
    func: Parameters<typeof shortLocation>[0] & { readonly name: string },
    x: number,
    y: number,
    room: number,
    alpha: number,
  ): void {
    const context = this.#context;
    const name = clipped(func.name, longestLabel);
    const nameWidth = this.#width(name);
    context.globalAlpha = alpha;
    if (nameWidth > room) {
      const letters = Math.floor((name.length * (room - this.#width("…"))) / nameWidth);
      if (letters > 0) context.fillText(`${name.slice(0, letters)}…`, x, y, room);
      return;
    }
    context.fillText(name, x, y);
    const location = shortLocation(func);
    const rest = room - nameWidth - 3 * padding;
    if (location === "" || this.#width(location) > rest) return;
    context.globalAlpha = alpha * 0.7;
    context.fillText(location, x + nameWidth + 3 * padding, y);
  }

  #outline(x: number, y: number, width: number, theme: Theme, ink: string): void {
    const context = this.#context;
    context.lineWidth = 2;
    context.strokeStyle = theme.border === "" ? ink : theme.focus;
    context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), rowHeight - 3);
  }

  #setFont(font: string): void {
    if (font !== this.#font) this.#widths.clear();
    this.#font = font;
    this.#context.font = font;
  }

  #width(text: string): number {
    let width = this.#widths.get(text);
    if (width === undefined) {
      width = this.#context.measureText(text).width;
      if (this.#widths.size >= mostMeasured) this.#widths.clear();
      this.#widths.set(text, width);
    }
    return width;
  }
}
