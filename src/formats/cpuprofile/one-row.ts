/**
 * All samples of a profile in one row without gaps, from the first one on. A `.cpuprofile` has no weights: a sample lasts
 * until the next, whatever its thread. So threads stand one after the other, and where nothing was
 * sampled a gap is an entry of its own: every function keeps its time.
 */
import type { Profile } from "../../profile/profile.ts";

interface RowEntry {
  /** `gap` where there is none. */
  readonly sample: number;
  /** Whole microseconds; an entry starts where the one before it ends. */
  readonly start: number;
  readonly end: number;
}

export const gap = -1;

/** Microseconds that may be lost to rounding. */
const tolerance = 1;

export function* inOneRow({ samples, threads }: Profile): Generator<RowEntry> {
  let now = 0;
  for (const thread of threads.keys()) {
    let shift: number | undefined;
    for (let sample = 0; sample < samples.length; sample++) {
      if (samples.thread[sample] !== thread) continue;
      shift ??= now - samples.time[sample]!;
      const time = shift + samples.time[sample]!;
      if (time - now > tolerance) {
        yield { sample: gap, start: Math.round(now), end: Math.round(time) };
        now = time;
      }
      const start = Math.round(now);
      now += samples.weight[sample]!;
      yield { sample, start, end: Math.round(now) };
    }
  }
}
