import { readFile } from "node:fs/promises";
import type { Described } from "./identity.ts";

/** From `/proc`. Ticks since boot mean nothing without the boot that they count from. */
export async function describeOnLinux(pid: number): Promise<Described | undefined> {
  try {
    const [stat, commandLine, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    const ticks = parseProcStat(stat);
    if (ticks === undefined) return undefined;
    return { startTime: `${boot.trim()}/${ticks}`, args: parseProcCmdline(commandLine) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: it ended between opening and reading.
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** Field 22 of `/proc/<pid>/stat`; the name in field 2 may hold spaces and parentheses. */
export function parseProcStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isZombie = fields[0] === "Z" || fields[0] === "X";
  // It has ended, and only its parent has not looked yet: once its last thread is gone too. Until
  // then its sockets accept connections.
  return isZombie && Number(fields[17]) <= 1 ? undefined : fields[19];
}

/** Each argument ends with a NUL, the last one too. */
export function parseProcCmdline(commandLine: string): string[] {
  return commandLine.replace(/\0$/, "").split("\0");
}
