/**
 * Lists the Node processes of this machine that this user can see: from `/proc` on Linux, `ps` on
 * macOS and CIM on Windows.
 */
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { run, type Tool } from "./run.ts";

export interface NodeProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Absolute path, where the system tells. */
  readonly cwd?: string;
  /** Share of one core, 0 to the number of cores; absent when the system does not tell. */
  readonly cpu?: number;
  /**
   * Share of the time in which the main thread ran, or would have but for others on the processor;
   * absent where the system does not tell the two from waiting for work.
   */
  readonly mainBusy?: number;
  /** `host:port` of the inspector that the command line opens. */
  readonly inspector?: string;
}

/** A process at one moment. */
interface Snapshot extends Omit<NodeProcess, "inspector"> {
  /** Processor time since it started. */
  readonly cpuSeconds?: number;
  /** Time that the main thread ran or stood in line for a processor since it started. */
  readonly mainBusySeconds?: number | undefined;
}

/** Busiest first, without this process. */
export async function listNodeProcesses(signal?: AbortSignal): Promise<NodeProcess[]> {
  const found = await listByPlatform(signal);
  return found
    .filter(({ pid }) => pid !== process.pid)
    .map((each) => ({ ...each, ...inspectorOf(each.commandLine) }))
    .sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0) || b.pid - a.pid);
}

function listByPlatform(signal?: AbortSignal): Promise<Snapshot[]> {
  if (process.platform === "linux") return listFromProc(signal);
  if (process.platform === "win32") return listFromCim(signal);
  return listFromPs(signal);
}

const nodeName = /^node(js)?(\.exe)?$/i;

const samplingMs = 250;

async function listFromProc(signal?: AbortSignal): Promise<Snapshot[]> {
  const before = await snapshotOfProc();
  const start = performance.now();
  await sleep(samplingMs, undefined, { signal });
  const after = await snapshotOfProc();
  return withShares(before, after, (performance.now() - start) / 1000);
}

/** The later snapshot's processes, with their shares of the time between the two. */
export function withShares(
  before: readonly Snapshot[],
  after: readonly Snapshot[],
  seconds: number,
): Snapshot[] {
  const byPid = new Map(before.map((each) => [each.pid, each]));
  const share = (later?: number, earlier?: number) =>
    later === undefined || earlier === undefined
      ? undefined
      : Math.max(0, later - earlier) / seconds;
  return after.map(({ cpuSeconds, mainBusySeconds, ...each }) => {
    const earlier = byPid.get(each.pid);
    const cpu = share(cpuSeconds, earlier?.cpuSeconds);
    const mainBusy = share(mainBusySeconds, earlier?.mainBusySeconds);
    return {
      ...each,
      ...(cpu !== undefined && { cpu }),
      ...(mainBusy !== undefined && { mainBusy }),
    };
  });
}

async function snapshotOfProc(): Promise<Snapshot[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProc(Number(pid))));
  return found.filter((each) => each !== undefined);
}

/** Nothing for a process that is not Node, has ended, or belongs to someone else. */
async function readProc(pid: number): Promise<Snapshot | undefined> {
  try {
    const exe = (await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, "");
    if (!nodeName.test(exe.slice(exe.lastIndexOf("/") + 1))) return undefined;
    const [commandLine, stat, schedule, cwd] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
      // Not every kernel keeps it.
      readFile(`/proc/${pid}/schedstat`, "utf8").catch(() => ""),
      readlink(`/proc/${pid}/cwd`),
    ]);
    return {
      pid,
      commandLine: commandLine.split("\0").join(" ").trim(),
      cwd,
      cpuSeconds: cpuSecondsOfStat(stat),
      mainBusySeconds: busySecondsOfSchedule(schedule),
    };
  } catch {
    return undefined;
  }
}

/** The unit of times in `/proc`, the same on every Linux. */
const ticksPerSecond = 100;

/** Fields 14 and 15; the name in field 2 may itself hold blanks and parentheses. */
export function cpuSecondsOfStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** `nanoseconds-run nanoseconds-in-line slices`, of one thread. */
export function busySecondsOfSchedule(schedule: string): number | undefined {
  const [, ran, waited] = /^(\d+) (\d+) \d+$/.exec(schedule.trim()) ?? [];
  return ran === undefined ? undefined : (Number(ran) + Number(waited)) / 1e9;
}

