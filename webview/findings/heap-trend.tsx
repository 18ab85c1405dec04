/** How a heap went while it was watched: a word, the numbers, and a line. */
import type { HangAccount } from "../../src/profile/evidence.ts";
import { formatBytes } from "../text/format.ts";

const [width, height] = [160, 32];
const words = { climbing: "Climbing", flat: "Flat", unknown: "No clear trend" } as const;

export function HeapTrend({ heap }: { readonly heap: NonNullable<HangAccount["heap"]> }) {
  const { trend, usedBytes } = heap;
  const [first] = usedBytes;
  const last = usedBytes.at(-1);
  if (first === undefined || last === undefined) return <p class="quiet">It was not told.</p>;
  const text = `${words[trend]}, from ${formatBytes(first)} to ${formatBytes(last)} in ${usedBytes.length} looks`;
  return (
    <p class="heap">
      {usedBytes.length > 1 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <polyline points={pointsOf(usedBytes)} />
        </svg>
      )}
      <span>{text}</span>
    </p>
  );
}

/** From no bytes at the bottom to the most at the top. */
function pointsOf(usedBytes: readonly number[]): string {
  const most = Math.max(...usedBytes, 1);
  return usedBytes
    .map((used, i) => {
      const x = 1 + (i / (usedBytes.length - 1)) * (width - 2);
      return `${x.toFixed(1)},${(height - 1 - (used / most) * (height - 2)).toFixed(1)}`;
    })
    .join(" ");
}
