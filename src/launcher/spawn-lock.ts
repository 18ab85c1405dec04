/**
 * One launcher at a time per folder. The lock only serialises spawning, the server's guard makes a
 * second server impossible: a lock that fails costs a spawn. A launcher that cannot get the lock
 * fails; it never goes on without.
 *
 * `proper-lockfile` decides by age alone, and two who find a lock too old may both end up with it.
 * So no lock ever is too old for it: whose it is stands beside it, and a dead holder's is taken
 * over by renaming it away, which only one can do.
 */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import * as z from "zod";
import type { ServerFolder } from "../server/folder.ts";
import { writePrivateFile } from "../toolchain/private-file.ts";
import { identify, isSame, processIdentitySchema } from "../toolchain/process-identity/identity.ts";
import { LaunchError } from "./server-folder.ts";

const day = 24 * 60 * 60_000;
const pollMs = 100;
/** A holder says who it is within milliseconds; one that has not died in between. */
const anonymousMs = 5_000;

const holderSchema = z.object({ process: processIdentitySchema, id: z.string() });
type Holder = z.output<typeof holderSchema>;

export interface LockOptions {
  /** Milliseconds to wait for it. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** @throws LaunchError when the lock is not to be had within `waitMs`. */
export async function withSpawnLock<T>(
  folder: ServerFolder,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const release = await acquire(folder, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(
  folder: ServerFolder,
  { waitMs, signal }: LockOptions,
): Promise<() => Promise<void>> {
  const until = performance.now() + waitMs;
  const watch = new LockWatch(folder);
  for (;;) {
    signal?.throwIfAborted();
    const unlock = await tryLock(folder);
    if (unlock) return hold(folder, unlock);
    await watch.look();
    if (performance.now() >= until) throw tooLong(folder, waitMs, await readHolder(folder));
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}

/** @returns what unlocks, or `undefined` when another holds it. */
async function tryLock(folder: ServerFolder): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(folder.path, {
      lockfilePath: folder.lock,
      realpath: false,
      stale: 365 * day,
      update: day,
      // Somebody removed it while we spawned: the guard stands behind it.
      onCompromised: () => {},
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ELOCKED") return undefined;
    throw new LaunchError(`${folder.lock} cannot be made: ${message}.`, { cause: error });
  }
}

async function hold(
  folder: ServerFolder,
  unlock: () => Promise<void>,
): Promise<() => Promise<void>> {
  // The name goes first: a lock must never stand with the name of one who has left it.
  const release = async () => {
    await rm(folder.lockHolder, { force: true }).catch(() => {});
    await unlock().catch(() => {});
  };
  try {
    const process_ = await identify(process.pid);
    if (!process_) throw new LaunchError("The system does not list this process.");
    const holder: Holder = { process: process_, id: randomUUID() };
    await writePrivateFile(folder.lockHolder, JSON.stringify(holder));
    return release;
  } catch (error) {
    await release();
    throw error instanceof LaunchError
      ? error
      : new LaunchError(`${folder.path} cannot be written: ${(error as Error).message}.`, {
          cause: error,
        });
  }
}

/** Looks at a lock that others hold, and takes it away when its holder is dead. */
class LockWatch {
  readonly #folder: ServerFolder;
  /** The lock without a name that was seen last, and since when. */
  #anonymous: { readonly key: string; readonly since: number } | undefined;

  constructor(folder: ServerFolder) {
    this.#folder = folder;
  }

  async look(): Promise<void> {
    const { lock, lockHolder } = this.#folder;
    const holder = await readHolder(this.#folder);
    if (holder) {
      this.#anonymous = undefined;
      if ((await isSame(holder.process)) !== "gone") return;
      // The name first: whoever gets the lock next has to write a new one.
      if (!(await takeAway(lockHolder, async (path) => (await parse(path))?.id === holder.id)))
        return;
      await takeAway(lock, async () => true);
      return;
    }
    const key = await keyOf(lock);
    if (key === undefined) return;
    const now = performance.now();
    if (this.#anonymous?.key !== key) this.#anonymous = { key, since: now };
    else if (now - this.#anonymous.since >= anonymousMs) {
      await takeAway(lock, async (path) => (await keyOf(path)) === key);
    }
  }
}

/**
 * Removes what stands at `path`, if it still is what was seen there; one of several succeeds.
 * @returns whether it was this one.
 */
async function takeAway(
  path: string,
  isSeen: (moved: string) => Promise<boolean>,
): Promise<boolean> {
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch {
    // Another was faster, or it cannot be removed: the wait is bounded.
    return false;
  }
  if (await isSeen(moved)) {
    await rm(moved, { recursive: true, force: true });
    return true;
  }
  await rename(moved, path).catch(() => rm(moved, { recursive: true, force: true }));
  return false;
}

/** Tells one lock from the next at the same path. */
async function keyOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.ino}/${found.birthtimeNs}`;
}

function readHolder({ lockHolder }: ServerFolder): Promise<Holder | undefined> {
  return parse(lockHolder);
}

async function parse(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

function tooLong(folder: ServerFolder, waitMs: number, holder: Holder | undefined): LaunchError {
  const who = holder ? `process ${holder.process.pid}` : "another process";
  return new LaunchError(
    `The server is being started by ${who}, which has not finished in ${waitMs / 1000} s. ` +
      `If that is no Hangscope, remove ${folder.lock}.`,
  );
}
