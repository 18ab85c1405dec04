/** A frame as other tools show it: the original name and position where mapped. */
import { framePosition, functionPosition, type Position } from "../profile/position.ts";
import type { Profile } from "../profile/profile.ts";
import { functionName } from "../profile/views/function-info.ts";

export interface ShownFunction extends Position {
  readonly name: string;
}

export function shownFunction(profile: Profile, func: number): ShownFunction {
  const { strings, functions } = profile;
  const position = functionPosition(profile, func);
  const module = strings[functions.module[func]!]!;
  return { name: functionName(profile, func), ...position, url: position.url || module };
}

/** The line being run, else the line of the definition; 0 when neither is known. */
export function shownLine(profile: Profile, frame: number): number {
  return framePosition(profile, frame).line;
}
