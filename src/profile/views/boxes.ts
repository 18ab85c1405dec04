/**
 * Boxes of a flame graph: stacks grown from a set of starting points, equal functions merged,
 * widest first. Callers grow towards the bottom of the stack, callees towards its top; both are
 * this one walk with another way to grow. Work is bounded by the boxes that are shown.
 */
import { growF64, growI32, growU32 } from "../growable.ts";
import type { Boxes } from "../query.ts";

/** A tree node with the share of its time that a box stands for. */
export interface Point {
  readonly node: number;
  /** Microseconds. */
  readonly total: number;
}

export interface Growth {
  /** Points one level further out, with their function. */
  grow(point: Point, each: (func: number, next: Point) => void): void;
  /** Time that ends at the point itself, microseconds. */
  self(point: Point): number;
  /** The id under which a client may ask for this point's subtree, or -1. */
  id(point: Point): number;
}

export interface BoxLimits {
  readonly maxDepth: number;
  /** Microseconds below which a box is left out. */
  readonly minTotal: number;
}

interface Level {
  readonly func: number;
  readonly total: number;
  readonly points: Point[];
}

interface Box extends Level {
  readonly depth: number;
  readonly start: number;
}

export interface GrownBoxes {
  readonly boxes: Boxes;
  readonly omitted: number;
}

/**
 * @param rootIndex what `func` holds for the root's row
 * @param indexOf what `func` holds for a function
 */
export function growBoxes(
  points: Point[],
  growth: Growth,
  limits: BoxLimits,
  rootIndex: number,
  indexOf: (func: number) => number,
): GrownBoxes {
  const [id, depth, func] = [growI32(), growU32(), growU32()];
  const [start, self, total] = [growF64(), growF64(), growF64()];
  let omitted = 0;
  const pending: Box[] = [{ func: -1, total: sumTotals(points), points, depth: 0, start: 0 }];
  for (let box = pending.pop(); box; box = pending.pop()) {
    const only = box.points.length === 1 ? box.points[0] : undefined;
    id.push(only ? growth.id(only) : -1);
    depth.push(box.depth);
    func.push(box.func < 0 ? rootIndex : indexOf(box.func));
    start.push(box.start);
    self.push(box.points.reduce((sum, point) => sum + growth.self(point), 0));
    total.push(box.total);
    const next = nextLevel(box.points, growth);
    if (box.depth + 1 >= limits.maxDepth) {
      omitted += next.length;
      continue;
    }
    const shown = next.filter((level) => level.total >= limits.minTotal && level.total > 0);
    omitted += next.length - shown.length;
    shown.sort((a, b) => b.total - a.total || a.func - b.func);
    let right = box.start;
    const boxes = shown.map((level) => {
      const placed: Box = { ...level, depth: box.depth + 1, start: right };
      right += level.total;
      return placed;
    });
    for (let i = boxes.length - 1; i >= 0; i--) pending.push(boxes[i]!);
  }
  return {
    boxes: {
      id: id.finish(),
      depth: depth.finish(),
      func: func.finish(),
      start: start.finish(),
      self: self.finish(),
      total: total.finish(),
    },
    omitted,
  };
}

function nextLevel(points: readonly Point[], growth: Growth): Level[] {
  const levels = new Map<number, { func: number; total: number; points: Point[] }>();
  for (const point of points) {
    growth.grow(point, (func, next) => {
      const level = levels.get(func);
      if (level) {
        level.total += next.total;
        level.points.push(next);
      } else {
        levels.set(func, { func, total: next.total, points: [next] });
      }
    });
  }
  return [...levels.values()];
}

function sumTotals(points: readonly Point[]): number {
  return points.reduce((sum, point) => sum + point.total, 0);
}
