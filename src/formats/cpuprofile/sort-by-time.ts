import { growU32 } from "../../profile/growable.ts";

/**
 * Sorts rows by time, in place and stably. V8's samples are in order but for a few, so only those
 * that are earlier than one before them are sorted, then merged back.
 * @returns how many those were
 */
export function sortByTime(time: Float64Array, columns: readonly Uint32Array[]): number {
  const lateRows = growU32();
  let newest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < time.length; row++) {
    if (time[row]! < newest) lateRows.push(row);
    else newest = time[row]!;
  }
  const late = lateRows.finish().sort((a, b) => time[a]! - time[b]! || a - b);
  const lateTime = Float64Array.from(late, (row) => time[row]!);
  const lateColumns = columns.map((column) => Uint32Array.from(late, (row) => column[row]!));

  let kept = 0;
  for (let row = 0; row < time.length; row++) {
    if (kept > 0 && time[row]! < time[kept - 1]!) continue;
    time[kept] = time[row]!;
    for (const column of columns) column[kept] = column[row]!;
    kept++;
  }
  for (let row = time.length - 1, next = late.length - 1; next >= 0; row--) {
    if (kept > 0 && time[kept - 1]! > lateTime[next]!) {
      kept--;
      time[row] = time[kept]!;
      for (const column of columns) column[row] = column[kept]!;
    } else {
      time[row] = lateTime[next]!;
      for (let i = 0; i < columns.length; i++) columns[i]![row] = lateColumns[i]![next]!;
      next--;
    }
  }
  return late.length;
}
