/** The main thread's side of the health thread. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { siblingModule } from "../toolchain/sibling-module.ts";
import type { Health } from "./protocol.ts";

export interface HealthThreadData {
  readonly instanceId: string;
  readonly pid: number;
  readonly token: string;
  /** One f64 in shared memory: see `lastAlive`. */
  readonly alive: SharedArrayBuffer;
}

export interface HealthUpdate {
  readonly jobs: Health["jobs"];
}

export interface HealthThread {
  readonly port: number;
  /** Said before a job runs, because afterwards the main thread may be silent. */
  update(update: HealthUpdate): void;
  stop(): Promise<void>;
}

const heartbeatMs = 100;

/** Milliseconds since the epoch at which the main loop last turned. */
export function lastAlive(alive: SharedArrayBuffer): number {
  return Number(Atomics.load(new BigInt64Array(alive), 0));
}

export async function startHealthThread(
  identity: Omit<HealthThreadData, "alive">,
): Promise<HealthThread> {
  const alive = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const beat = () => Atomics.store(new BigInt64Array(alive), 0, BigInt(Date.now()));
  beat();
  const worker = new Worker(siblingModule(import.meta.url, "health-thread"), {
    workerData: { ...identity, alive } satisfies HealthThreadData,
  });
  const [port] = (await once(worker, "message")) as [number];
  const heartbeat = setInterval(beat, heartbeatMs);
  return {
    port,
    update: (update) => worker.postMessage(update),
    async stop() {
      clearInterval(heartbeat);
      await worker.terminate();
    },
  };
}
