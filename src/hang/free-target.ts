/** Ends what a target is stuck in, and nothing of one that is not stuck. */
import { failureOfInspector } from "./pause.ts";
import { timeToTurn } from "./probe.ts";
import { freeStuck } from "./profile-stuck.ts";
import { StepFailure } from "./reasons.ts";
import { type AddressedTarget, type Reached, reach } from "./target.ts";

const limitMs = 15_000;
/** Patient: what is merely slow must not be ended. */
const turnMs = 2_000;

/**
 * @returns its title, once it answers again
 * @throws StepFailure or CaptureError; the signal's reason when aborted.
 */
export async function freeTarget(
  target: AddressedTarget | Reached,
  signal?: AbortSignal,
): Promise<string> {
  const timeout = AbortSignal.timeout(limitMs);
  const limit = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const reached = "silence" in target ? target : await reach(target, limit);
    try {
      await free(reached, limit);
      return reached.title;
    } catch (error) {
      if (limit.aborted) throw error;
      throw failureOfInspector(error, reached.silence);
    } finally {
      await reached.release();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw timeout.aborted ? new StepFailure("over-budget") : error;
  }
}

async function free({ client, failure }: Reached, signal: AbortSignal): Promise<void> {
  if (!client) throw failure;
  if ((await timeToTurn(client, signal, turnMs)) !== undefined) {
    throw new StepFailure("responsive", "It takes other work, so nothing of it was ended.");
  }
  await freeStuck(client, signal);
}
