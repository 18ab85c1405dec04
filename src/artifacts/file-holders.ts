/** Whether any process has a file open. Where the system does not tell for sure, that is the answer. */
import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, stat } from "node:fs/promises";
import { run, ToolError } from "../toolchain/run.ts";
import type { Held } from "./deletion-rule.ts";

/** Never throws. The handle of the one who asks does not count if it is closed before. */
export async function isHeldOpen(path: string): Promise<Held> {
  try {
    if (process.platform === "linux") return await heldOnLinux(path);
    if (process.platform === "win32") return await heldOnWindows(path);
    return await heldByLsof(path);
  } catch {
    return "unknown";
  }
}

/** Private to one user: no other but root, who is not profiled here, can have it open. */
const othersMayOpen = 0o077;

async function heldOnLinux(path: string): Promise<Held> {
  const file = await stat(path, { bigint: true });
  const uid = process.getuid!();
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  let answer: Held = "no";
  for (const pid of pids) {
    const held = await heldBy(pid, file);
    if (held === "yes") return "yes";
    if (held === "no") continue;
    const isPrivate = (Number(file.mode) & othersMayOpen) === 0;
    const owner = await uidOf(pid);
    if (owner === undefined) continue;
    if (owner === uid || !isPrivate) answer = "unknown";
  }
  return answer;
}

/** By device and inode: a name may have changed since it was opened. */
async function heldBy(
  pid: string,
  file: { readonly dev: bigint; readonly ino: bigint },
): Promise<Held> {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH" ? "no" : "unknown";
  }
  for (const name of names) {
    const held = await stat(`${folder}/${name}`, { bigint: true }).catch(() => undefined);
    if (held && held.ino === file.ino && held.dev === file.dev) return "yes";
  }
  return "no";
}

/** `undefined` once it has ended. The owner of its folder is root for some of our own. */
async function uidOf(pid: string): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => undefined);
  const [, uid] = /^Uid:\s+(\d+)/m.exec(status ?? "") ?? [];
  return uid === undefined ? undefined : Number(uid);
}

const lsof = { command: "lsof", howToGet: "It is a part of macOS." };

async function heldByLsof(path: string): Promise<Held> {
  try {
    const { stdout } = await run(lsof, ["-t", "--", path], { timeoutMs: 10_000 });
    return stdout.trim() === "" ? "unknown" : "yes";
  } catch (error) {
    // It leaves with 1 and says nothing when it finds nothing.
    const saidNothing =
      error instanceof ToolError && error.exitCode === 1 && error.stderr.trim() === "";
    return saidNothing ? "no" : "unknown";
  }
}

/** There an open file can be renamed only where whoever opened it allowed that; V8 does not. */
async function heldOnWindows(path: string): Promise<Held> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return ["EBUSY", "EPERM", "EACCES"].includes(code) ? "yes" : "unknown";
  }
  await rename(aside, path);
  return "no";
}
