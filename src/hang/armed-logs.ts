/** The logs of V8's sampler that a process or a browser writes, if it was started with one. */
import { open, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { run, type Tool } from "../toolchain/run.ts";
import { followFolder, readKeptState } from "./follow/kept-state.ts";
import { snapshotOf } from "./follow/snapshot.ts";

export interface ArmedLog {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since something was written. */
  readonly quietMs: number;
  /**
   * Of a log that is followed, whose own beginning may be gone: writes a whole one. False when
   * the follower has lost it.
   */
  readonly snapshot?: (output: string, signal: AbortSignal) => Promise<boolean>;
  /** Why it is not to be read, known from where it stands. */
  readonly excluded?: "before-launch" | "no-beginning";
}

const lsof: Tool = { command: "/usr/sbin/lsof", howToGet: "It is a part of macOS." };
const head = "v8-version,";
/** A follower leaves the first page as it is. */
const pageBytes = 4096;

/** Those it wrote last first; none where the system does not tell what a process has open. */
export async function armedLogs(pid: number, signal: AbortSignal): Promise<ArmedLog[]> {
  return logsAt(await openFiles(pid, signal));
}

/** A file system counts time in steps. */
const clockStepMs = 20;

/**
 * Logs in a private folder, those written last first: of a browser, whose renderers are told apart
 * by nothing but what is in their logs.
 * @param since when what writes them was launched; older ones are marked as excluded
 */
export async function logsInFolder(folder: string, since: Date): Promise<ArmedLog[]> {
  const names = await readdir(folder).catch(() => []);
  const logs = await logsAt(names.map((name) => join(folder, name)));
  return Promise.all(
    logs.map(async (log) => {
      const { birthtimeMs, mtimeMs } = await stat(log.path).catch(() => longAgo);
      // Where the system does not tell when a file was made, it gives 0.
      const made = birthtimeMs > 0 ? birthtimeMs : mtimeMs;
      return made < since.getTime() - clockStepMs ? { ...log, excluded: "before-launch" } : log;
    }),
  );
}

const longAgo = { birthtimeMs: 0, mtimeMs: 0 };

async function logsAt(paths: Iterable<string>): Promise<ArmedLog[]> {
  const logs = await Promise.all(
    [...new Set(paths)].filter((path) => path.endsWith(".log")).map(logAt),
  );
  return logs.filter((log) => log !== undefined).sort((a, b) => a.quietMs - b.quietMs);
}

async function openFiles(pid: number, signal: AbortSignal): Promise<string[]> {
  if (process.platform === "linux") {
    const folder = `/proc/${pid}/fd`;
    const names = await readdir(folder).catch(() => []);
    return Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  }
  if (process.platform !== "darwin") return [];
  try {
    const { stdout } = await run(lsof, ["-p", String(pid), "-Fn"], { timeoutMs: 5_000, signal });
    return [...stdout.matchAll(/^n(\/.+)$/gm)].map(([, path]) => path!);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** Nothing for what is no log of V8's, or cannot be read. */
export async function logAt(path: string): Promise<ArmedLog | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    const file = await open(path);
    let isPunched: boolean;
    try {
      const { buffer } = await file.read(Buffer.alloc(head.length), 0, head.length, 0);
      if (buffer.toString("latin1") !== head) return undefined;
      const next = await file.read(Buffer.alloc(1), 0, 1, pageBytes);
      isPunched = next.bytesRead > 0 && next.buffer[0] === 0;
    } finally {
      await file.close();
    }
    const folder = followFolder(path);
    const state = readKeptState(folder);
    const isFollowed = state !== undefined && !state.isLogLost;
    return {
      path,
      bytes: size,
      quietMs: Math.max(0, Date.now() - mtimeMs),
      ...(isFollowed && {
        snapshot: (output: string, signal: AbortSignal) => snapshotOf(folder, output, signal),
      }),
      ...(isPunched && !isFollowed && { excluded: "no-beginning" as const }),
    };
  } catch {
    return undefined;
  }
}
