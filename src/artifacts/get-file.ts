/** Writes an artifact into a file, which appears whole or not at all. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { describeFileFault } from "../toolchain/file-fault.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { ArtifactError } from "./artifact-error.ts";
import { Counter, counted } from "./source.ts";
import type { ArtifactStore } from "./store.ts";

/**
 * @param output absolute path; what stands there is replaced
 * @returns its bytes
 * @throws ArtifactError; the signal's reason
 */
export async function getToFile(
  store: ArtifactStore,
  key: string,
  output: string,
  task: TaskOptions = {},
): Promise<number> {
  const { bytes, stream } = await store.open(key, task);
  const partial = `${output}.${randomUUID()}`;
  const counter = new Counter();
  const source = { bytes, chunks: stream, close: async () => void stream.destroy() };
  try {
    const chunks = counted(source, counter, `Getting ${key}`, task);
    await pipeline(chunks, createWriteStream(partial, { flags: "wx", mode: 0o600 }), {
      ...(task.signal && { signal: task.signal }),
    });
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    task.signal?.throwIfAborted();
    const { path } = error as NodeJS.ErrnoException;
    if (path !== partial) throw error;
    const problem = `${output} cannot be written: ${describeFileFault(error)}`;
    throw new ArtifactError("unwritable-file", `${problem}.`, { cause: error });
  } finally {
    stream.destroy();
  }
  return counter.bytes;
}
