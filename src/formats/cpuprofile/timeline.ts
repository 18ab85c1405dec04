/** When each sample was taken and how long it stands for, from what the file says of time. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { RawProfile } from "./raw-profile.ts";
import { sortByTime } from "./sort-by-time.ts";

/** Microseconds: V8's own default, for files that say nothing of time. */
export const defaultInterval = 1000;

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
 * Takes over the memory of the deltas, and brings samples and their positions into time order. What had to
 * be estimated is counted in warnings.
 */
export function timelineOf(builder: ProfileBuilder, raw: RawProfile): Timeline {
  const count = raw.samples.length;
  const surplus = raw.deltas.length - count;
  const afterLast = surplus > 0 ? raw.deltas.array[count]! : 0;
  const duration = durationOf(raw);
  warnOfGaps(builder, surplus, duration);

  const ordered = deltasToTimes(raw, duration ?? 0);
  const time = raw.deltas.array.subarray(0, count);
  if (!ordered) {
    const columns = [raw.samples, ...(raw.samplePosition.length > 0 ? [raw.samplePosition] : [])];
    const late = sortByTime(
      time,
      columns.map((column) => column.array.subarray(0, count)),
    );
    builder.warn("samples-out-of-order", "Samples were not in time order; now they are.", late);
  }
  let start = raw.start ?? 0;
  let left = (duration ?? 0) - (time.at(-1) ?? 0);
  if (left < 0 && duration !== undefined) {
    builder.warn("early-end", "The profile ends before its last sample.");
  }
  if (count === 0) return { start, end: start + left, time, weight: new Float64Array() };

  const early = Math.min(0, time[0]!);
  if (early < 0) {
    builder.warn("early-samples", "Samples were taken before the profile's start: it was moved.");
    start += early;
    for (let i = 0; i < count; i++) time[i]! -= early;
  }
  const weight = new Float64Array(count);
  for (let i = 0; i + 1 < count; i++) weight[i] = time[i + 1]! - time[i]!;
  if (duration === undefined || left < 0) left = meanInterval(time);
  weight[count - 1] = afterLast > 0 ? afterLast : left;
  return { start, end: start + time[count - 1]! + Math.max(left, afterLast), time, weight };
}

/** Undefined unless the file says both its ends: either alone has nothing to count from. */
function durationOf({ start, end }: RawProfile): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
}

function warnOfGaps(builder: ProfileBuilder, surplus: number, duration: number | undefined): void {
  if (surplus > 0) {
    builder.warn("surplus-time-deltas", "There are more time deltas than samples.", surplus);
  } else if (surplus < 0) {
    const message = "There are fewer time deltas than samples; the missing ones are estimated.";
    builder.warn("missing-time-deltas", message, -surplus);
  }
  if (duration === undefined) {
    const message = "Start or end time is missing; the last sample got the mean interval.";
    builder.warn("missing-time-range", message);
  }
}

/**
 * Turns deltas into times since the start where they stand, one for each sample. Missing deltas
 * are spread evenly over what is left of the duration.
 * @returns whether the times ascend
 */
function deltasToTimes({ deltas, samples }: RawProfile, duration: number): boolean {
  const known = Math.min(samples.length, deltas.length);
  const times = deltas.array;
  let ordered = true;
  let time = 0;
  for (let i = 0; i < known; i++) {
    if (i > 0 && times[i]! < 0) ordered = false;
    time += times[i]!;
    times[i] = time;
  }
  const missing = samples.length - known;
  if (missing <= 0) return ordered;

  const left = duration - time;
  const intervals = known === 0 ? missing : missing + 1;
  const step = left > 0 ? left / intervals : meanInterval(times.subarray(0, known));
  if (known === 0) time -= step;
  for (let i = 1; i <= missing; i++) deltas.push(time + i * step);
  return ordered;
}

function meanInterval(times: Float64Array): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return span > 0 ? span / (times.length - 1) : defaultInterval;
}
