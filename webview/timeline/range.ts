/** Ranges of time, as dragged with the pointer and moved with the keyboard. Microseconds. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Edge = "from" | "to";

/** CSS pixels that a drag covers at least. */
const shortestDrag = 3;

/** The range between two points of a strip (CSS pixels); undefined for a mere click. */
export function rangeOfDrag(
  x0: number,
  x1: number,
  width: number,
  duration: number,
): Range | undefined {
  if (Math.abs(x1 - x0) < shortestDrag) return undefined;
  const time = (x: number) => (Math.min(width, Math.max(0, x)) / width) * duration;
  return { from: time(Math.min(x0, x1)), to: time(Math.max(x0, x1)) };
}

/**
 * A range with one edge moved; undefined when it covers everything. The edges stay a step apart.
 *
 * @param to a time; infinite for an end of the profile
 */
export function moveEdge(
  range: Range | undefined,
  edge: Edge,
  to: number,
  step: number,
  duration: number,
): Range | undefined {
  const whole = range ?? { from: 0, to: duration };
  const moved =
    edge === "from"
      ? { ...whole, from: Math.max(0, Math.min(to, whole.to - step)) }
      : { ...whole, to: Math.min(duration, Math.max(to, whole.from + step)) };
  return moved.from <= 0 && moved.to >= duration ? undefined : moved;
}

/** Where a key takes an edge, or undefined if it is none of ours. */
export function edgeTarget(key: string, at: number, step: number): number | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return at - step;
    case "ArrowRight":
    case "ArrowUp":
      return at + step;
    case "PageDown":
      return at - 10 * step;
    case "PageUp":
      return at + 10 * step;
    case "Home":
      return Number.NEGATIVE_INFINITY;
    case "End":
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}
