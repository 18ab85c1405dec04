/** What can be done to a target that is stuck, while it stands still. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Inspector } from "../capture/v8/inspector-client.ts";
import { type CallFrame, whilePaused } from "./pause.ts";
import { StepFailure } from "./reasons.ts";

/** A long profile of a deep stack takes a while to be written. */
const stopMs = 30_000;
/** Nobody waits for a report meanwhile. */
const freeMs = 5_000;

/**
 * A profiler answers a thread that is stuck only where it stands still: it is paused to start, runs
 * for a while, and is paused to stop.
 * @returns the text of a `.cpuprofile`
 * @throws StepFailure or CaptureError; the signal's reason when aborted. The target runs on.
 */
export async function profileStuck(
  client: Inspector,
  { ms = 2_000, signal }: { readonly ms?: number; readonly signal: AbortSignal },
): Promise<string> {
  const start = async () => {
    await client.ask("Profiler.enable", {}, { signal });
    await client.ask("Profiler.start", {}, { signal });
  };
  const stop = async () => {
    const answer = await client.ask("Profiler.stop", {}, { ms: stopMs, signal });
    const { profile } = answer as { profile?: unknown };
    if (typeof profile !== "object" || profile === null) throw new StepFailure("bad-answer");
    return JSON.stringify(profile);
  };
  try {
    await whilePaused(client, start, signal);
    await sleep(ms, undefined, { signal });
    return await whilePaused(client, stop, signal);
  } finally {
    // It stops with it, if it could not be stopped before.
    client.tell("Profiler.disable", {});
  }
}

/**
 * Ends the script that does not return, as an exception that it cannot catch: what is below it on
 * the stack never runs on.
 * @throws StepFailure or CaptureError; the signal's reason when aborted.
 */
export async function freeStuck(client: Inspector, signal: AbortSignal): Promise<void> {
  // Its answer comes only from the script's end, which has to run on for that.
  const terminate = async (callFrames: readonly CallFrame[]) => {
    await endNodeCallbacks(client, callFrames, signal);
    client.tell("Runtime.terminateExecution", {});
  };
  await whilePaused(client, terminate, signal, freeMs);
  await client.ask("Runtime.evaluate", { expression: "0" }, { signal });
}

/** What calls timers, `setImmediate` and `process.nextTick`, with `asyncId` while it does so. */
const nodeCallers = new Set(["listOnTimeout", "processImmediate", "processTicksAndRejections"]);

/**
 * Node notes which callback runs, and ends itself when that note is still there after a callback
 * that could not take it back. So it is taken back first, as Node's own code would.
 */
async function endNodeCallbacks(
  client: Inspector,
  callFrames: readonly CallFrame[],
  signal: AbortSignal,
): Promise<void> {
  for (const { callFrameId, functionName, url } of callFrames) {
    if (!url.startsWith("node:internal/") || !nodeCallers.has(functionName)) continue;
    // Where no callback runs, there is no `asyncId`, and the answer is the exception.
    const params = { callFrameId, expression: "emitAfter(asyncId)", silent: true };
    await client.ask("Debugger.evaluateOnCallFrame", params, { signal });
  }
}
