/** Pointer and wheel on a flame graph. */
import type { FlameSurface } from "./surface.ts";

export interface GestureEvents {
  /** A point of the page, for a tooltip. -1 when the pointer is over no box. */
  hover(box: number, x: number, y: number): void;
  /** -1 when the click hit no box. */
  click(box: number, event: MouseEvent): void;
  doubleClick(box: number): void;
}

/** CSS pixels that a press may move and still be a click. */
const clickSlop = 4;
const pixelsPerLine = 20;

/** @returns stops listening */
export function listenToGestures(
  element: HTMLElement,
  surface: FlameSurface,
  events: GestureEvents,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let press: { x: number; y: number; moved: boolean } | undefined;

  const boxUnder = ({ clientX, clientY }: MouseEvent) => {
    const bounds = element.getBoundingClientRect();
    return surface.boxAt(clientX - bounds.left, clientY - bounds.top);
  };

  element.addEventListener(
    "pointerdown",
    (event) => {
      // On the scrollbar the press is the browser's.
      if (event.button !== 0 || event.offsetX >= element.clientWidth) return;
      press = { x: event.clientX, y: event.clientY, moved: false };
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (!press || (event.buttons & 1) === 0) {
        press = undefined;
        events.hover(boxUnder(event), event.clientX, event.clientY);
        return;
      }
      const dx = event.clientX - press.x;
      const dy = event.clientY - press.y;
      if (!press.moved && Math.hypot(dx, dy) < clickSlop) return;
      if (!press.moved) element.setPointerCapture(event.pointerId);
      press = { x: event.clientX, y: event.clientY, moved: true };
      events.hover(-1, 0, 0);
      surface.pan(-dx / element.clientWidth);
      surface.scrollBy(-dy);
    },
    { signal },
  );
  element.addEventListener(
    "click",
    (event) => {
      const dragged = press?.moved;
      press = undefined;
      if (!dragged) events.click(boxUnder(event), event);
    },
    { signal },
  );
  element.addEventListener("dblclick", (event) => events.doubleClick(boxUnder(event)), { signal });
  element.addEventListener("pointerleave", () => events.hover(-1, 0, 0), { signal });
  element.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? pixelsPerLine : 1;
      const dx = (event.shiftKey ? event.deltaY : event.deltaX) * unit;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const bounds = element.getBoundingClientRect();
        const at = (event.clientX - bounds.left) / element.clientWidth;
        // A notch of a wheel is far more than one event of a pinch: only that needs smoothing.
        const smooth = Math.abs(event.deltaY) >= 40;
        surface.magnify(Math.exp(-event.deltaY * unit * (smooth ? 0.003 : 0.01)), at, smooth);
      } else if (dx !== 0) {
        event.preventDefault();
        surface.pan(dx / element.clientWidth);
      }
      events.hover(-1, 0, 0);
    },
    { signal, passive: false },
  );
  return () => stop.abort();
}
