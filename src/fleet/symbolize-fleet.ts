/**
 * A fleet's logs as one profile: downloads, symbolization in parallel workers and merging overlap,
 * and what is on disk or in memory at once is bounded.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import { ArtifactError } from "../artifacts/artifact-error.ts";
import { getToFile } from "../artifacts/get-file.ts";
import type { Artifact, ArtifactStore } from "../artifacts/store.ts";
import type { WriterFormat } from "../formats/writer-formats.ts";
import { ProfileWorker } from "../profile-worker/profile-worker.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { type Choice, chooseLogs, machinesOf } from "./choose-logs.ts";
import { FleetProgress } from "./fleet-progress.ts";
import { inLanes } from "./lanes.ts";

const downloadsAtOnce = 2;
const mostWorkers = 4;

export interface FleetRequest {
  readonly store: ArtifactStore;
  readonly prefix?: string;
  readonly choice: Choice;
  /** Absolute path; appears complete or not at all. */
  readonly output: string;
  readonly format: WriterFormat;
  readonly workspaceFolders: readonly string[];
  /** Logs that are read at the same time. */
  readonly workers?: number;
}

export interface FleetResult {
  readonly output: string;
  /** Logs by machine, most first. */
  readonly machines: readonly { readonly name: string; readonly logs: number }[];
  /** Those that could not be read, and why. */
  readonly skipped: readonly { readonly key: string; readonly reason: string }[];
}

/** @throws ArtifactError `no-such-artifact` when there is no log; `unreadable-logs` when none can be read. */
export async function symbolizeFleet(
  request: FleetRequest,
  task: TaskOptions = {},
): Promise<FleetResult> {
  const { store, prefix, choice, output, format } = request;
  const all = await store.list(prefix, task);
  const logs = chooseLogs(all, choice);
  if (logs.length === 0) {
    const which = choice.match === undefined ? "" : ` whose name holds ${choice.match}`;
    const below = prefix ? ` below ${prefix}` : "";
    const text = `There is no V8 log${which} in ${store.place}${below} (of ${all.length} files).`;
    throw new ArtifactError("no-such-artifact", text);
  }
  const machines = machinesOf(
    logs.map(({ key }) => key),
    store.place,
  );
  const folder = await mkdtemp(join(tmpdir(), "hangscope-fleet-"));
  const joined = new ProfileWorker();
  try {
    const fleet = new Fleet(request, logs, folder, task);
    const skipped: { key: string; reason: string }[] = [];
    const counts = new Map<string, number>();
    const machineAsRoot = format === "cpuprofile" && logs.length > 1;
    await inLanes(
      logs,
      fleet.lanes,
      (log) => fleet.read(log),
      async ({ key }, read) => {
        const machine = machines.get(key)!;
        const reason = read.kind === "failed" ? read.reason : await merge(read.part, machine);
        if (reason !== undefined) skipped.push({ key, reason });
        else counts.set(machine, (counts.get(machine) ?? 0) + 1);
      },
    );
    async function merge(part: ArrayBuffer, machine: string): Promise<string | undefined> {
      try {
        await joined.addPart(part, { machine, machineAsRoot }, task);
        return undefined;
      } catch (error) {
        if ((error as Error).name !== "RangeError") throw error;
        return (error as Error).message;
      }
    }
    if (counts.size === 0) {
      const { key, reason } = skipped[0]!;
      const text = `None of ${logs.length} logs could be read. ${key}: ${reason}`;
      throw new ArtifactError("unreadable-logs", text);
    }
    const title = `${logs.length - skipped.length} log(s) of ${counts.size} machine(s)`;
    await joined.joinParts(title, task);
    task.onProgress?.({ message: `Writing ${output}` });
    await joined.write(format, output, task);
    const byCount = [...counts].sort(([, a], [, b]) => b - a);
    return { output, machines: byCount.map(([name, count]) => ({ name, logs: count })), skipped };
  } finally {
    await joined.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

type Read =
  | { readonly kind: "read"; readonly part: ArrayBuffer }
  | { readonly kind: "failed"; readonly reason: string };

/** Gets and reads logs, so many at once. */
class Fleet {
  readonly #request: FleetRequest;
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  readonly #progress: FleetProgress;
  readonly #downloads = new PQueue({ concurrency: downloadsAtOnce });
  readonly #workers: PQueue;
  #count = 0;
  /** Logs under way: those being read, and as many ahead as are downloaded at once. */
  readonly lanes: number;

  constructor(
    request: FleetRequest,
    logs: readonly Artifact[],
    folder: string,
    { signal, onProgress }: TaskOptions,
  ) {
    this.#request = request;
    this.#folder = folder;
    this.#signal = signal;
    this.#progress = new FleetProgress(logs, request.store.pathOf === undefined, onProgress);
    const concurrency = request.workers ?? Math.min(mostWorkers, availableParallelism());
    this.#workers = new PQueue({ concurrency });
    this.lanes = concurrency + downloadsAtOnce;
  }

  /** @throws the signal's reason only */
  async read({ key }: Artifact): Promise<Read> {
    const signal = this.#signal;
    const { store } = this.#request;
    const copy = join(this.#folder, `${this.#count++}-v8.log`);
    try {
      signal?.throwIfAborted();
      let path = await store.pathOf?.(key);
      if (path === undefined) {
        const onProgress = this.#progress.part();
        await this.#downloads.add(() =>
          getToFile(store, key, copy, { onProgress, ...(signal && { signal }) }),
        );
        path = copy;
      }
      const log = path;
      const part = await this.#workers.add(() => this.#symbolize(log));
      this.#progress.done();
      return { kind: "read", part };
    } catch (error) {
      signal?.throwIfAborted();
      this.#progress.done();
      const reason = error instanceof Error ? error.message : String(error);
      // A copy's path means nothing once it is gone.
      return { kind: "failed", reason: reason.replaceAll(`${copy}: `, "") };
    } finally {
      await rm(copy, { force: true });
    }
  }

  async #symbolize(path: string): Promise<ArrayBuffer> {
    const task = {
      onProgress: this.#progress.part(),
      ...(this.#signal && { signal: this.#signal }),
    };
    task.signal?.throwIfAborted();
    const worker = new ProfileWorker();
    try {
      const { workspaceFolders } = this.#request;
      await worker.open(path, workspaceFolders, task, {}, { nativeNames: false });
      return await worker.handOver(task);
    } finally {
      await worker.dispose();
    }
  }
}
