/**
 * Which process a pid means: a pid is used again, a pid with its start time is not. Any doubt is
 * "unknown", and an unknown process is never signalled.
 */
import { readFile } from "node:fs/promises";
import { run } from "../toolchain/run.ts";

/** The process's start, in the platform's own words; equal texts mean the same process. */
export type StartTime = string;

/** `undefined` when there is no such process or it cannot be told. */
export function startTimeOf(pid: number): Promise<StartTime | undefined> {
  switch (process.platform) {
    case "linux":
      return linuxStartTime(pid);
    case "win32":
      return windowsStartTime(pid);
    default:
      return psStartTime(pid);
  }
}

/** Whether a pid is in use. A process of another user's is alive too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function linuxStartTime(pid: number): Promise<StartTime | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    const ticks = parseProcStat(stat);
    return ticks && `${boot.trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** Field 22 of `/proc/<pid>/stat`; the name in field 2 may hold spaces and parentheses. */
export function parseProcStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  // A zombie has ended; only its parent has not looked yet.
  return state === "Z" || state === "X" ? undefined : fields[19];
}

async function psStartTime(pid: number): Promise<StartTime | undefined> {
  try {
    const ps = { command: "/bin/ps", howToGet: "It is part of the system." };
    const { stdout } = await run(ps, ["-o", "lstart=", "-p", String(pid)], {
      env: { LC_ALL: "C", TZ: "UTC", COLUMNS: "200" },
      timeoutMs: 3_000,
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

async function windowsStartTime(pid: number): Promise<StartTime | undefined> {
  try {
    const powershell = { command: "powershell.exe", howToGet: "It is part of Windows." };
    const script = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CreationDate.ToFileTimeUtc()`;
    const { stdout } = await run(
      powershell,
      ["-NoProfile", "-NonInteractive", "-Command", script],
      {
        timeoutMs: 10_000,
      },
    );
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
