/** The stacked areas of the timeline strip. */
import type { Category } from "../../src/profile/profile.ts";
import type { TimelineAnswer } from "../../src/profile/query.ts";

export interface Band {
  readonly category: Category;
  /** By bucket: where the band begins and ends, 0 at the strip's foot to 1 at its top. */
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/** Idle time is the empty part of the strip. The fullest bucket reaches the top. */
export function stackBands({ buckets, time, categories }: TimelineAnswer): Band[] {
  const full = new Float64Array(buckets);
  for (let i = 0; i < time.length; i++) full[i % buckets]! += time[i]!;
  const highest = full.reduce((max, value) => Math.max(max, value), 0) || 1;
  const height = new Float64Array(buckets);
  const bands: Band[] = [];
  categories.forEach((category, row) => {
    const own = time.subarray(row * buckets, (row + 1) * buckets);
    if (category === "idle" || own.every((value) => value === 0)) return;
    const from = Float32Array.from(height, (value) => value / highest);
    for (let i = 0; i < buckets; i++) height[i]! += own[i]!;
    const to = Float32Array.from(height, (value) => value / highest);
    bands.push({ category, from, to });
  });
  return bands;
}
