/** Wall time and peak memory of another process. */
import { readFile } from "node:fs/promises";
import { execa } from "execa";

export interface Measured {
  readonly seconds: number;
  /** MiB; NaN where the system does not tell. */
  readonly peakMiB: number;
  /** What went wrong, or `""`. */
  readonly failure: string;
}

/** Runs to the end with standard output in a file, so that no reader slows it down. */
export async function measure(
  command: string,
  args: readonly string[],
  outputFile: string,
): Promise<Measured> {
  const started = performance.now();
  const child = execa(command, args, {
    stdout: { file: outputFile },
    stderr: "ignore",
    reject: false,
    buffer: false,
  });
  let peak = Number.NaN;
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    // The kernel keeps the high-water mark: a late look misses only the last moment.
    const match = /^VmHWM:\s+(\d+) kB/m.exec(status);
    if (match) peak = Number(match[1]) / 1024;
  }, 20);
  const result = await child;
  clearInterval(sampling);
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds,
    peakMiB: peak,
    failure: result.failed ? (result.shortMessage ?? "failed") : "",
  };
}

/** The middle of several runs, which other work of the machine shifts least. */
export async function measureMedian(
  runs: number,
  command: string,
  args: readonly string[],
  outputFile: string,
): Promise<Measured> {
  const all: Measured[] = [];
  for (let i = 0; i < runs; i++) all.push(await measure(command, args, outputFile));
  const peakMiB = Math.max(...all.map((each) => each.peakMiB));
  const failed = all.find(({ failure }) => failure !== "");
  if (failed) return failed;
  const middle = all.toSorted((a, b) => a.seconds - b.seconds)[runs >> 1]!;
  return { ...middle, peakMiB };
}
