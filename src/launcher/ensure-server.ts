/** Gives a live server for a workspace: the running one, or a new one. Never two. */
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerClient } from "../server/client.ts";
import { probe } from "./probe.ts";
import { LaunchError, secureFolder, serverFolder } from "./server-folder.ts";
import { withSpawnLock } from "./spawn-lock.ts";
import { type SpawnOptions, spawnServer } from "./spawn-server.ts";
import { type RecordedServer, readState, writeState } from "./state-file.ts";
import { stopServer } from "./stop-server.ts";

export interface EnsureOptions extends SpawnOptions {
  /** See `serverFolder`. */
  readonly workspace?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for a process that lives but does not answer. Default 2 minutes. */
  readonly unresponsiveMs?: number;
  /** Said once when the recorded server turns out to be alive and silent. */
  readonly onUnresponsive?: () => void;
}

const lockWaitMs = 30_000;
const unresponsivePollMs = 500;

/** The recorded server lives but does not answer: only the user may decide to end it. */
export class UnresponsiveError extends Error {
  override readonly name = "UnresponsiveError";
}

/**
 * One file read and one health answer when the server runs.
 * @throws LaunchError when none can be started, UnresponsiveError when one is alive and silent.
 */
export async function ensureServer(options: EnsureOptions): Promise<ServerClient> {
  const folder = serverFolder(options.workspace);
  const build = await buildId(options.serverScript);
  const recorded = await readState(folder.state);
  if (recorded?.build === build) {
    const found = await probe(recorded);
    if (found.kind === "answering") return found.client;
    if (found.kind === "unresponsive") {
      const client = await outwait(recorded, options);
      if (client) return client;
    }
  }
  await secureFolder(folder);
  return withSpawnLock(
    folder,
    lockWaitMs,
    async () => {
      const current = await readState(folder.state);
      const usable = current && (await reuse(current, build));
      if (usable) return usable;
      const spawned = await spawnServer(folder, build, options);
      await writeState(folder.state, spawned);
      const started = await probe(spawned);
      if (started.kind !== "answering") throw new LaunchError("The server stopped answering.");
      return started.client;
    },
    options.signal,
  );
}

/** A server of another build is replaced when nobody uses it; until then it serves on. */
async function reuse(current: RecordedServer, build: string): Promise<ServerClient | undefined> {
  const found = await probe(current);
  if (found.kind === "gone") return undefined;
  if (found.kind === "unresponsive") throw new UnresponsiveError(unresponsiveMessage(current));
  const replaceable = current.managed === "autospawn" && found.health.jobs.length === 0;
  if (current.build === build || !replaceable) return found.client;
  if (await stopServer(current)) return undefined;
  throw new LaunchError(`The server of an older version (pid ${current.server.pid}) does not end.`);
}

/** Waits for a silent process to answer again; `undefined` when it ends by itself. */
async function outwait(
  recorded: RecordedServer,
  { unresponsiveMs = 120_000, onUnresponsive, signal }: EnsureOptions,
): Promise<ServerClient | undefined> {
  const until = Date.now() + unresponsiveMs;
  let told = false;
  while (Date.now() < until) {
    await sleep(unresponsivePollMs, undefined, { ...(signal && { signal }) });
    const found = await probe(recorded);
    if (found.kind === "answering") return found.client;
    if (found.kind === "gone") return undefined;
    // Not at the first look: a process that was just killed is still there for a moment.
    if (!told) onUnresponsive?.();
    told = true;
  }
  throw new UnresponsiveError(unresponsiveMessage(recorded));
}

function unresponsiveMessage({ server }: RecordedServer): string {
  return `The server (pid ${server.pid}) is alive but does not answer: it may be stopped in a debugger. Wait, or restart it.`;
}

/** Changes whenever the server's code does. */
async function buildId(serverScript: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(serverScript);
    return `${serverScript}:${size}:${mtimeMs}`;
  } catch (cause) {
    throw new LaunchError(`The server's code is missing: ${serverScript}.`, { cause });
  }
}
