/** A download that goes on where it was cut. */

import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ArtifactError } from "./artifact-error.ts";

const pauseMs = 200;

/**
 * @param from gives the bytes from an offset on
 * @param attempts without a single byte between them, after which it gives up
 * @throws what the last attempt failed with; the signal's reason
 */
export async function* resumed(
  from: (start: number) => Promise<Readable>,
  bytes: number,
  attempts: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let position = 0;
  let failures = 0;
  while (position < bytes) {
    const before = position;
    let failure: unknown = new ArtifactError("incomplete", "the connection was cut");
    try {
      for await (const chunk of await from(position)) {
        const { length } = chunk as Buffer;
        if (position + length > bytes) {
          throw new ArtifactError("incomplete", "more came than there is");
        }
        position += length;
        yield chunk as Buffer;
      }
      if (position === bytes) return;
    } catch (error) {
      if (position > bytes) throw error;
      failure = error;
    }
    signal?.throwIfAborted();
    failures = position > before ? 1 : failures + 1;
    if (failures >= attempts) throw failure;
    await sleep(pauseMs * failures, undefined, signal ? { signal } : {});
  }
}
