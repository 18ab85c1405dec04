/** Ends a recorded server: asked first, then signalled, its identity checked before each signal. */
import { setTimeout as sleep } from "node:timers/promises";
import { ServerClient } from "../server/client.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { isSame } from "../toolchain/process-identity/identity.ts";

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

/** Any doubt about which process it is means: no signal. */
async function signal(recorded: RecordedServer, name: "SIGTERM" | "SIGKILL"): Promise<void> {
  const { pid } = recorded.process;
  if ((await isSame(recorded.process)) !== "same") return;
  try {
    // It leads a group of its own, with what it started.
    process.kill(name === "SIGKILL" && process.platform !== "win32" ? -pid : pid, name);
  } catch {
    // It left between the check and the signal, or is not ours to end: `leaves` tells.
  }
}

async function leaves({ process: own }: RecordedServer, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while ((await isSame(own)) !== "gone") {
    if (performance.now() >= until) return false;
    await sleep(pollMs);
  }
  return true;
}
