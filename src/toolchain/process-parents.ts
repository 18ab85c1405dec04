/** Who started which process: from `/proc` on Linux, `ps` on macOS and CIM on Windows. */
import { readdir, readFile } from "node:fs/promises";
import { run, type Tool } from "./run.ts";

/** By pid. */
export type Parents = ReadonlyMap<number, number>;

/** @throws ToolError where the system's own tool fails; the signal's reason when aborted. */
export async function processParents(signal?: AbortSignal): Promise<Parents> {
  if (process.platform === "linux") return parentsInProc();
  const options = { timeoutMs: 20_000, ...(signal && { signal }) };
  if (process.platform === "win32") {
    const args = ["-NoProfile", "-NonInteractive", "-Command", cimScript];
    return parseParents((await run(powershell, args, options)).stdout);
  }
  return parseParents((await run(ps, ["-axo", "pid=,ppid="], options)).stdout);
}

/** The first of those wanted that started the process, directly or not, or that it is itself. */
export function ancestorAmong(
  wanted: ReadonlySet<number>,
  pid: number,
  parents: Parents,
): number | undefined {
  // A pid that was given anew can close a circle.
  const seen = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (wanted.has(at)) return at;
    seen.add(at);
  }
  return undefined;
}

/** Lines of `pid ppid`. */
export function parseParents(text: string): Parents {
  const pairs = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)];
  return new Map(pairs.map(([, pid, parent]) => [Number(pid), Number(parent)]));
}

async function parentsInProc(): Promise<Parents> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const pairs = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
      return stat === undefined ? undefined : ([Number(pid), parentOfStat(stat)] as const);
    }),
  );
  return new Map(pairs.filter((pair) => pair !== undefined));
}

/** Field 4; the name in field 2 may itself hold blanks and parentheses. */
export function parentOfStat(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

const ps: Tool = { command: "/bin/ps", howToGet: "It is a part of macOS." };
const powershell: Tool = {
  command: "powershell.exe",
  howToGet: "It is a part of Windows; see that it is on PATH.",
};
const cimScript =
  "Get-CimInstance Win32_Process | ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.ParentProcessId }";
