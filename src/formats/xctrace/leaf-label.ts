/** The innermost function inside a backtrace's label: `leaf ← (24 other frames)`. */
import { decodeText } from "./entities.ts";

const arrow = Buffer.from(" ← (");
const endings = [Buffer.from(" other frames)"), Buffer.from(" other frame)")];
const zero = 0x30;
const rest = / ← \(\d+ other frames?\)$/;

/** Where the name ends; -1 when the label does not end as those do, or not in plain characters. */
export function leafEnd(bytes: Buffer, start: number, end: number): number {
  for (const ending of endings) {
    let at = end - ending.length;
    if (at < start || !isAt(bytes, at, ending)) continue;
    const digitsEnd = at;
    while (at > start && bytes[at - 1]! >= zero && bytes[at - 1]! <= zero + 9) at--;
    const arrowStart = at - arrow.length;
    const isRest = at < digitsEnd && arrowStart >= start && isAt(bytes, arrowStart, arrow);
    return isRest ? arrowStart : -1;
  }
  return -1;
}

/** The name in a label that `leafEnd` did not find one in. */
export function leafIn(bytes: Buffer, start: number, end: number): string {
  return decodeText(bytes, start, end).replace(rest, "");
}

function isAt(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = text.length - 1; i >= 0; i--) if (bytes[at + i] !== text[i]) return false;
  return true;
}
