/** `hangscope server status|start|stop`: thin faces of the launcher. */
import { fileURLToPath } from "node:url";
import { ensureServer } from "../launcher/ensure-server.ts";
import { probe } from "../launcher/probe.ts";
import { recordedServer } from "../launcher/recorded-server.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import { stopServer } from "../launcher/stop-server.ts";
import { CliError, exitCodes } from "./failure.ts";

/** Beside us when shipped; in its own room in development. */
export const serverScript = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../server/main.ts" : "./server.js", import.meta.url),
);

export async function serverStatus(workspace: string): Promise<number> {
  const recorded = await recordedServer(serverFolder(workspace));
  const found = recorded ? await probe(recorded) : { kind: "gone" as const };
  switch (found.kind) {
    case "answering": {
      const { pid, jobs } = found.health;
      console.log(`Running: process ${pid}, ${jobs.length} job(s) under way.`);
      for (const { tool } of jobs) console.log(`  ${tool}`);
      return exitCodes.ok;
    }
    case "unresponsive":
      console.log(`Process ${recorded?.process.pid} is alive but does not answer.`);
      return exitCodes.failed;
    case "gone":
      console.log("Not running.");
      return exitCodes.failed;
  }
}

export async function serverStart(workspace: string, signal: AbortSignal): Promise<number> {
  const client = await ensureServer({ serverScript, workspace, signal, managed: "cli" });
  const { pid } = await client.health();
  console.log(`Running: process ${pid}.`);
  return exitCodes.ok;
}

export async function serverStop(workspace: string): Promise<number> {
  const recorded = await recordedServer(serverFolder(workspace));
  if (!recorded || (await probe(recorded)).kind === "gone") {
    console.log("Not running.");
    return exitCodes.ok;
  }
  if (!(await stopServer(recorded))) {
    throw new CliError(`The server (process ${recorded.process.pid}) does not end.`);
  }
  console.log("Stopped.");
  return exitCodes.ok;
}
