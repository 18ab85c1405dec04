/**
 * The living part of a flame graph: its canvases, its camera and its frames. Everything that
 * happens many times a second stays in here; components hear only what a user would call an event.
 */
import type { Rgb } from "../color/oklch.ts";
import type { Theme } from "../ui/use-theme.ts";
import {
  bringIntoView,
  type Camera,
  clampCamera,
  panBy,
  rescaled,
  wholeOf,
  zoomAround,
} from "./camera.ts";
import { Glide } from "./glide.ts";
import { boxAt } from "./hit-test.ts";
import { LabelPainter } from "./labels.ts";
import {
  contentHeight,
  layOut,
  Rects,
  rowHeight,
  rowTop,
  type Viewport,
  visibleRows,
} from "./layout.ts";
import type { Paint } from "./paint.ts";
import { type Backend, createRenderer, type Renderer } from "./renderer.ts";
import type { Scene } from "./scene.ts";

export interface SurfaceElements {
  readonly scroller: HTMLElement;
  readonly boxes: HTMLCanvasElement;
  readonly text: HTMLCanvasElement;
}

export interface SurfaceEvents {
  /** The camera has come to rest: shares of the width, CSS pixels from the top. */
  rested(camera: { left: number; span: number; top: number }): void;
  /** The last row in view, for answers that are cut off at a depth. */
  reached(row: number): void;
  resized(width: number): void;
  drawn(): void;
  /** The backend does not work, or no longer. */
  lost(): void;
}

export interface Content {
  readonly scene: Scene;
  readonly paint: Paint;
  /** The call tree node that the scene grows from, where it is not the whole tree. */
  readonly root: number | undefined;
  readonly theme: Theme;
  /** Parsed `theme.border`. */
  readonly border: Rgb | undefined;
}

const restMs = 150;
/** Share of the width that a box brought to the fore fills at least. */
const foreShare = 0.15;

export class FlameSurface {
  readonly grows: "down" | "up";
  readonly #elements: SurfaceElements;
  readonly #events: SurfaceEvents;
  readonly #renderer: Renderer | undefined;
  readonly #labels: LabelPainter | undefined;
  readonly #rects = new Rects();
  readonly #glide = new Glide();
  readonly #observer: ResizeObserver;
  readonly #stop = new AbortController();
  #content: Content | undefined;
  #camera: Camera;
  #initialTop: number | undefined;
  #marks = { hovered: -1, selected: -1 };
  #size = { width: 0, height: 0 };
  #frame = 0;
  #restTimer = 0;

