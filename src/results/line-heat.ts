/** Which lines of a file are hot, and how hot. */
import type { FileAnswer } from "../profile/query.ts";

/** From which share of all time a line gets the heat step of that place, from 1 up. */
const stepFrom = [0.005, 0.02, 0.05, 0.15, 0.4] as const;
export const heatSteps = stepFrom.length;

/** Times are microseconds. */
export interface HotLine {
  /** 1-based, as the file was when it was profiled. */
  readonly line: number;
  /** 1 to `heatSteps`. */
  readonly step: number;
  readonly self: number;
  readonly total: number;
}

/** The lines whose self time is worth a colour, ascending. */
export function hotLines({ lines, total }: FileAnswer): HotLine[] {
  const hot: HotLine[] = [];
  for (let row = 0; row < lines.line.length; row++) {
    const self = lines.self[row]!;
    const step = heatStep(total > 0 ? self / total : 0);
    if (step > 0) hot.push({ line: lines.line[row]!, step, self, total: lines.total[row]! });
  }
  return hot;
}

/** 0 for a share too small to colour. */
export function heatStep(share: number): number {
  return stepFrom.filter((from) => share >= from).length;
}
