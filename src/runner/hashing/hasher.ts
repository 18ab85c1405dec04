/**
 * A thread that reads and hashes files, so that no event loop waits for a disk. Started when first
 * needed; it remembers what it has read, so that it is kept.
 */
import { Worker } from "node:worker_threads";
import { siblingModule } from "../../toolchain/sibling-module.ts";
import type { FromHasher, HashAnswers, HashRequest, ToHasher } from "./protocol.ts";

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export class Hasher {
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;

  /** @throws the signal's reason; what the file system says, with its code. */
  async ask<K extends HashRequest["kind"]>(
    request: Extract<HashRequest, { kind: K }>,
    signal?: AbortSignal,
  ): Promise<HashAnswers[K]> {
    signal?.throwIfAborted();
    const id = this.#nextId++;
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const { promise, resolve, reject } = Promise.withResolvers<HashAnswers[K]>();
    // Settled when the thread says that it has stopped: then nothing of it runs any more.
    const cancel = () => Atomics.store(cancelled, 0, 1);
    this.#pending.set(id, { resolve, reject });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      this.#start().postMessage({ id, request, cancelled } satisfies ToHasher);
      return await promise;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  async dispose(): Promise<void> {
    const worker = this.#worker;
    this.#end(new Error("The hashing thread was ended."));
    await worker?.terminate();
  }

  #start(): Worker {
    if (!this.#worker) {
      const worker = new Worker(siblingModule(import.meta.url, "hash-worker"));
      worker.on("message", (message: FromHasher) => this.#receive(message));
      // The next question starts another one.
      worker.on("error", (error) => this.#worker === worker && this.#end(error));
      worker.on("exit", () => {
        if (this.#worker === worker) this.#end(new Error("The hashing thread has ended."));
      });
      this.#worker = worker;
    }
    this.#worker.ref();
    return this.#worker;
  }

  #receive(message: FromHasher): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    this.#rest();
    if ("answer" in message) pending?.resolve(message.answer as never);
    else if ("stopped" in message) pending?.reject(new Error("It was cancelled."));
    else {
      const { message: text, code } = message.error;
      pending?.reject(Object.assign(new Error(text), code !== undefined && { code }));
    }
  }

  /** A thread that has nothing to do keeps no process alive. */
  #rest(): void {
    if (this.#pending.size === 0) this.#worker?.unref();
  }

  #end(error: unknown): void {
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
