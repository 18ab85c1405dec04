/**
 * Exports of xctrace, in each shape that Xcode has given stacks: our reader beside saxes and
 * fast-xml-parser, in the same run, with the same consumer for these two. Each reading has a
 * process of its own. Ours counts the start of its thread, which theirs do not have, and theirs the
 * consumer, which takes as long as the parser: so the figures without these stand beside.
 *
 * `npm run bench -- xctrace [--quick]`; the exports are made once and kept in `.vscode-test/bench/`.
 */
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { type StackShape, stackShapes, writeExport } from "../generators/xctrace.ts";
import { healthDuring, row } from "./latencies.ts";
import { endServer } from "./server.ts";
import { type Counts, type Reader, type Reading, readers } from "./xctrace-reading.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cache = join(root, ".vscode-test", "bench");
const programs = join(cache, "xctrace-programs");
const megabyte = 1e6;
/** To be changed with the generator: older exports are made anew. */
const edition = 1;

/** fast-xml-parser runs out of memory beyond. */
const largestTree = 100 * megabyte;
const largestHeap = "--max-old-space-size=8000";

interface Expected {
  readonly samples: number;
  /** Nanoseconds. */
  readonly weight: number;
}

interface Watched extends Reading {
  /** What a loop with nothing to do stalled meanwhile, milliseconds. */
  readonly idleStallMs: number;
}

export async function bench(args: readonly string[]): Promise<void> {
  const isQuick = args.includes("--quick");
  await mkdir(cache, { recursive: true });
  await bundlePrograms();
  const sizes = isQuick ? [44 * megabyte] : [44 * megabyte, 440 * megabyte];
  for (const bytes of sizes) {
    for (const shape of stackShapes) await compare(shape, bytes, isQuick ? 3 : 5);
  }
  await benchServed(exportPath(stackShapes[0], sizes.at(-1)!));
}

function exportPath(shape: StackShape, bytes: number): string {
  return join(cache, `xctrace-${edition}-${shape}-${bytes / megabyte}MB.xml`);
}

/** Health of the server that is shipped while it opens an export. */
async function benchServed(path: string): Promise<void> {
  await execa(process.execPath, ["esbuild.mjs", "--production"], { cwd: root });
  const home = await realpath(await mkdtemp(join(tmpdir(), "hangscope-bench-")));
  process.env["HANGSCOPE_HOME"] = home;
  try {
    const serverScript = join(root, "dist", "server.js");
    const client = await ensureServer({ workspace: home, serverScript });
    const latencies = await healthDuring(client, client.call("profile.open", { path }));
    console.log(`\n${row("health while it opens", latencies)}`);
  } finally {
    await endServer(home);
    await rm(home, { recursive: true, force: true });
  }
}

/** As they are shipped: type stripping would count for time and memory. */
async function bundlePrograms(): Promise<void> {
  await build({
    entryPoints: {
      run: join(root, "test", "bench", "xctrace-run.ts"),
      idle: join(root, "test", "bench", "xctrace-idle.ts"),
      worker: join(root, "src", "profile-worker", "worker.ts"),
    },
    outdir: programs,
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".js" },
    banner: {
      js: 'import { createRequire as createRequireOfBundle } from "node:module";const require = createRequireOfBundle(import.meta.url);',
    },
  });
  await writeFile(join(programs, "package.json"), '{"type":"module"}');
}

async function compare(shape: StackShape, bytes: number, runs: number): Promise<void> {
  const path = exportPath(shape, bytes);
  const expected = await makeExport(path, shape, bytes);
  const { size } = await stat(path);
  console.log(`\n${shape}, ${(size / megabyte).toFixed(0)} MB, ${expected.samples} samples`);
  // Once to have the file in the system's cache.
  for await (const _chunk of createReadStream(path));
  const ours = await middleOf(runs, () => run("hangscope", path));
  console.log(readingRow("hangscope", ours, size, expected));
  for (const reader of readers.slice(1)) {
    if (reader !== "saxes" && size > largestTree) continue;
    const theirRuns = size > largestTree ? 1 : runs;
    const theirs = await middleOf(theirRuns, () => run(reader, path)).catch(
      (error: Error) => error,
    );
    const isReading = !(theirs instanceof Error);
    console.log(
      isReading
        ? readingRow(reader, theirs, size, expected, ours)
        : `  ${reader.padEnd(22)} failed: ${theirs.message.split("\n")[0]}`,
    );
  }
}

async function makeExport(path: string, shape: StackShape, bytes: number): Promise<Expected> {
  const about = `${path}.json`;
  if (!existsSync(about)) {
    console.log(`Making ${path} …`);
    const { samples, weight } = await writeExport(`${path}.part`, { shape, bytes });
    await rename(`${path}.part`, path);
    await writeFile(about, JSON.stringify({ samples, weight } satisfies Expected));
  }
  return JSON.parse(await readFile(about, "utf8")) as Expected;
}

async function run(reader: Reader, path: string): Promise<Watched> {
  const heap = reader === "hangscope" ? [] : [largestHeap];
  const idle = execa(process.execPath, [join(programs, "idle.js")]);
  try {
    const { stdout } = await execa(process.execPath, [
      ...heap,
      join(programs, "run.js"),
      reader,
      path,
    ]);
    idle.stdin.end();
    const idleStallMs = Number((await idle).stdout);
    return { ...(JSON.parse(stdout) as Reading), idleStallMs };
  } finally {
    idle.kill();
  }
}

/** The middle of several runs by time, with the worst memory and the middle stall of all. */
async function middleOf(runs: number, take: () => Promise<Watched>): Promise<Watched> {
  const all: Watched[] = [];
  for (let i = 0; i < runs; i++) all.push(await take());
  const middle = all.toSorted((a, b) => a.seconds - b.seconds)[runs >> 1]!;
  const peakMiB = Math.max(...all.map((each) => each.peakMiB));
  const stalls = all.toSorted((a, b) => a.stallMs - b.stallMs)[runs >> 1]!;
  return { ...middle, peakMiB, stallMs: stalls.stallMs, idleStallMs: stalls.idleStallMs };
}

function readingRow(
  name: string,
  reading: Watched,
  bytes: number,
  expected: Expected,
  ours?: Watched,
): string {
  const { seconds, startSeconds, peakMiB, stallMs, idleStallMs, counts } = reading;
  const isRight = counts === undefined || isExpected(counts, expected);
  if (!isRight) process.exitCode = 1;
  const columns = [
    `${seconds.toFixed(2)} s`.padStart(9),
    `${(bytes / megabyte / seconds).toFixed(0)} MB/s`.padStart(10),
    `${peakMiB.toFixed(0)} MiB`.padStart(10),
    `stall ${stallMs.toFixed(0)} ms (idle ${idleStallMs.toFixed(0)})`.padStart(28),
  ];
  const about = ours
    ? `${ratio(seconds, ours.seconds)} times ours, ${ratio(seconds - startSeconds, ours.seconds - ours.startSeconds)} without the start`
    : `${(startSeconds * 1000).toFixed(0)} ms of it to start`;
  return `  ${name.padEnd(22)}${columns.join("")}  ${about}${isRight ? "" : "  WRONG"}`;
}

function isExpected({ samples, weight }: Counts, expected: Expected): boolean {
  return samples === expected.samples && Math.abs(weight - expected.weight / 1000) < samples;
}

function ratio(theirs: number, ours: number): string {
  return (theirs / ours).toFixed(1);
}