  constructor(
    elements: SurfaceElements,
    backend: Backend,
    grows: "down" | "up",
    initial: { left: number; span: number; top: number },
    events: SurfaceEvents,
  ) {
    this.grows = grows;
    this.#elements = elements;
    this.#events = events;
    this.#camera = initial;
    this.#initialTop = initial.top;
    this.#renderer = createRenderer(elements.boxes, backend);
    const context = elements.text.getContext("2d");
    this.#labels = context ? new LabelPainter(context) : undefined;
    if (!this.#renderer) queueMicrotask(() => events.lost());
    const { signal } = this.#stop;
    elements.boxes.addEventListener("webglcontextlost", () => events.lost(), { signal });
    elements.scroller.addEventListener("scroll", () => this.#moved(), { signal });
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(elements.scroller);
    this.#followPixelRatio();
    this.#measure();
  }

  get scene(): Scene | undefined {
    return this.#content?.scene;
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#restTimer);
    this.#stop.abort();
    this.#observer.disconnect();
    this.#renderer?.dispose();
  }

  /** A scene in place of another; what both show stays where it is on screen. */
  show(content: Content): void {
    const before = this.#content;
    const { scene, root } = content;
    this.#content = content;
    if (!before) {
      const { left, span } = this.#camera;
      this.#camera = clampCamera(
        { left: left * scene.total, span: span * scene.total },
        scene.total,
      );
    } else if (before.root === root) {
      if (before.scene.total !== scene.total) {
        this.#camera = rescaled(this.#camera, before.scene.total, scene.total);
        this.#glide.stop();
      }
    } else {
      const from = this.#camera.left + shift(before, content);
      this.#camera = { left: from, span: this.#camera.span };
      this.#glide.begin(this.#camera, wholeOf(scene.total), performance.now());
    }
    if (before?.scene !== scene) this.#marks.hovered = -1;
    this.invalidate();
  }

  mark(marks: Partial<{ hovered: number; selected: number }>): void {
    const next = { ...this.#marks, ...marks };
    if (next.hovered === this.#marks.hovered && next.selected === this.#marks.selected) return;
    this.#marks = next;
    this.invalidate();
  }

  /** The box at a point of the viewport, in CSS pixels; -1 for none. */
  boxAt(x: number, y: number): number {
    const scene = this.scene;
    return scene ? boxAt(scene, this.#camera, this.#viewport(), x, y) : -1;
  }

  magnify(factor: number, at: number, smooth: boolean): void {
    const total = this.scene?.total ?? 0;
    this.#move(zoomAround(this.#glide.target ?? this.#camera, factor, at, total), smooth);
  }

  pan(share: number, smooth = false): void {
    const total = this.scene?.total ?? 0;
    this.#move(panBy(this.#glide.target ?? this.#camera, share, total), smooth);
  }

  scrollBy(pixels: number): void {
    this.#elements.scroller.scrollTop += pixels;
  }

  page(pages: number): void {
    this.scrollBy(pages * (this.#size.height - rowHeight));
  }

  /** Everything across, from the first row. */
  reset(): void {
    this.#move(wholeOf(this.scene?.total ?? 0), true);
    this.#elements.scroller.scrollTop =
      this.grows === "down" ? 0 : this.#elements.scroller.scrollHeight;
  }

  /** The box fills the width. */
  fill(box: number): void {
    if (!this.scene) return;
    const { start, total } = this.scene.boxes;
    this.#move({ left: start[box]!, span: total[box]! }, true);
  }

  /** @param toTheFore also magnifies a box that is too narrow to read */
  reveal(box: number, toTheFore = false): void {
    const scene = this.scene;
    if (!scene || this.#size.width === 0) return;
    const start = scene.boxes.start[box]!;
    const length = scene.boxes.total[box]!;
    const camera = this.#glide.target ?? this.#camera;
    if (toTheFore && length < camera.span * foreShare) {
      const span = length / foreShare;
      const left = start + length / 2 - span / 2;
      this.#move(clampCamera({ left, span }, scene.total), true);
    } else {
      this.#move(bringIntoView(camera, start, length, scene.total), true);
    }
    const y = rowTop(scene.boxes.depth[box]!, scene.rows, this.#viewport());
    const below = y + 2 * rowHeight - this.#size.height;
    const above = y - rowHeight;
    if (toTheFore && (above < 0 || below > 0)) this.scrollBy(y - this.#size.height / 2);
    else if (above < 0) this.scrollBy(above);
    else if (below > 0) this.scrollBy(below);
  }

  invalidate(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#draw(now);
    });
  }

  #move(camera: Camera, smooth: boolean): void {
    if (smooth) this.#glide.begin(this.#camera, camera, performance.now());
    else {
      this.#glide.stop();
      this.#camera = camera;
    }
    this.#moved();
  }

  #moved(): void {
    this.invalidate();
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#rest(), restMs);
  }

  #rest(): void {
    const scene = this.scene;
    if (!scene || scene.total <= 0) return;
    const { left, span } = clampCamera(this.#glide.target ?? this.#camera, scene.total);
    const { scrollTop } = this.#elements.scroller;
    this.#events.rested({ left: left / scene.total, span: span / scene.total, top: scrollTop });
    this.#events.reached(visibleRows(scene.rows, this.#viewport())[1]);
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#elements.scroller;
    if (width === this.#size.width && height === this.#size.height) return;
    if (width !== this.#size.width) this.#events.resized(width);
    this.#size = { width, height };
    // At once: a resized canvas is blank until it is drawn.
    this.#draw(performance.now());
  }

  /** A window that moves to another screen changes its pixels, not its size. */
  #followPixelRatio(): void {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const onChange = () => {
      this.invalidate();
      this.#followPixelRatio();
    };
    query.addEventListener("change", onChange, { once: true, signal: this.#stop.signal });
  }

  #viewport(): Viewport {
    const { scrollTop } = this.#elements.scroller;
    return { ...this.#size, top: scrollTop, ratio: devicePixelRatio, grows: this.grows };
  }

  #draw(now: number): void {
    const content = this.#content;
    if (!content || !this.#renderer || this.#size.width === 0 || this.#size.height === 0) return;
    const { scene, paint, theme } = content;
    if (scene.total <= 0) return;
    this.#restoreTop(scene);
    const gliding = this.#glide.at(now);
    if (gliding) this.#camera = gliding;
    const viewport = this.#viewport();
    this.#fitCanvases(viewport);
    layOut(scene, this.#camera, viewport, paint.colors, this.#rects);
    const boxHeight =
      Math.round(rowHeight * viewport.ratio) - Math.max(1, Math.floor(viewport.ratio));
    this.#renderer.draw(this.#rects, boxHeight, content.border);
    this.#labels?.draw(scene, this.#rects, paint, this.#marks, theme, viewport);
    if (this.#glide.target) this.invalidate();
    this.#events.drawn();
  }

  /** A saved scroll position counts once there is content to scroll. */
  #restoreTop(scene: Scene): void {
    if (this.#initialTop === undefined) return;
    const { scroller } = this.#elements;
    const content = contentHeight(scene.rows, this.#size.height);
    if (scroller.scrollHeight + 1 < content) return;
    scroller.scrollTop = this.grows === "down" ? this.#initialTop : content;
    this.#initialTop = undefined;
  }

  #fitCanvases({ width, height, ratio }: Viewport): void {
    const deviceWidth = Math.round(width * ratio);
    const deviceHeight = Math.round(height * ratio);
    for (const canvas of [this.#elements.boxes, this.#elements.text]) {
      if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
      if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }
}

/** Microseconds from the old scene's coordinates to the new one's. */
function shift(before: Content, after: Content): number {
  const entered = startOf(before.scene, after.root);
  if (entered !== undefined) return -entered;
  return startOf(after.scene, before.root) ?? 0;
}

function startOf({ boxes, ancestors }: Scene, root: number | undefined): number | undefined {
  if (root === undefined) return undefined;
  const box = boxes.id.indexOf(root);
  return box < ancestors ? undefined : boxes.start[box]!;
}
