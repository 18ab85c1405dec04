/**
 * Node opens every inspector at the same port. Of several processes that are looked at, one at a
 * time has its turn, whichever server of this user looks at them.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataFolder } from "../../toolchain/data-folder.ts";
import { type Guard, holdGuard } from "../../toolchain/guard.ts";
import { untilAborted } from "../../toolchain/until-aborted.ts";

const pollMs = 50;
/** Longer than a look at one process takes: whoever has its turn then does not run. */
const maxTries = 10_000 / pollMs;

let last: Promise<void> = Promise.resolve();

/**
 * @returns what ends the turn.
 * @throws the signal's reason when aborted before it was our turn.
 */
export async function inspectorTurn(signal?: AbortSignal): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = last;
  last = before.then(() => promise);
  try {
    await untilAborted(before, signal);
    const guard = await turnAmongServers(signal);
    return () => {
      guard?.release();
      resolve();
    };
  } catch (error) {
    resolve();
    throw error;
  }
}

/** Nothing where there is none to be had: the port may be free all the same. */
async function turnAmongServers(signal: AbortSignal | undefined): Promise<Guard | undefined> {
  try {
    const folder = dataFolder();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let tries = 0; tries < maxTries; tries++) {
      const guard = await holdGuard(join(folder, "inspector-turn"));
      if (guard) return guard;
      await sleep(pollMs, undefined, { signal });
    }
  } catch {
    signal?.throwIfAborted();
  }
  return undefined;
}
