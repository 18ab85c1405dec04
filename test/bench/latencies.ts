/** How long answers take, and how that is told. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerClient } from "../../src/server/client.ts";

/** Milliseconds of the answers that ten clients get, who ask until the call has its own. */
export async function healthDuring(
  client: ServerClient,
  call: Promise<unknown>,
): Promise<number[]> {
  const latencies: number[] = [];
  let isOver = false;
  const ended = call.finally(() => {
    isOver = true;
  });
  const poll = async () => {
    while (!isOver) {
      latencies.push(await timed(() => client.health()));
      await sleep(20);
    }
  };
  await Promise.all([ended, ...Array.from({ length: 10 }, poll)]);
  return latencies;
}

export async function repeat(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push(await timed(work));
  return all;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

export function row(name: string, milliseconds: readonly number[]): string {
  const values = sorted(milliseconds);
  const at = (share: number) => `${values[Math.floor((values.length - 1) * share)]!.toFixed(1)} ms`;
  const columns = [`p50 ${at(0.5)}`, `p99 ${at(0.99)}`, `longest ${at(1)}`];
  return `${name.padEnd(24)}${columns.map((column) => column.padEnd(16)).join("")}(${values.length})`;
}
