/** A function as other tools show it: the original name and position where mapped. */
import { functionPosition, type Position } from "../profile/position.ts";
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
