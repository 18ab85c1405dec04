/** Memory and work of processes that a browser and a VS Code server started. Linux only. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";

/** Peak resident memory in MiB; NaN for a process that is not there. */
export interface WindowMemory {
  /** The largest renderer of the browser: workbench and webview share it. */
  readonly renderer: number;
  readonly extensionHost: number;
  /** Our background process; 0 when none was started. */
  readonly toolServer: number;
}

/** @param mark `NAME=value` that the VS Code server's environment holds and no other's */
export async function windowMemory(page: Page, mark: string): Promise<WindowMemory> {
  const own = await processesWith(mark);
  const peakOf = async (part: string) => {
    const found = own.filter(({ command }) => command.includes(part));
    return Math.max(0, ...(await Promise.all(found.map(({ pid }) => peakMiB(pid)))));
  };
  return {
    renderer: await rendererPeak(page),
    extensionHost: await peakOf("--type=extensionHost"),
    toolServer: await peakOf("dist/server.js"),
  };
}

/** Ends when the extension hosts have hardly worked for two seconds. */
export async function extensionHostRests(mark: string): Promise<void> {
  for (let quiet = 0, before = Number.NaN; quiet < 4; await sleep(500)) {
    const own = await processesWith(mark);
    const hosts = own.filter(({ command }) => command.includes("--type=extensionHost"));
    const ticks = (await Promise.all(hosts.map(({ pid }) => cpuTicks(pid)))).reduce(sum, 0);
    quiet = hosts.length > 0 && ticks - before <= 2 ? quiet + 1 : 0;
    before = ticks;
  }
}

function sum(a: number, b: number): number {
  return a + b;
}

/** Hundredths of a second in user and system mode: fields 14 and 15. */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

async function rendererPeak(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) return Number.NaN;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return Math.max(...(await Promise.all(renderers.map(({ id }) => peakMiB(id)))));
}

async function processesWith(mark: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const entry of await readdir("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(mark)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    found.push({ pid, command: command.replaceAll("\0", " ") });
  }
  return found;
}

async function peakMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const match = /^VmHWM:\s+(\d+) kB/m.exec(status);
  return match ? Number(match[1]) / 1024 : Number.NaN;
}
