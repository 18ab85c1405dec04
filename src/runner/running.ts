/** Runners that are recorded: whether they serve, and how they are ended. */
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessRecord, ProcessRecords } from "./processes/process-records.ts";
import { graceMs, hasNotEnded, isProgram } from "./processes/process-table.ts";
import type { RunnerRecord } from "./runner-records.ts";
import { RunnerClient, RunnerConnectionError } from "./session/runner-client.ts";

const pollMs = 50;

/**
 * Whether it is the one that is recorded, and its automation thread answers. While that is busy
 * with a command it cannot, and is well all the same.
 */
export async function serves(record: RunnerRecord, signal?: AbortSignal): Promise<boolean> {
  const client = new RunnerClient(record);
  try {
    const options = signal ? { signal } : {};
    const status = await client.status(undefined, signal);
    const answers = status.state === "busy" ? [status] : [status, await client.ping(options)];
    return answers.every(
      ({ instance, fingerprint }) => instance === record.instance && fingerprint === record.key,
    );
  } catch (error) {
    if (error instanceof RunnerConnectionError) return false;
    throw error;
  }
}

/** Whether its process is there, whatever it answers. */
export async function lives(record: RunnerRecord, processes: ProcessRecords): Promise<boolean> {
  const known = await processes.get(record.processRecord);
  return known?.program !== undefined && isProgram(known.program, known.marker);
}

/** Asks it to leave, and ends what is left of it. Its folder goes, too. */
export async function endRecorded(record: RunnerRecord, processes: ProcessRecords): Promise<void> {
  const known = await processes.get(record.processRecord);
  if (known) await endProcess(record, known, processes);
  await rm(dirname(record.testRun), { recursive: true, force: true }).catch(() => {});
}

async function endProcess(
  record: RunnerRecord,
  known: ProcessRecord,
  processes: ProcessRecords,
): Promise<void> {
  const isThere = async () =>
    known.program !== undefined && (await hasNotEnded(known.program, known.marker));
  try {
    await new RunnerClient(record).shutdown(AbortSignal.timeout(graceMs));
    for (const until = performance.now() + graceMs; performance.now() < until; ) {
      if (!(await isThere())) break;
      await sleep(pollMs);
    }
  } catch {
    // It is ended all the same.
  }
  await processes.kill(known);
}
