/**
 * Counts the samples in which a profiled process did something, so that the hottest of many
 * profiles can be shown first and an empty one be told. A scan for one token, far cheaper than
 * reading the profile.
 */
import { createReadStream } from "node:fs";

/** `tick,pc,time,isExternal,tosOrExternal,vmState`. */
const tick = /\ntick,[^,\n]*,[^,\n]*,[^,\n]*,[^,\n]*,(\d)/g;
const idleState = "8";

/** Each node of a CPU profile has its function's name before its own hits. */
const nameOrHits = /"\(idle\)"|"hitCount": *(\d+)/g;

/** No token is longer; so much of a chunk waits for the next one. */
const longestToken = 256;

/** Fewer are a tenth of a second at the usual interval: luck, not a profile. */
const enoughSamples = 100;

/** A sentence for a person when a profile has too few samples to mean anything. */
export function tooFewSamples(samples: number): string[] {
  if (samples >= enoughSamples) return [];
  return [
    `Only ${samples} samples (about ${samples} ms of work) were captured: ` +
      "put the program under load, or let it run longer.",
  ];
}

export async function countSamples(path: string): Promise<number> {
  let samples = 0;
  if (path.endsWith(".cpuprofile")) {
    let idle = false;
    await scan(path, nameOrHits, ([, hits]) => {
      if (hits !== undefined && !idle) samples += Number(hits);
      idle = hits === undefined;
    });
  } else {
    await scan(path, tick, ([, state]) => {
      if (state !== idleState) samples++;
    });
  }
  return samples;
}

async function scan(
  path: string,
  token: RegExp,
  onMatch: (match: RegExpExecArray) => void,
): Promise<void> {
  let text = "";
  const takeBefore = (end: number) => {
    let consumed = end;
    for (const match of text.matchAll(token)) {
      if (match.index >= end) break;
      onMatch(match);
      consumed = Math.max(consumed, match.index + match[0].length);
    }
    text = text.slice(consumed);
  };
  const chunks = createReadStream(path, { encoding: "latin1", highWaterMark: 1024 * 1024 });
  for await (const chunk of chunks) {
    text += chunk;
    takeBefore(Math.max(0, text.length - longestToken));
  }
  takeBefore(text.length);
}
