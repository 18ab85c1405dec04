/** Numbers and names as the view shows them. */

const longestName = 512;

/** Microseconds as a person reads them: three significant digits, the unit that fits. */
export function formatTime(micros: number): string {
  if (micros === 0) return "0 ms";
  if (micros < 999.5) return `${significant(micros)} µs`;
  if (micros < 999_500) return `${significant(micros / 1000)} ms`;
  if (micros < 59.95e6) return `${significant(micros / 1e6)} s`;
  const seconds = Math.round(micros / 1e6);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A share of a whole; "0%" for a share of nothing. */
export function formatShare(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return "0%";
  const percent = (part / whole) * 100;
  if (percent < 0.1) return "<0.1%";
  return `${percent >= 99.95 ? Math.round(percent) : percent.toFixed(1)}%`;
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

function significant(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value.toFixed(value >= 9.995 ? 1 : 2);
}
