/** When each sample was taken and how long it stands for, from what the file says of time. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { RawProfile } from "./raw-profile.ts";
import { sortByTime } from "./sort-by-time.ts";

/** Microseconds: V8's own default, for files that say nothing of time. */
const defaultInterval = 1000;

export interface Timeline {
  /** Microseconds on the file's clock. */
  readonly start: number;
  readonly end: number;
  /** Microseconds since `start`, ascending. */
  readonly time: Float64Array;
  /** Microseconds until the next sample; of the last one, until the end. */
  readonly weight: Float64Array;
}

/**
 * Takes over the memory of the deltas, and brings samples and lines into time order. What had to
 * be estimated is counted in warnings.
 */
export function timelineOf(builder: ProfileBuilder, raw: RawProfile): Timeline {
  const count = raw.samples.length;
  const surplus = raw.deltas.length - count;
  const afterLast = surplus > 0 ? raw.deltas.array[count]! : 0;
  if (surplus > 0) {
    builder.warn("surplus-time-deltas", "There are more time deltas than samples.", surplus);
  } else if (surplus < 0) {
    const message = "There are fewer time deltas than samples; the missing ones are estimated.";
    builder.warn("missing-time-deltas", message, -surplus);
  }
  const duration = durationOf(raw);
  const ordered = deltasToTimes(raw, duration);
  const time = raw.deltas.array.subarray(0, count);
  if (!ordered) {
    const columns = [raw.samples, raw.lines].map((column) => column.array.subarray(0, count));
    const late = sortByTime(time, raw.lines.length > 0 ? columns : columns.slice(0, 1));
    builder.warn("samples-out-of-order", "Samples were not in time order; now they are.", late);
  }
  const early = Math.min(0, time[0] ?? 0);
  if (early < 0) for (let i = 0; i < count; i++) time[i]! -= early;

  const weight = new Float64Array(count);
  for (let i = 0; i + 1 < count; i++) weight[i] = time[i + 1]! - time[i]!;
  const last = time.at(-1) ?? 0;
  if (count > 0) weight[count - 1] = lastWeight(builder, time, duration, early, afterLast);
  const start = (raw.start ?? 0) + early;
  const end = Math.max(start + last + (weight.at(-1) ?? 0), (raw.start ?? 0) + (duration ?? 0));
  return { start, end, time, weight };
}

function durationOf({ start, end }: RawProfile): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
}

/** Until the end that the file names; else the delta after it, else as long as the others. */
function lastWeight(
  builder: ProfileBuilder,
  time: Float64Array,
  duration: number | undefined,
  early: number,
  afterLast: number,
): number {
  const left = duration === undefined ? -1 : duration - early - time.at(-1)!;
  if (left >= 0) return left;
  if (duration !== undefined) {
    builder.warn("ends-before-last-sample", "The file's end lies before its last sample.");
  }
  return afterLast > 0 ? afterLast : meanInterval(time);
}

/**
 * Turns deltas into times since the start where they stand, one for each sample. Missing deltas
 * are spread evenly over what time is left.
 * @returns whether the times ascend
 */
function deltasToTimes({ deltas, samples }: RawProfile, duration: number | undefined): boolean {
  const known = Math.min(samples.length, deltas.length);
  const times = deltas.array;
  let ordered = known === 0 || times[0]! >= 0;
  let time = 0;
  for (let i = 0; i < known; i++) {
    if (times[i]! < 0) ordered = false;
    time += times[i]!;
    times[i] = time;
  }
  const missing = samples.length - known;
  if (missing <= 0) return ordered;

  const left = duration === undefined ? 0 : duration - time;
  const gaps = known === 0 ? missing : missing + 1;
  const step = left > 0 ? left / gaps : meanInterval(times.subarray(0, known));
  if (known === 0) time -= step;
  for (let i = 1; i <= missing; i++) deltas.push(time + i * step);
  return ordered;
}

function meanInterval(ascending: Float64Array): number {
  const span = (ascending.at(-1) ?? 0) - (ascending[0] ?? 0);
  return span > 0 ? span / (ascending.length - 1) : defaultInterval;
}
