/** Follows the logs of an armed browser, so that they do not fill the disk. */
import { setTimeout as sleep } from "node:timers/promises";
import { FollowedLogs } from "../watch/followed-logs.ts";

const everyMs = 500;

/**
 * @param folder in which V8 puts the logs, one for each isolate
 * @returns what ends it
 */
export function followLogs(folder: string): () => Promise<void> {
  const logs = new FollowedLogs(folder);
  const stopped = new AbortController();
  const following = follow(logs, stopped.signal);
  return async () => {
    stopped.abort();
    await following;
    await logs.stop();
  };
}

async function follow(logs: FollowedLogs, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    // A log that cannot be followed grows, and can be read.
    await logs.look().catch(() => {});
    await sleep(everyMs, undefined, { signal: stopped, ref: false }).catch(() => {});
  }
}
