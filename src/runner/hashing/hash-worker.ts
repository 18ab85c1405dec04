/** The hashing thread. Files are read synchronously: nothing else waits here. */
import { parentPort } from "node:worker_threads";
import { FileHashes, type RememberedHash, StoppedError } from "./file-hashes.ts";
import { checkProducts, listProducts } from "./product-files.ts";
import type { FromHasher, HashAnswers, HashRequest, ToHasher } from "./protocol.ts";
import { hashSources } from "./source-files.ts";

const port = parentPort;
if (!port) throw new Error("hash-worker.ts runs in a worker thread only.");

const remembered = new Map<string, RememberedHash>();
const cancelPollMs = 10;

port.on("message", async ({ id, request, cancelled }: ToHasher) => {
  const isCancelled = () => Atomics.load(cancelled, 0) !== 0;
  const abort = new AbortController();
  // For what is waited for; what is read looks by itself.
  const polling = setInterval(() => isCancelled() && abort.abort(), cancelPollMs);
  try {
    const hashes = new FileHashes(remembered, isCancelled);
    send({ id, answer: await answer(request, hashes, abort.signal) });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (isCancelled() || error instanceof StoppedError) send({ id, stopped: true });
    else send({ id, error: { message, ...(code !== undefined && { code }) } });
  } finally {
    clearInterval(polling);
  }
});

async function answer(
  request: HashRequest,
  hashes: FileHashes,
  signal: AbortSignal,
): Promise<HashAnswers[HashRequest["kind"]]> {
  switch (request.kind) {
    case "sources":
      return hashSources(request, hashes, signal);
    case "list":
      return listProducts(request, hashes);
    case "check":
      return checkProducts(request, hashes);
  }
}

function send(message: FromHasher): void {
  port!.postMessage(message);
}
