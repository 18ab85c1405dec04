/**
 * Which process a pid means. A pid is used again; a pid with its start time is not. The command
 * line is a third check: whatever does not fit is doubt, and a process in doubt is never signalled.
 */
import * as z from "zod";
import { describeOnLinux } from "./linux.ts";
import { describeOnMacOS } from "./macos.ts";
import { describeOnWindows } from "./windows.ts";

export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  /** In the platform's own words; equal texts mean the same moment. */
  startTime: z.string().min(1),
  /** The command line, one by one; as one text where the system does not part it (macOS). */
  args: z.array(z.string()),
});
export type ProcessIdentity = z.output<typeof processIdentitySchema>;

export type Described = Omit<ProcessIdentity, "pid">;

/**
 * - `same`: it runs.
 * - `gone`: it has ended; its pid is free or another process's.
 * - `unknown`: the system did not tell, or start time and command line contradict each other.
 */
export type Verdict = "same" | "gone" | "unknown";

/**
 * `undefined` when there is no such process.
 * @throws when the system does not tell.
 */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const described = await describe(pid);
  return described && { pid, ...described };
}

function describe(pid: number): Promise<Described | undefined> {
  switch (process.platform) {
    case "linux":
      return describeOnLinux(pid);
    case "win32":
      return describeOnWindows(pid);
    default:
      return describeOnMacOS(pid);
  }
}

export async function isSame(recorded: ProcessIdentity): Promise<Verdict> {
  if (!isAlive(recorded.pid)) return "gone";
  try {
    return compare(recorded, await identify(recorded.pid));
  } catch {
    return isAlive(recorded.pid) ? "unknown" : "gone";
  }
}

export function compare(recorded: Described, found: Described | undefined): Verdict {
  if (!found || found.startTime !== recorded.startTime) return "gone";
  return isSameCommand(recorded.args, found.args) ? "same" : "unknown";
}

/** Argument by argument, or as one text where either side has only that. */
export function isSameCommand(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 1 || b.length === 1) return a.join(" ") === b.join(" ");
  return a.length === b.length && a.every((arg, i) => arg === b[i]);
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
