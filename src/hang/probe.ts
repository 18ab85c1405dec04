/** What a process says of itself without being stopped: whether it takes work, and its heap. */
import { readFile } from "node:fs/promises";
import type { Inspector } from "../capture/v8/inspector-client.ts";
import type { HeapReport } from "../formats/hang-capture/hang-file.ts";

const answerMs = 300;

/** Settles only when the main thread comes back to its event loop. */
const turn = "new Promise((turned) => setTimeout(turned, 0))";

/** @returns milliseconds, or nothing when the main thread took no other work in time. */
export async function timeToTurn(
  client: Inspector,
  signal: AbortSignal,
  ms = answerMs,
): Promise<number | undefined> {
  const started = performance.now();
  const params = { expression: turn, awaitPromise: true, returnByValue: true };
  try {
    await client.ask("Runtime.evaluate", params, { ms, signal });
    return performance.now() - started;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Bytes that V8's heap uses, or nothing when it is not told in time. */
export async function heapUsed(
  client: Inspector,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const usage = await client.ask("Runtime.getHeapUsage", {}, { ms: answerMs, signal });
    const { usedSize } = usage as { usedSize?: unknown };
    return typeof usedSize === "number" && usedSize >= 0 ? Math.round(usedSize) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Of a process; nothing where the system does not tell without another program. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** What grows by less in under a second stays where it is, for whoever looks for a leak. */
const leastGrowth = 32 << 20;
/**
 * What a small heap holds of garbage, though little of it stays: Node 24 was seen to let 5 MB grow
 * to 69 before it collected them, Node 20 and 22 to 21.
 */
const mostGarbage = 80 << 20;

/**
 * A heap that is collected goes up and down. It climbs when its lowest values pass those that were
 * its highest by more than garbage explains, and is flat when its highest stay where they were.
 * @param used in the order of asking
 */
export function heapTrend(used: readonly number[]): HeapReport["trend"] {
  if (used.length < 4) return "unknown";
  const half = used.length >> 1;
  const before = used.slice(0, half);
  const after = used.slice(half);
  const highest = Math.max(...before);
  const growth = Math.max(...after) - highest;
  if (growth <= Math.max(leastGrowth, highest * 0.1)) return "flat";
  return growth > mostGarbage && Math.min(...after) > highest ? "climbing" : "unknown";
}