const ps: Tool = { command: "/bin/ps", howToGet: "It is a part of macOS." };

async function listFromPs(signal?: AbortSignal): Promise<Snapshot[]> {
  const options = { timeoutMs: 10_000, ...(signal && { signal }) };
  const [names, lines] = await Promise.all([
    run(ps, ["-axww", "-o", "pid=,comm="], options),
    run(ps, ["-axww", "-o", "pid=,%cpu=,args="], options),
  ]);
  return parsePs(names.stdout, lines.stdout);
}

/** `names` has lines of `pid comm`, `lines` of `pid %cpu args`. */
export function parsePs(names: string, lines: string): Snapshot[] {
  const nodes = new Set<number>();
  for (const [, pid, command] of names.matchAll(/^\s*(\d+)\s+(.+?)\s*$/gm)) {
    if (nodeName.test(command!.slice(command!.lastIndexOf("/") + 1))) nodes.add(Number(pid));
  }
  return [...lines.matchAll(/^\s*(\d+)\s+([\d.,]+)\s+(.+?)\s*$/gm)]
    .filter(([, pid]) => nodes.has(Number(pid)))
    .map(([, pid, percent, commandLine]) => ({
      pid: Number(pid),
      commandLine: commandLine!,
      // Some locales write a comma.
      cpu: Number(percent!.replace(",", ".")) / 100,
    }));
}

const powershell: Tool = {
  command: "powershell.exe",
  howToGet: "It is a part of Windows; see that it is on PATH.",
};

const cimScript = `
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [System.Text.Encoding]::UTF8
function Get-Nodes {
  @(Get-CimInstance Win32_Process -Filter "Name='node.exe'" |
    Select-Object ProcessId, CommandLine, KernelModeTime, UserModeTime)
}
$before = Get-Nodes
Start-Sleep -Milliseconds ${samplingMs}
ConvertTo-Json -Compress -Depth 3 @{ before = $before; after = Get-Nodes }
`;

async function listFromCim(signal?: AbortSignal): Promise<Snapshot[]> {
  const args = ["-NoProfile", "-NonInteractive", "-Command", cimScript];
  const { stdout } = await run(powershell, args, { timeoutMs: 20_000, ...(signal && { signal }) });
  return parseCim(stdout);
}

interface CimProcess {
  readonly ProcessId: number;
  /** Null for a process of someone else. */
  readonly CommandLine: string | null;
  /** In 100 ns, as a number or a string. */
  readonly KernelModeTime: number | string;
  readonly UserModeTime: number | string;
}

export function parseCim(json: string): Snapshot[] {
  const { before, after } = JSON.parse(json) as Record<"before" | "after", CimProcess[]>;
  const snapshot = (processes: CimProcess[]) =>
    processes
      .filter(({ CommandLine }) => CommandLine !== null)
      .map((each) => ({
        pid: each.ProcessId,
        commandLine: each.CommandLine!,
        cpuSeconds: (Number(each.KernelModeTime) + Number(each.UserModeTime)) / 1e7,
      }));
  return withShares(snapshot(before), snapshot(after), samplingMs / 1000);
}

const defaultInspectorPort = 9229;

/** The inspector that `--inspect`, `--inspect-brk` or `--inspect-wait` opens, if one is given. */
export function inspectorOf(commandLine: string): { inspector?: string } {
  const flag = /\s--inspect(?:-brk|-wait)?(?:=(\S+))?(?=\s|$)/.exec(commandLine);
  if (!flag) return {};
  const value = flag[1] ?? "";
  const port = /^\d+$/.test(value) ? value : /:(\d+)$/.exec(value)?.[1];
  if (port === "0") return {};
  const host = /^(?:\d+|)$/.test(value) ? "" : value.replace(/:\d+$/, "");
  const reachable = host === "" || host === "0.0.0.0" ? "127.0.0.1" : host;
  return { inspector: `${reachable}:${port ?? defaultInspectorPort}` };
}
