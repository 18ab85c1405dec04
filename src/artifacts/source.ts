/** Opens what is to be kept, and counts its bytes on their way. */
import { open } from "node:fs/promises";
import { addAbortSignal, Readable } from "node:stream";
import { describeFileFault } from "../toolchain/file-fault.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { ArtifactError } from "./artifact-error.ts";
import type { Source } from "./store.ts";

export interface OpenSource {
  /** Absent when only its end will tell. */
  readonly bytes?: number;
  readonly chunks: AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * @param signal ends it, also while it has nothing to give
 * @throws ArtifactError `unreadable-file`; the signal's reason
 */
export async function openSource(source: Source, signal?: AbortSignal): Promise<OpenSource> {
  if ("stream" in source) {
    const { stream, bytes } = source;
    endBy(signal, stream);
    return {
      chunks: stream,
      ...(bytes !== undefined && { bytes }),
      close: async () => void stream.destroy(),
    };
  }
  const { file: path } = source;
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, describeFileFault(cause), cause);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw unreadable(path, "it is no file");
    const { size: bytes } = stats;
    const chunks =
      bytes === 0 ? Readable.from([]) : file.createReadStream({ end: bytes - 1, autoClose: false });
    endBy(signal, chunks);
    return {
      bytes,
      chunks,
      close: async () => {
        chunks.destroy();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A signal that has fired already would end it before anyone listens, and the process with it. */
function endBy(signal: AbortSignal | undefined, stream: Readable): void {
  if (!signal) return;
  if (signal.aborted) stream.destroy();
  signal.throwIfAborted();
  addAbortSignal(signal, stream);
}

function unreadable(path: string, why: string, cause?: unknown): ArtifactError {
  return new ArtifactError("unreadable-file", `${path} cannot be read: ${why}.`, { cause });
}

export class Counter {
  bytes = 0;
}

/**
 * The same chunks, counted and told.
 * @throws ArtifactError `changed` when they are not as many bytes as were said; the signal's reason.
 */
export async function* counted(
  { chunks, bytes: expected }: OpenSource,
  counter: Counter,
  message: string,
  { signal, onProgress }: TaskOptions,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    counter.bytes += chunk.length;
    onProgress?.({
      message,
      done: counter.bytes,
      ...(expected !== undefined && { total: expected }),
      unit: "bytes",
    });
    yield chunk;
  }
  signal?.throwIfAborted();
  if (expected !== undefined && counter.bytes !== expected) {
    const found = `${counter.bytes} of ${expected} bytes`;
    throw new ArtifactError("changed", `It was cut short while it was read: ${found}.`);
  }
}
