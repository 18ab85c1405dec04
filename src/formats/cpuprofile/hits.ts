/** For files that only count hits: one sample for all of a node's hits on a line. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { unknownPosition } from "./positions.ts";
import type { RawProfile } from "./raw-profile.ts";
import { defaultInterval } from "./timeline.ts";

export function samplesFromHits(builder: ProfileBuilder, raw: RawProfile): void {
  let hits = 0;
  for (let row = 0; row < raw.rowCount; row++) hits += raw.hits.array[row]!;
  if (hits === 0) return;
  const message = "The file counts hits and has no samples: sums hold, the order in time does not.";
  builder.warn("no-samples", message);

  const duration = (raw.end ?? 0) - (raw.start ?? 0);
  const interval = raw.start !== undefined && duration > 0 ? duration / hits : defaultInterval;
  raw.start ??= 0;
  raw.end = raw.start + hits * interval;
  raw.deltas.length = 0;
  let before = 0;
  const add = (row: number, position: number, count: number) => {
    if (count <= 0) return;
    raw.samples.push(row);
    raw.samplePosition.push(position);
    raw.deltas.push(before * interval);
    before = count;
  };
  for (let row = 0; row < raw.rowCount; row++) {
    let left = raw.hits.array[row]!;
    for (let i = raw.firstTick.array[row]!; i < raw.lastTick.array[row]!; i++) {
      const onLine = Math.min(left, raw.tickCount.array[i]!);
      add(row, raw.tickPosition.array[i]!, onLine);
      left -= onLine;
    }
    add(row, unknownPosition, left);
  }
}
