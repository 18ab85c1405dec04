/** Writes long texts in pieces, so that no profile ever becomes one string. */
import { once } from "node:events";
import type { Writable } from "node:stream";

export interface TextOutput {
  /** Resolves when the stream can take more. */
  write(text: string): Promise<void>;
  /** JSON array items, one by one: `[1,2,3]` without its brackets. */
  items<T>(items: Iterable<T>, toJson: (item: T) => string): Promise<void>;
}

const pieceLength = 64 * 1024;

/**
 * Runs `produce` against the stream and ends it.
 * @throws the signal's reason when aborted, the stream's error when it fails
 */
export async function writeText(
  stream: Writable,
  signal: AbortSignal | undefined,
  produce: (output: TextOutput) => Promise<void>,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  stream.on("error", failed.reject);
  stream.once("close", () => failed.reject(new Error("The output was closed too early.")));
  const abort = () => failed.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  let pending = "";
  const flush = async () => {
    signal?.throwIfAborted();
    const piece = pending;
    pending = "";
    if (!stream.write(piece)) await Promise.race([once(stream, "drain"), failed.promise]);
  };
  const write = async (text: string) => {
    pending += text;
    if (pending.length >= pieceLength) await flush();
  };
  try {
    await produce({
      write,
      async items(items, toJson) {
        let first = true;
        for (const item of items) {
          const text = toJson(item);
          pending += first ? text : `,${text}`;
          first = false;
          if (pending.length >= pieceLength) await flush();
        }
      },
    });
    await flush();
    stream.end();
    await Promise.race([once(stream, "finish"), failed.promise]);
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** 0 to `length - 1`. */
export function* indexes(length: number): Generator<number> {
  for (let i = 0; i < length; i++) yield i;
}
