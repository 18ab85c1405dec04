/** What draws the boxes: WebGL 2 where it works, a 2D canvas where not. */
import type { Rgb } from "../color/oklch.ts";
import { createCanvasRenderer } from "./canvas-renderer.ts";
import type { Rects } from "./layout.ts";
import { createWebGlRenderer } from "./webgl-renderer.ts";

export interface Renderer {
  /** Everything in device pixels. */
  draw(rects: Rects, boxHeight: number, border: Rgb | undefined): void;
  dispose(): void;
}

export type Backend = "webgl2" | "canvas";

/** @returns undefined when the backend does not work here */
export function createRenderer(canvas: HTMLCanvasElement, backend: Backend): Renderer | undefined {
  return backend === "webgl2" ? createWebGlRenderer(canvas) : createCanvasRenderer(canvas);
}
