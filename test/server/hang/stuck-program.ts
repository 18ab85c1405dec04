/** A program that is stuck in a way of its own, and whether it goes on living. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Peg = "loop" | "regex" | "native" | "recursion" | "allocation";

export interface StuckProgram {
  readonly pid: number;
  /** What it wrote to standard error. */
  errors(): string;
  /** Whether it burns processor time and is not stopped. */
  runsOn(): Promise<boolean>;
  end(): void;
}

export async function stuckProgram(
  peg: Peg,
  { node = process.execPath, flags = [], args = [] }: Options = {},
): Promise<StuckProgram> {
  const script = join(import.meta.dirname, "pegs", `${peg}.cjs`);
  const child = spawn(node, [...flags, script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  await once(child.stdout!, "data");
  // It says so just before.
  await sleep(150);
  const pid = child.pid!;
  return {
    pid,
    errors: () => errors,
    async runsOn() {
      if (child.exitCode !== null) return false;
      const before = processorTicks(pid);
      for (let i = 0; i < 100; i++) {
        await sleep(50);
        if (processorTicks(pid) > before + 2) return true;
      }
      return false;
    },
    end: () => child.kill("SIGKILL"),
  };
}

interface Options {
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
}

/** The renderer of a browser that stays busier than any other, and not for its start alone. */
export async function burningRenderer(parent: number, tries = 100): Promise<number> {
  let busyBefore: number | undefined;
  for (let i = 0; i < tries; i++) {
    const before = ticksBelow(parent);
    await sleep(200);
    const spent = [...ticksBelow(parent)].map(([pid, ticks]) => ({
      pid,
      ticks: ticks - (before.get(pid) ?? ticks),
    }));
    const [first, second] = spent.sort((a, b) => b.ticks - a.ticks);
    // On a machine that is busy with other things its share is small, and idle ones have none.
    const isBurning = first && first.ticks > 2 && first.ticks > 3 * (second?.ticks ?? 0);
    if (isBurning && first.pid === busyBefore) return first.pid;
    busyBefore = isBurning ? first.pid : undefined;
  }
  throw new Error(`Nothing below ${parent} is busy.`);
}

function ticksBelow(parent: number): Map<number, number> {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = new Map<number, number>();
  const parents = new Map(all.map((name) => [Number(name), parentOf(Number(name))]));
  for (const pid of parents.keys()) {
    let above: number | undefined = pid;
    while (above !== undefined && above !== parent) above = parents.get(above);
    if (above === parent && isRenderer(pid)) found.set(pid, ticksOrNone(pid));
  }
  return found;
}

function isRenderer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
  } catch {
    return false;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function ticksOrNone(pid: number): number {
  try {
    return processorTicks(pid);
  } catch {
    return 0;
  }
}

function processorTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
