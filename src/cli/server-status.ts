/** How a folder's server is, as `hangscope server status` tells it. */
import { stateOf } from "../launcher/connection.ts";
import { type Probe, probe } from "../launcher/probe.ts";
import { recordedServer } from "../launcher/recorded-server.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import { formatTime, shortName } from "../results/format.ts";
import type { Health } from "../server/protocol.ts";
import type { RecordedServer } from "../server/state-file.ts";

/** What is not known is absent. */
export interface ServerStatus {
  readonly state: "ready" | "busy" | "unresponsive" | "stopped";
  readonly pid?: number;
  readonly port?: number;
  readonly instanceId?: string;
  readonly version?: string;
  readonly managed?: RecordedServer["managed"];
  readonly uptimeMs?: number;
  readonly mainLoopSilentMs?: number;
  readonly jobs?: Health["jobs"];
}

export async function readStatus(workspace: string): Promise<ServerStatus> {
  const recorded = await recordedServer(serverFolder(workspace));
  return recorded ? statusOf(recorded, await probe(recorded)) : { state: "stopped" };
}

export function statusOf(recorded: RecordedServer, found: Probe): ServerStatus {
  if (found.kind === "gone") return { state: "stopped" };
  const { managed, build, process, server } = recorded;
  const { port, instanceId } = server;
  const known = { pid: process.pid, port, instanceId, version: build.version, managed };
  if (found.kind === "unresponsive") return { state: "unresponsive", ...known };
  const { uptimeMs, silentMs, jobs } = found.health;
  // How long the user would wait is the editor's to know; here busy is busy.
  const isBusy = stateOf(found.health, Number.POSITIVE_INFINITY).kind === "busy";
  const state = isBusy ? "busy" : "ready";
  return { state, ...known, uptimeMs, mainLoopSilentMs: silentMs, jobs };
}

export function describeStatus(status: ServerStatus): string {
  const { state, pid, jobs = [], mainLoopSilentMs = 0 } = status;
  if (state === "stopped") return "Not running.";
  if (state === "unresponsive") return `Process ${pid} is alive but does not answer.`;
  const silent = `Its main loop has been silent for ${formatMs(mainLoopSilentMs)}.`;
  return [
    `Running: process ${pid}, ${jobs.length} job(s) under way.`,
    ...(state === "busy" ? [silent] : []),
    ...jobs.map(describeJob),
  ].join("\n");
}

function describeJob({ tool, state, elapsedMs, message }: Health["jobs"][number]): string {
  const since = state === "waiting" ? "waiting" : "for";
  const said = message === undefined ? "" : `: ${shortName(message)}`;
  return `  ${tool} ${since} ${formatMs(elapsedMs)}${said}`;
}

function formatMs(ms: number): string {
  return formatTime(ms * 1000);
}
