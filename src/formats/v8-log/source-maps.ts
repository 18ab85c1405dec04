/** Tells the profile where the source maps of its scripts are, as the scripts themselves say. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { CodeFrames } from "./code-frames.ts";

/** Inline maps are as long as what they map: no more of them than this is kept, in bytes. */
const maxTotalBytes = 32 * 1024 * 1024;

export function addSourceMaps(builder: ProfileBuilder, frames: CodeFrames): void {
  let left = maxTotalBytes;
  for (const [script, url] of frames.scripts) {
    if (!script.sourceMapUrl) continue;
    const sourceMapUrl = frames.readComment(script.sourceMapUrl, left + 1);
    left -= sourceMapUrl.length;
    if (left >= 0) builder.script({ url, sourceMapUrl });
    else builder.warn("source-maps-too-large", "Inline source maps were too large to be kept.");
  }
}
