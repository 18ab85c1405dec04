/**
 * V8 logs of a real compiler load: our command line beside Node's own `--prof-process` and
 * `--preprocess`, in the same run, and whether both see the same JavaScript stacks.
 *
 * `npm run bench -- v8 [--quick]`; the logs are made once and kept in `.vscode-test/bench/`.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { v8LogReader } from "../../src/formats/v8-log/reader.ts";
import { profileStacks, readOracle } from "../generators/v8-log-oracle.ts";
import { installedNode, nodeVersions } from "../support/nodes.ts";
import { type Measured, measure, measureMedian } from "./measure.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cache = join(root, ".vscode-test", "bench");
const cli = join(root, "dist", "cli.js");
const megabyte = 1e6;

interface Case {
  readonly node: string;
  readonly version: string;
  readonly bytes: number;
}

export async function bench(args: readonly string[]): Promise<void> {
  const isQuick = args.includes("--quick");
  await mkdir(cache, { recursive: true });
  await execa(process.execPath, ["esbuild.mjs", "--production"], { cwd: root });
  const sizes = isQuick ? [20 * megabyte] : [45 * megabyte, 240 * megabyte];
  for (const { node, version } of nodes(isQuick)) {
    for (const bytes of sizes) {
      // The peers need minutes for the larger log.
      const runs = isQuick ? [3, 1] : [7, bytes > 100 * megabyte ? 1 : 3];
      await compare({ node, version, bytes }, runs[0]!, runs[1]!);
    }
  }
}

async function compare(each: Case, runs: number, theirRuns: number): Promise<void> {
  const log = await makeLog(each);
  const { size } = await stat(log);
  const out = join(cache, "output.txt");
  const heap = "--max-old-space-size=12000";
  // Once to have the file in the system's cache, and native names in ours.
  await measure(process.execPath, [cli, "analyze", log, "--json"], out);
  const ours = await measureMedian(runs, process.execPath, [cli, "analyze", log, "--json"], out);
  const theirs = (...args: string[]) =>
    measureMedian(theirRuns, each.node, [heap, "--prof-process", ...args, log], out);
  const preprocess = await theirs("--preprocess");
  const expected = preprocess.failure === "" ? await readOracle(out) : [];
  const processed = await theirs();
  await rm(out, { force: true });

  console.log(`\nNode ${each.version}, ${(size / megabyte).toFixed(0)} MB`);
  console.log(row("hangscope analyze", ours, size));
  console.log(row("--preprocess", preprocess, size, ours));
  console.log(row("--prof-process", processed, size, ours));
  const found = profileStacks(await v8LogReader.read(log));
  const different = found.filter((stack, i) => stack !== expected[i]).length;
  const verdict =
    different === 0 && found.length === expected.length ? "all equal" : `${different} differ`;
  console.log(`  JavaScript stacks of ${found.length} ticks (of ${expected.length}): ${verdict}`);
  if (verdict !== "all equal") process.exitCode = 1;
}

function row(name: string, measured: Measured, bytes: number, ours?: Measured): string {
  if (measured.failure) return `  ${name.padEnd(18)} failed: ${measured.failure.split("\n")[0]}`;
  const throughput = (bytes / megabyte / measured.seconds).toFixed(0);
  const columns = [
    `${measured.seconds.toFixed(2)} s`.padStart(9),
    `${throughput} MB/s`.padStart(10),
    `${measured.peakMiB.toFixed(0)} MiB`.padStart(10),
  ];
  const ratio = ours ? `  ${(measured.seconds / ours.seconds).toFixed(1)} times ours` : "";
  return `  ${name.padEnd(18)}${columns.join("")}${ratio}`;
}

/** This Node, and a Node 20 where the long tests have left one. */
function nodes(isQuick: boolean): { node: string; version: string }[] {
  const own = { node: process.execPath, version: process.versions.node };
  const older = nodeVersions
    .filter((version) => version.startsWith("20."))
    .map((version) => ({ node: installedNode(version), version }))
    .filter(({ node }) => existsSync(node));
  return isQuick ? [own] : [own, ...older];
}

async function makeLog({ node, version, bytes }: Case): Promise<string> {
  const log = join(cache, `node-${version}-${bytes / megabyte}MB-v8.log`);
  if (existsSync(log)) return log;
  console.log(`Making ${log} by compiling with Node ${version} …`);
  const partial = `${log}.part`;
  const load = join(root, "test", "bench", "v8-load.cjs");
  await execa(node, [
    "--prof",
    "--no-logfile-per-isolate",
    `--logfile=${partial}`,
    load,
    partial,
    String(bytes),
  ]);
  await rename(partial, log);
  return log;
}
