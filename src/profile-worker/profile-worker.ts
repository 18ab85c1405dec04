/**
 * A profile in a thread of its own, seen from its owner. A crash or an out-of-memory of the
 * worker fails the calls under way and nothing else.
 */

import { rm } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { WriteOptions, WriterFormat } from "../formats/writer-formats.ts";
import { decodeColumns } from "../profile/columns.ts";
import type { MergeOptions, PartOptions } from "../profile/merge.ts";
import type { Answer, Query } from "../profile/query.ts";
import type { Environment } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { siblingModule } from "../toolchain/sibling-module.ts";
import { partialFile } from "./partial-file.ts";
import type { FromWorker, Request, ToWorker } from "./protocol.ts";

interface Pending extends TaskOptions {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A failure inside the worker, with the name that the error had there. */
class ProfileWorkerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export class ProfileWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  /** Outputs whose worker may be ended before it can clean up. */
  readonly #unfinished = new Set<string>();
  #nextId = 0;
  #ended: Error | undefined;
  /** Called when native names came in after `open` had answered. */
  onUpdated: () => void = () => {};

  /** Settles when the worker has ended, by itself or by `dispose`. */
  readonly ended: Promise<void>;

  /**
   * `memoryLimit` bounds the worker's JS heap in MiB; columns lie outside of it. V8 collects the
   * sooner the lower it is: at twice as much, a log of 240 MB peaks a tenth higher, as it does with
   * four times the young generation, and neither is read any sooner.
   */
  constructor(memoryLimit = 1024) {
    this.#worker = new Worker(siblingModule(import.meta.url, "worker"), {
      resourceLimits: { maxOldGenerationSizeMb: memoryLimit, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", (error) => this.#end(error as Error));
    this.ended = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#end(new Error("The profile's worker has ended."));
        resolve();
      });
    });
  }

  /** Whether the process stays while the thread does, as it does unless told otherwise. */
  holdProcess(isHeld: boolean): void {
    if (isHeld) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * Reads the file. Answers when it can be queried; native names may follow (`onUpdated`), from
   * programs that are looked up with `env`.
   * @throws FormatError (by name) when nothing of the file can be read.
   */
  async open(
    path: string,
    workspaceFolders: readonly string[],
    task: TaskOptions = {},
    env: Environment = {},
    { nativeNames = true }: { readonly nativeNames?: boolean } = {},
  ): Promise<void> {
    await this.#request({ kind: "open", path, workspaceFolders, env, nativeNames }, task);
  }

  /** The whole profile as bytes, for another worker's `addPart`. */
  async handOver(task: TaskOptions = {}): Promise<ArrayBuffer> {
    return (await this.#request({ kind: "hand-over" }, task)) as ArrayBuffer;
  }

  /**
   * Adds another worker's profile to those that `joinParts` will make one of.
   * @param part is gone afterwards
   * @throws RangeError (by name) when it counts something else than the others.
   */
  async addPart(
    part: ArrayBuffer,
    options: PartOptions & MergeOptions,
    task: TaskOptions = {},
  ): Promise<void> {
    await this.#request({ kind: "add-part", part, ...options }, task, [part]);
  }

  /** From now on the parts are this worker's profile. */
  async joinParts(title: string, task: TaskOptions = {}): Promise<void> {
    await this.#request({ kind: "join-parts", title }, task);
  }

  /** Waits for the native names that may follow `open`, for callers that ask only once. */
  async awaitNames(task: TaskOptions = {}): Promise<void> {
    await this.#request({ kind: "await-names" }, task);
  }

  async query(query: Query, task: TaskOptions = {}): Promise<Answer> {
    return (await this.#request({ kind: "query", query }, task)) as Answer;
  }

  /** Writes the whole profile; the file appears complete or not at all. */
  async write(
    format: WriterFormat,
    output: string,
    task: TaskOptions = {},
    options: WriteOptions = {},
  ): Promise<void> {
    this.#unfinished.add(output);
    await this.#request({ kind: "write", format, output, options }, task);
    this.#unfinished.delete(output);
  }

  async dispose(): Promise<void> {
    this.#end(new Error("The profile was closed."));
    await this.#worker.terminate();
    for (const output of this.#unfinished) await rm(partialFile(output), { force: true });
  }

  async #request(
    request: Request,
    task: TaskOptions,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (this.#ended) throw this.#ended;
    task.signal?.throwIfAborted();
    const id = this.#nextId++;
    const cancel = () => {
      this.#send({ kind: "cancel", id });
      this.#settle(id)?.reject(task.signal?.reason);
    };
    task.signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { ...task, resolve, reject });
        this.#send({ kind: "request", id, request }, transfer);
      });
    } finally {
      task.signal?.removeEventListener("abort", cancel);
    }
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "progress":
        this.#pending.get(message.id)?.onProgress?.(message.progress);
        return;
      case "result":
        this.#settle(message.id)?.resolve(decodeColumns(message.result));
        return;
      case "part":
        this.#settle(message.id)?.resolve(message.part);
        return;
      case "error": {
        const { name, message: text } = message.error;
        this.#settle(message.id)?.reject(new ProfileWorkerError(name, text));
        return;
      }
      case "updated":
        this.onUpdated();
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(this.#ended);
  }

  #send(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }
}
