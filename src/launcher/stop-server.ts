/** Ends a recorded server: asked first, then signalled, its identity checked before each signal. */
import { setTimeout as sleep } from "node:timers/promises";
import { ServerClient } from "../server/client.ts";
import { isSameProcess } from "./probe.ts";
import type { RecordedServer } from "./state-file.ts";

const graceMs = 6_000;
const killGraceMs = 2_000;
const pollMs = 50;

/** @returns whether the process is gone. */
export async function stopServer(recorded: RecordedServer): Promise<boolean> {
  try {
    await new ServerClient(recorded.server).shutdown();
    if (await leaves(recorded, graceMs)) return true;
  } catch {
    // Stopped or wedged: it cannot be asked.
  }
  await signal(recorded, "SIGTERM");
  if (await leaves(recorded, graceMs)) return true;
  await signal(recorded, "SIGKILL");
  return leaves(recorded, killGraceMs);
}

async function signal(recorded: RecordedServer, name: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (!(await isSameProcess(recorded))) return;
  try {
    process.kill(recorded.server.pid, name);
  } catch {
    // It left between the check and the signal, or is not ours to end: `leaves` tells.
  }
}

async function leaves(recorded: RecordedServer, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (await isSameProcess(recorded)) {
    if (Date.now() >= until) return false;
    await sleep(pollMs);
  }
  return true;
}
