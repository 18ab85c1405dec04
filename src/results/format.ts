/** Times and shares as people read them, the same in lenses, line heat, hovers and problems. */
import type { WeightUnit } from "../profile/profile.ts";

/** Microseconds as `850 µs`, `4.2 ms`, `410 ms`, `1.24 s`, `12.4 s`, `2 min 5 s` or `1 h 2 min`. */
export function formatTime(microseconds: number): string {
  if (microseconds < 999.5) return `${Math.round(microseconds)} µs`;
  const ms = microseconds / 1000;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Cycles as `840 cycles`, `1.2 k cycles`, `3.4 M cycles` or `2.1 G cycles`. */
export function formatCycles(cycles: number): string {
  if (cycles < 1000) return `${Math.round(cycles)} cycles`;
  const [size, unit] =
    cycles < 999_950 ? [1e3, "k"] : cycles < 999_950_000 ? [1e6, "M"] : [1e9, "G"];
  return `${(cycles / Number(size)).toFixed(1)} ${unit} cycles`;
}

/** Where only looks were counted, no time can be told. */
export function formatSamples(samples: number): string {
  return samples === 1 ? "1 sample" : `${Math.round(samples)} samples`;
}

const weightFormats: Readonly<Record<WeightUnit, (weight: number) => string>> = {
  microseconds: formatTime,
  cycles: formatCycles,
  samples: formatSamples,
};

/** What samples weigh, in their profile's unit. */
export function formatWeight(weight: number, unit: WeightUnit): string {
  return weightFormats[unit](weight);
}

/** A part of a whole as `83.2 %`; `<0.1 %` for what would round to nothing. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  if (percent <= 0) return "0 %";
  if (percent < 0.05) return "<0.1 %";
  return percent >= 99.95 ? "100 %" : `${percent.toFixed(1)} %`;
}

/** The last segment of a path or URL. */
export function fileName(pathOrUrl: string): string {
  return pathOrUrl.slice(Math.max(pathOrUrl.lastIndexOf("/"), pathOrUrl.lastIndexOf("\\")) + 1);
}

const longestName = 80;

/** A profile's names are data of any length and content: one line of it, cut to what fits. */
export function shortName(name: string): string {
  // Cut first: a name can be megabytes long.
  const head = name.length > longestName ? `${name.slice(0, longestName)}…` : name;
  return head.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
