/** Which lines get a lens because a program hung there. */
import type { HangFinding, StackFrame } from "../profile/query.ts";

export interface HangLens {
  /** The app's innermost frame of the longest of the hangs. */
  readonly frame: StackFrame;
  readonly hangs: number;
  /** Microseconds of all of them together. */
  readonly duration: number;
  /** Weight of what was found in them: samples where they are counted. */
  readonly busy: number;
}

/**
 * One for each line, by line.
 * @param isOfFile whether a frame's URL is that of the file
 */
export function hangLenses(
  hangs: readonly HangFinding[],
  isOfFile: (url: string) => boolean,
): HangLens[] {
  const here = hangs.flatMap(({ stack, culprit, duration, busy }) => {
    const frame = stack[culprit];
    const isHere = frame !== undefined && frame.frameLine > 0 && isOfFile(frame.frameUrl);
    return isHere ? [{ frame, duration, busy }] : [];
  });
  return [...Map.groupBy(here, ({ frame }) => frame.frameLine)]
    .sort(([a], [b]) => a - b)
    .map(([, onLine]) => {
      const longest = onLine.reduce((most, each) => (each.duration > most.duration ? each : most));
      return {
        frame: longest.frame,
        hangs: onLine.length,
        duration: onLine.reduce((sum, { duration }) => sum + duration, 0),
        busy: onLine.reduce((sum, each) => sum + each.busy, 0),
      };
    });
}
