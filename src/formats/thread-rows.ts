import type { Profile } from "../profile/profile.ts";

/** The samples of one thread, in time order. */
export function* threadRows({ samples }: Profile, thread: number): Generator<number> {
  for (let row = 0; row < samples.length; row++) if (samples.thread[row] === thread) yield row;
}
