/** Numbers and names as the view shows them. */

import { formatTime as inCode } from "../../src/results/format.ts";

export { formatCycles, formatSamples, formatShare } from "../../src/results/format.ts";

const longestName = 512;

/** As lenses and problems write them; nothing at all has no unit of its own there. */
export function formatTime(micros: number): string {
  return micros === 0 ? "0 ms" : inCode(micros);
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

/** `512 bytes`, `4.1 KB`, `1.2 MB`: decimal, as macOS counts. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, size] =
    bytes < 999_950 ? ["KB", 1e3] : bytes < 999_950_000 ? ["MB", 1e6] : ["GB", 1e9];
  return `${(bytes / Number(size)).toFixed(1)} ${unit}`;
}
