/** Where functions and frames stand: in the original source where mapped, else as run. */
import type { Profile } from "./profile.ts";

/** 1-based; 0 for unknown. `url` is `""` for code without a script. */
export interface Position {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** Where a function is defined. */
export function functionPosition({ functions, strings }: Profile, func: number): Position {
  if (functions.originalLine[func] !== 0) {
    return {
      url: strings[functions.originalUrl[func]!]!,
      line: functions.originalLine[func]!,
      column: functions.originalColumn[func]!,
    };
  }
  return {
    url: strings[functions.url[func]!]!,
    line: functions.line[func]!,
    column: functions.column[func]!,
  };
}

/** The position a frame was at; its line is 0 when only the function is known. */
export function framePosition({ frames, functions, strings }: Profile, frame: number): Position {
  if (frames.originalLine[frame] !== 0) {
    return {
      url: strings[frames.originalUrl[frame]!]!,
      line: frames.originalLine[frame]!,
      column: frames.originalColumn[frame]!,
    };
  }
  return {
    url: strings[functions.url[frames.func[frame]!]!]!,
    line: frames.line[frame]!,
    column: frames.column[frame]!,
  };
}
