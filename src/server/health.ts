/** The main thread's side of the health thread. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { siblingModule } from "../toolchain/sibling-module.ts";
import type { JobInfo } from "./job.ts";

export interface HealthThreadData {
  readonly instanceId: string;
  readonly pid: number;
  readonly token: string;
  /** One 64-bit integer in shared memory: see `monotonicMs`. */
  readonly alive: SharedArrayBuffer;
}

export interface HealthThread {
  readonly port: number;
  /** Said before a job runs, because afterwards the main thread may be silent. */
  update(jobs: readonly JobInfo[]): void;
  stop(): Promise<void>;
}

const heartbeatMs = 100;

/** The same clock in every thread, and one that nobody sets back. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Milliseconds of `monotonicMs` at which the main loop last turned. */
export function lastAlive(alive: SharedArrayBuffer): number {
  return Number(Atomics.load(new BigInt64Array(alive), 0));
}

export async function startHealthThread(
  identity: Omit<HealthThreadData, "alive">,
): Promise<HealthThread> {
  const alive = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const beat = () => Atomics.store(new BigInt64Array(alive), 0, BigInt(monotonicMs()));
  beat();
  const worker = new Worker(siblingModule(import.meta.url, "health-thread"), {
    workerData: { ...identity, alive } satisfies HealthThreadData,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const [port] = (await once(worker, "message")) as [number];
  const heartbeat = setInterval(beat, heartbeatMs);
  return {
    port,
    update: (jobs) => worker.postMessage(jobs),
    async stop() {
      clearInterval(heartbeat);
      await worker.terminate();
    },
  };
}
