/** The one thread that follows this process's logs, seen from outside. Started when first needed. */
import { Worker } from "node:worker_threads";
import { siblingModule } from "../../toolchain/sibling-module.ts";
import { type FollowState, followReasons, newState } from "./follow-state.ts";
import type { FollowedFile, FromFollower, ToFollower } from "./protocol.ts";

interface Pending {
  readonly resolve: (state: FollowState | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A follower holds its place in the log, and two blocks of a megabyte are all that it reads. */
const heapMegabytes = 64;

export class FollowThread {
  #worker: Worker | undefined;
  readonly #followers = new Map<number, (state: FollowState) => void>();
  readonly #pending = new Map<number, Pending>();
  /** Those that were not looked at yet. */
  readonly #starting = new Set<number>();
  #nextId = 0;

  /** @returns what to call it by. */
  start(file: FollowedFile, onState: (state: FollowState) => void): number {
    const id = this.#nextId++;
    this.#followers.set(id, (state) => {
      this.#starting.delete(id);
      this.#rest();
      onState(state);
    });
    this.#starting.add(id);
    this.#send({ kind: "start", id, file });
    return id;
  }

  /** @throws the signal's reason; what the file system says of `output`. */
  async snapshot(id: number, output: string, signal?: AbortSignal): Promise<FollowState> {
    signal?.throwIfAborted();
    const call = this.#nextId++;
    const cancel = () => this.#worker?.postMessage({ kind: "cancel", call } satisfies ToFollower);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      // Settled when the thread says so: then nothing of it is written any more.
      return (await this.#ask(call, { kind: "snapshot", id, call, output })) ?? newState;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  async stop(id: number): Promise<void> {
    if (!this.#followers.delete(id)) return;
    this.#starting.delete(id);
    const call = this.#nextId++;
    await this.#ask(call, { kind: "stop", id, call });
    // What else is asked of it is answered first.
    if (this.#followers.size + this.#pending.size > 0) return;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(call: number, message: ToFollower): Promise<FollowState | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<FollowState | undefined>();
    this.#pending.set(call, { resolve, reject });
    this.#send(message);
    return promise;
  }

  #send(message: ToFollower): void {
    const worker = this.#started();
    worker.ref();
    worker.postMessage(message);
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(siblingModule(import.meta.url, "follow-worker"), {
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 8 },
    });
    worker.on("message", (message: FromFollower) => this.#receive(message));
    worker.on("error", (error) => this.#worker === worker && this.#end(error));
    worker.on("exit", () => {
      if (this.#worker === worker) this.#end(new Error(followReasons["thread-ended"]));
    });
    this.#worker = worker;
    return worker;
  }

  #receive(message: FromFollower): void {
    if (message.kind === "state") {
      this.#followers.get(message.id)?.(message.state);
      return;
    }
    const pending = this.#pending.get(message.call);
    this.#pending.delete(message.call);
    this.#rest();
    if (message.kind === "done") pending?.resolve(message.state);
    else pending?.reject(Object.assign(new Error(message.message), { name: message.name }));
  }

  /** A process that only has logs followed may end. */
  #rest(): void {
    if (this.#pending.size + this.#starting.size === 0) this.#worker?.unref();
  }

  #end(error: unknown): void {
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    const reason = "thread-ended";
    const ended = {
      ...newState,
      phase: "stopped",
      reason,
      message: followReasons[reason],
    } as const;
    const followers = [...this.#followers.values()];
    this.#followers.clear();
    this.#starting.clear();
    for (const onState of followers) onState(ended);
  }
}
