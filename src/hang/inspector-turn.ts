/**
 * Node opens every inspector at the same port. Of several processes that are looked at, one at a
 * time has its turn.
 */
import { untilAborted } from "../toolchain/until-aborted.ts";

let last: Promise<void> = Promise.resolve();

/**
 * @returns what ends the turn.
 * @throws the signal's reason when aborted before it was our turn.
 */
export async function inspectorTurn(signal: AbortSignal): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = last;
  last = before.then(() => promise);
  try {
    await untilAborted(before, signal);
  } catch (error) {
    resolve();
    throw error;
  }
  return resolve;
}
