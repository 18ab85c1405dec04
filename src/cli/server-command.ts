/** `hangscope server status|start|stop|restart`: thin faces of the launcher. */
import { fileURLToPath } from "node:url";
import { ensureServer } from "../launcher/ensure-server.ts";
import { probe } from "../launcher/probe.ts";
import { recordedServer } from "../launcher/recorded-server.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import { stopServer } from "../launcher/stop-server.ts";
import type { ServerClient } from "../server/client.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { CliError, exitCodes } from "./failure.ts";
import { describeStatus, readStatus } from "./server-status.ts";

/** Beside us when shipped; in its own room in development. */
export const serverScript = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../server/main.ts" : "./server.js", import.meta.url),
);

/** A live server; what has to be waited for is said. */
export function ensure(
  workspace: string,
  signal: AbortSignal,
  managed: RecordedServer["managed"],
): Promise<ServerClient> {
  return ensureServer({
    serverScript,
    workspace,
    signal,
    managed,
    // Whoever starts one by hand also ends it by hand.
    ...(managed === "cli" && { idleMs: 0 }),
    onWaiting(waiting) {
      console.error(
        waiting.kind === "retiring"
          ? `Waiting for an older server, which has ${waiting.jobs.length} job(s) under way.`
          : `Waiting for the server (process ${waiting.pid}), which is alive but does not answer.`,
      );
    },
  });
}

export async function serverStatus(workspace: string, json: boolean): Promise<number> {
  const status = await readStatus(workspace);
  console.log(json ? JSON.stringify(status) : describeStatus(status));
  const isRunning = status.state === "ready" || status.state === "busy";
  return isRunning ? exitCodes.ok : exitCodes.failed;
}

export async function serverStart(workspace: string, signal: AbortSignal): Promise<number> {
  return sayRunning(await ensure(workspace, signal, "cli"));
}

export async function serverStop(workspace: string): Promise<number> {
  console.log((await stop(workspace)) ? "Stopped." : "Not running.");
  return exitCodes.ok;
}

/** The new one belongs to whom the old one did. */
export async function serverRestart(workspace: string, signal: AbortSignal): Promise<number> {
  const stopped = await stop(workspace);
  return sayRunning(await ensure(workspace, signal, stopped?.managed ?? "cli"));
}

async function sayRunning(client: ServerClient): Promise<number> {
  const { pid } = await client.health();
  console.log(`Running: process ${pid}.`);
  return exitCodes.ok;
}

/** @returns the server that it has ended, if there was one. */
async function stop(workspace: string): Promise<RecordedServer | undefined> {
  const recorded = await recordedServer(serverFolder(workspace));
  if (!recorded || (await probe(recorded)).kind === "gone") return undefined;
  if (await stopServer(recorded)) return recorded;
  throw new CliError(`The server (process ${recorded.process.pid}) does not end.`);
}
