/** Where single frames stand. */
import { framePosition } from "../position.ts";
import type { Profile } from "../profile.ts";
import type { FrameInfo, FramesAnswer, QueryOf } from "../query.ts";
import { isAppFunction } from "./app-functions.ts";
import { functionInfo } from "./function-info.ts";
import { QueryError } from "./query-error.ts";

/** @throws QueryError for a frame that the profile does not have. */
export function framesView(profile: Profile, { frames }: QueryOf<"frames">): FramesAnswer {
  return {
    kind: "frames",
    frames: frames.map((frame) => {
      if (frame >= profile.frames.length) throw new QueryError(`There is no frame ${frame}.`);
      return frameInfo(profile, frame);
    }),
  };
}

export function frameInfo(profile: Profile, frame: number): FrameInfo {
  const func = profile.frames.func[frame]!;
  const { url, line, column } = framePosition(profile, frame);
  const isApp = isAppFunction(profile, func);
  return { func: functionInfo(profile, func), url, line, column, isApp };
}
