/** Removes what watched sessions left whose server died, and which no server goes on with. */
import { rm } from "node:fs/promises";
import { identify } from "../toolchain/process-identity/identity.ts";
import { listCaptures, readRecord } from "./storage.ts";
import { readProcesses } from "./v8/collect.ts";

/** A program that has not started by then does not any more. */
const startMs = 3_600_000;

export async function sweepWatched(root: string): Promise<void> {
  for (const { isWatched, endedAt, recorder, directory } of await listCaptures(root)) {
    if (!isWatched || endedAt !== undefined || (await runs(recorder))) continue;
    if (await isOver(directory)) await rm(directory, { recursive: true, force: true });
  }
}

/** Whether a watched session's processes have ended. */
export async function isOver(directory: string): Promise<boolean> {
  const processes = await readProcesses(directory);
  if (processes.length > 0) {
    return !(await Promise.all(processes.map(({ pid }) => runs(pid)))).includes(true);
  }
  const record = await readRecord(directory);
  return !record || Date.now() - Date.parse(record.startedAt) > startMs;
}

/** One that has ended can be signalled until its parent has looked. */
async function runs(pid: number): Promise<boolean> {
  return (await identify(pid)) !== undefined;
}
