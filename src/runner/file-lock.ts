/**
 * A lock that the kernel takes back when its holder dies, however it dies: no ages, no clocks, no
 * identity to mistake. An exclusive transaction on an empty database of its own.
 */
import { chmod } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { untilAborted } from "../toolchain/until-aborted.ts";
import { RunnerError } from "./runner-error.ts";

const pollMs = 50;
/** SQLite's own codes. */
const busy = 5;

export interface HeldLock {
  release(): void;
}

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Said again and again while another holds it. */
  readonly onWait?: () => void | Promise<void>;
}

/** @throws RunnerError `cannot-lock` where no file can be made; the signal's reason. */
export async function holdLock(path: string, options: LockOptions = {}): Promise<HeldLock> {
  for (;;) {
    options.signal?.throwIfAborted();
    const held = await tryLock(path);
    if (held) return held;
    await options.onWait?.();
    await untilAborted(sleep(pollMs), options.signal);
  }
}

/** `undefined` when another holds it, be it in this process. */
export async function tryLock(path: string): Promise<HeldLock | undefined> {
  const { DatabaseSync } = await import("node:sqlite");
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE;");
    await chmod(path, 0o600);
    const held = database;
    return { release: () => held.close() };
  } catch (cause) {
    database?.close();
    if ((cause as { errcode?: number }).errcode === busy) return undefined;
    const message = `${path} cannot be locked: ${(cause as Error).message}.`;
    throw new RunnerError("cannot-lock", "environment", message, { cause });
  }
}
