/** Which artifacts leave a bounded store: the oldest, never a pinned one. */
import { type Artifact, byAge } from "./store.ts";

/**
 * @param spare a key that stays, as it was put just now
 * @returns the fewest of the oldest without which the rest holds at most `maxBytes`
 */
export function outOfBounds(
  artifacts: readonly Artifact[],
  maxBytes: number,
  spare?: string,
): Artifact[] {
  let total = artifacts.reduce((sum, { bytes }) => sum + bytes, 0);
  const leaving: Artifact[] = [];
  for (const artifact of [...artifacts].sort(byAge)) {
    if (total <= maxBytes) break;
    if (artifact.pinned || artifact.key === spare) continue;
    total -= artifact.bytes;
    leaving.push(artifact);
  }
  return leaving;
}
