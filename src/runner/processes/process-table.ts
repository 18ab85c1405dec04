/** Finds and ends programs by what no other program has: a marker on the command line. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive } from "../../toolchain/process-identity/identity.ts";
import { run } from "../../toolchain/run.ts";
import type { Started } from "./process-records.ts";

/** Milliseconds between SIGTERM and SIGKILL, and how long a killed one may take to go. */
export const graceMs = 2_000;
const goneMs = 5_000;
const pollMs = 25;

/** Whether it still is the program that was started. */
export async function isProgram({ pid, startTime }: Started, marker: string): Promise<boolean> {
  const found = await identify(pid).catch(() => undefined);
  return found?.startTime === startTime && found.args.join(" ").includes(marker);
}

/**
 * Whether it has not ended yet, asked over and over: without starting a program for it, as `ps`
 * would be. Good for waiting only, never for signalling.
 */
export async function hasNotEnded(program: Started, marker: string): Promise<boolean> {
  if (!isAlive(program.pid)) return false;
  return process.platform === "linux" ? isProgram(program, marker) : true;
}

/** Ends a group by its leader; does nothing when that is gone or another. */
export async function endGroup(program: Started, marker: string): Promise<void> {
  for (const [signal, ms] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", goneMs],
  ] as const) {
    if (!(await isProgram(program, marker))) return;
    signalGroup(program.pid, signal);
    const until = performance.now() + ms;
    while (performance.now() < until) {
      await sleep(pollMs);
      if (!(await hasNotEnded(program, marker))) {
        // Whatever it had started and did not end.
        if (signal === "SIGTERM") signalGroup(program.pid, "SIGKILL");
        return;
      }
    }
  }
}

/** False when there is no such group any more. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Programs that lead a group and have the marker on their command line. */
export async function findByMarker(marker: string): Promise<Started[]> {
  const pids = process.platform === "linux" ? await listProc(marker) : await listPs(marker);
  const found: Started[] = [];
  for (const pid of pids) {
    const program = await identify(pid).catch(() => undefined);
    if (program && pid !== process.pid) found.push({ pid, startTime: program.startTime });
  }
  return found;
}

async function listProc(marker: string): Promise<number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const [line, stat] = await Promise.all([
        readFile(`/proc/${name}/cmdline`, "utf8").catch(() => ""),
        readFile(`/proc/${name}/stat`, "utf8").catch(() => ""),
      ]);
      const group = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
      return line.replaceAll("\0", " ").includes(marker) && group === name ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

const ps = { command: "/bin/ps", howToGet: "It is a part of macOS." };

async function listPs(marker: string): Promise<number[]> {
  if (process.platform === "win32") return [];
  const { stdout } = await run(ps, ["-axww", "-o", "pid=,pgid=,command="], { timeoutMs: 10_000 });
  return parseGroupLeaders(stdout, marker);
}

/** Rows of `pid pgid command`. */
export function parseGroupLeaders(text: string, marker: string): number[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)]
    .filter(([, pid, group, command]) => pid === group && command!.includes(marker))
    .map(([, pid]) => Number(pid));
}
