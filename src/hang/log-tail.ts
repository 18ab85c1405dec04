/** How dense the samples at a log's end are, without reading what is before. */
import { open } from "node:fs/promises";

export interface LogTail {
  /** In the window, without idle ones; estimated when the tail does not reach back to its start. */
  readonly samples: number;
  /** Milliseconds between the last of them and the last tick; undefined when there is none. */
  readonly idleMs: number | undefined;
}

const tailBytes = 1 << 20;
const idleState = "8";

/**
 * @param spanMs how much counts, back from the last tick
 * @throws what the file system says.
 */
export async function readLogTail(path: string, spanMs: number): Promise<LogTail> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const buffer = Buffer.allocUnsafe(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return tailOf(buffer.toString("latin1", 0, bytesRead), { spanMs, isCut: start > 0 });
  } finally {
    await file.close();
  }
}

/** `tick,pc,µs,isExternal,tosOrExternal,vmState` and more; a half line is none. */
const tick = /^tick,[^,\n]*,(\d+),[^,\n]*,[^,\n]*,(\d+)(?=[,\r\n])/gm;

/** @param isCut whether the log has more before */
export function tailOf(
  text: string,
  { spanMs, isCut }: { readonly spanMs: number; readonly isCut: boolean },
): LogTail {
  const ticks = [...text.matchAll(tick)].map(([, time, state]) => ({
    ms: Number(time) / 1000,
    isIdle: state === idleState,
  }));
  const [first, last] = [ticks[0]?.ms ?? 0, ticks.at(-1)?.ms ?? 0];
  const busy = ticks.filter(({ isIdle }) => !isIdle);
  const count = busy.filter(({ ms }) => ms >= last - spanMs).length;
  const seenMs = last - first;
  const isShort = isCut && seenMs > 0 && seenMs < spanMs;
  return {
    samples: isShort ? Math.round((count * spanMs) / seenMs) : count,
    idleMs: busy.length > 0 ? last - busy.at(-1)!.ms : undefined,
  };
}
