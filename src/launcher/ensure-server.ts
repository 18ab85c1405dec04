/** Gives a live server for a workspace: the running one, or a new one. Never two. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerClient } from "../server/client.ts";
import type { ServerFolder } from "../server/folder.ts";
import type { Health } from "../server/protocol.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { type Build, buildOf, compareBuilds } from "../server/version.ts";
import { probe } from "./probe.ts";
import { recordedServer } from "./recorded-server.ts";
import { checkFolder, LaunchError, secureFolder, serverFolder } from "./server-folder.ts";
import { withSpawnLock } from "./spawn-lock.ts";
import { type SpawnOptions, spawnServer } from "./spawn-server.ts";

/** Why there is no answer yet. */
export type Waiting =
  /** A process that lives but does not answer: stopped in a debugger, or swapping. */
  | { readonly kind: "unresponsive"; readonly pid: number }
  /** An older server, which is replaced when what it does is done. */
  | { readonly kind: "retiring"; readonly jobs: Health["jobs"] };

export interface EnsureOptions extends SpawnOptions {
  /** See `serverFolder`. */
  readonly workspace?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for a process that lives but does not answer. Default 2 minutes. */
  readonly unresponsiveMs?: number;
  /** Milliseconds to wait for another launcher. Default 30 s. */
  readonly lockWaitMs?: number;
  /** Said when there is something to wait for, and again when that has changed. */
  readonly onWaiting?: (waiting: Waiting) => void;
}

const pollMs = 250;
const defaultUnresponsiveMs = 120_000;
const defaultLockWaitMs = 30_000;
/** A server that leaves has closed its doors but still ends what it does. */
const leavingMs = 20_000;

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
  const build = await buildOf(options.serverScript).catch((cause) => {
    throw new LaunchError(`The server's code is missing: ${options.serverScript}.`, { cause });
  });
  for (;;) {
    const found = (await checkFolder(folder)) && (await attach(folder, build, options));
    if (found) return found;
    await secureFolder(folder);
    const { lockWaitMs: waitMs = defaultLockWaitMs, signal } = options;
    const started = await withSpawnLock(folder, { waitMs, ...(signal && { signal }) }, () =>
      start(folder, options),
    );
    if (started) return started;
    // A server that has to be waited for, which is not done with the lock in hand.
  }
}

/** The running server, once it answers; `undefined` when there is none or it leaves. */
async function attach(
  folder: ServerFolder,
  build: Build,
  options: EnsureOptions,
): Promise<ServerClient | undefined> {
  const { unresponsiveMs = defaultUnresponsiveMs, signal } = options;
  const tell = teller(options);
  let silentSince: number | undefined;
  for (;;) {
    const recorded = await recordedServer(folder);
    const found = recorded && (await probe(recorded));
    if (!found || found.kind === "gone") return undefined;
    const { pid } = recorded.process;
    if (found.kind === "answering") {
      silentSince = undefined;
      if (!isReplaceable(recorded, build)) return found.client;
      if (await found.client.retire()) {
        await leave(folder, recorded, signal);
        return undefined;
      }
      tell({ kind: "retiring", jobs: found.health.jobs });
    } else {
      const now = performance.now();
      // Not at the first look: a process that was just killed is still there for a moment.
      if (silentSince !== undefined) tell({ kind: "unresponsive", pid });
      silentSince ??= now;
      if (now - silentSince >= unresponsiveMs) throw unresponsive(pid);
    }
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}

/** Only a newer build replaces, and never what a user started by hand. */
function isReplaceable({ managed, build: theirs }: RecordedServer, ours: Build): boolean {
  return managed === "autospawn" && compareBuilds(theirs, ours) < 0;
}

/** Waits until a retiring server has left. */
async function leave(
  folder: ServerFolder,
  { server }: RecordedServer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const until = performance.now() + leavingMs;
  while (performance.now() < until) {
    const recorded = await recordedServer(folder);
    if (recorded?.server.instanceId !== server.instanceId) return;
    await sleep(pollMs / 5, undefined, { ...(signal && { signal }) });
  }
}

/** With the lock in hand: looks again, then starts one. `undefined` to look again without it. */
async function start(
  folder: ServerFolder,
  options: EnsureOptions,
): Promise<ServerClient | undefined> {
  const until = performance.now() + leavingMs;
  for (;;) {
    const recorded = await recordedServer(folder);
    const found = recorded && (await probe(recorded));
    if (found && found.kind !== "gone") return undefined;
    const spawned = await spawnServer(folder, options);
    if (spawned) {
      const started = await probe(spawned);
      if (started.kind === "answering") return started.client;
      throw new LaunchError("The server stopped answering as soon as it was ready.");
    }
    // Another holds the guard: it starts, leaves, or puts its lost state right in a moment.
    if (performance.now() >= until) throw new LaunchError(heldMessage(folder));
    await sleep(pollMs, undefined, { ...(options.signal && { signal: options.signal }) });
  }
}

function teller({ onWaiting }: EnsureOptions): (waiting: Waiting) => void {
  let told = "";
  return (waiting) => {
    const text = JSON.stringify([
      waiting.kind,
      "jobs" in waiting && waiting.jobs.map(({ id }) => id),
    ]);
    if (text !== told) onWaiting?.(waiting);
    told = text;
  };
}

function unresponsive(pid: number): UnresponsiveError {
  return new UnresponsiveError(
    `The server (pid ${pid}) is alive but does not answer: it may be stopped in a debugger. Wait, or restart it.`,
  );
}

function heldMessage({ path }: ServerFolder): string {
  return `Another server holds ${path} but does not say how to reach it. It may be of another version: reload the windows of this workspace.`;
}
