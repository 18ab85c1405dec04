/** Numbers and names as the view shows them. */

const longestName = 512;

/** Microseconds as lenses and problems write them too: `4.2 ms`, `1.24 s`, `2 min 5 s`. */
export function formatTime(micros: number): string {
  if (micros === 0) return "0 ms";
  if (micros < 999.5) return `${Math.round(micros)} µs`;
  const ms = micros / 1000;
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

/** A part of a whole as `83.2 %`; `<0.1 %` for what would round to nothing. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  if (percent <= 0) return "0 %";
  if (percent < 0.05) return "<0.1 %";
  return percent >= 99.95 ? "100 %" : `${percent.toFixed(1)} %`;
}

export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? singular : plural}`;
}

/** A profile's names are data of any length and content: one line of it, cut to what fits. */
export function clipped(name: string, longest = longestName): string {
  // Cut first: a name can be megabytes long.
  const head = name.length > longest ? `${name.slice(0, longest)}…` : name;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be shown
  return head.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}
