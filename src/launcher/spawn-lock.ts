/**
 * One launcher at a time per workspace. The lock only serialises spawning: a launcher that cannot
 * get it fails, it never goes on without.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { LaunchError, type ServerFolder } from "./server-folder.ts";

/** A holder renews far more often than it can be taken for dead. */
const staleMs = 30_000;
const renewMs = 5_000;
const pollMs = 100;

/** @throws LaunchError when the lock is not free within `waitMs`. */
export async function withSpawnLock<T>(
  folder: ServerFolder,
  waitMs: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const release = await acquire(folder, waitMs, signal);
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}

async function acquire(
  folder: ServerFolder,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  const until = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await lock(folder.lock, {
        realpath: false,
        stale: staleMs,
        update: renewMs,
        // The lock was lost while we spawned: the re-check of the next launcher finds our server.
        onCompromised: () => {},
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (Date.now() >= until) {
        throw new LaunchError(
          `Another Hangscope is starting this workspace's server and has not finished in ${waitMs / 1000} s. If none is, remove ${folder.lock}.lock.`,
        );
      }
      await sleep(pollMs, undefined, { ...(signal && { signal }) });
    }
  }
}
