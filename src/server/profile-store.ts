/**
 * Open profiles, each in a worker of its own. The same unchanged file is read once, however many
 * ask for it; the least recently used profiles are dropped and can be opened again.
 */

import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import type { WriterFormat } from "../formats/writer-formats.ts";
import type { Answer, Query } from "../profile/query.ts";
import { ProfileWorker } from "../profile-worker/profile-worker.ts";
import type { Environment } from "../toolchain/environment.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";
import { untilAborted } from "../toolchain/until-aborted.ts";
import type { ProfileStore } from "../tools/services.ts";
import { ToolError } from "../tools/tool.ts";

/** Workers kept alive; each holds one profile's columns. */
const keptProfiles = 6;

interface Entry {
  readonly worker: ProfileWorker;
  readonly reading: Promise<void>;
  /** Stops the read when nobody waits for it any more. */
  readonly abort: AbortController;
  readonly listeners: Set<(progress: Progress) => void>;
  waiting: number;
}

export class WorkerProfileStore implements ProfileStore {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #onUpdated: (profileId: string) => void;

  constructor(onUpdated: (profileId: string) => void) {
    this.#onUpdated = onUpdated;
  }

  async open(
    path: string,
    workspaceFolders: readonly string[],
    task: TaskOptions,
    env: Environment = {},
  ): Promise<string> {
    const id = await profileId(path, workspaceFolders);
    const entry = this.#use(id) ?? this.#read(id, path, workspaceFolders, env);
    const { onProgress, signal } = task;
    if (onProgress) entry.listeners.add(onProgress);
    entry.waiting++;
    try {
      await untilAborted(entry.reading, signal);
      return id;
    } finally {
      if (onProgress) entry.listeners.delete(onProgress);
      if (--entry.waiting === 0 && signal?.aborted) entry.abort.abort(signal.reason);
    }
  }

  async query(id: string, query: Query, task: TaskOptions): Promise<Answer> {
    return (await this.#opened(id)).query(query, task);
  }

  async write(id: string, format: WriterFormat, output: string, task: TaskOptions): Promise<void> {
    await (await this.#opened(id)).write(format, output, task);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.#drop(id)));
  }

  #read(id: string, path: string, workspaceFolders: readonly string[], env: Environment): Entry {
    const worker = new ProfileWorker();
    const abort = new AbortController();
    const listeners = new Set<(progress: Progress) => void>();
    worker.onUpdated = () => this.#onUpdated(id);
    const task = {
      signal: abort.signal,
      onProgress: (progress: Progress) => {
        for (const listener of listeners) listener(progress);
      },
    };
    const reading = worker.open(path, workspaceFolders, task, env);
    const entry: Entry = { worker, reading, abort, listeners, waiting: 0 };
    this.#entries.set(id, entry);
    // A failed or cancelled read, or a worker that dies later, leaves nothing to find.
    const forget = () => this.#forget(id, entry);
    reading.catch(forget);
    void worker.ended.then(forget);
    for (const oldest of [...this.#entries.keys()].slice(0, -keptProfiles)) void this.#drop(oldest);
    return entry;
  }

  async #opened(id: string): Promise<ProfileWorker> {
    const entry = this.#use(id);
    if (!entry) {
      throw new ToolError("unknown-profile", "This profile is not open here: open it again.");
    }
    await entry.reading;
    return entry.worker;
  }

  #use(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (!entry || entry.abort.signal.aborted) return undefined;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry;
  }

  async #drop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry) await this.#forget(id, entry);
  }

  async #forget(id: string, entry: Entry): Promise<void> {
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
    await entry.worker.dispose();
  }
}

/** Changes with the file's content, so that an old id never answers for a new file. */
async function profileId(path: string, workspaceFolders: readonly string[]): Promise<string> {
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  const key = JSON.stringify([real, size, mtimeMs, workspaceFolders]);
  return createHash("sha256").update(key).digest("hex").slice(0, 24);
}
