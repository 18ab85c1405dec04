/**
 * A runner from the cache: what it costs to check an entry and to launch from it, beside the least
 * that a restore by copies would cost; and what a fingerprint costs, cold and warm, the event loop
 * included. Of several runs the median.
 *
 * `npm run bench -- runner [--quick]`.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { cacheKey } from "../../src/runner/cache/cache-key.ts";
import { type Entry, EntryStore } from "../../src/runner/cache/entry-store.ts";
import { Hasher } from "../../src/runner/hashing/hasher.ts";
import type { ProductFile } from "../../src/runner/hashing/product-list.ts";
import { sampleOf } from "../../src/runner/hashing/sample.ts";
import { launch } from "../../src/runner/launch.ts";
import { statePlaces } from "../../src/runner/places.ts";
import { profiles } from "../../src/runner/platforms.ts";
import { ProcessRecords } from "../../src/runner/processes/process-records.ts";
import { sourceFingerprint } from "../../src/runner/source-fingerprint.ts";
import type { Environment } from "../../src/toolchain/environment.ts";
import { withAppleTools } from "../toolchain/scenario.ts";
import { metadata } from "../unit/runner/support/metadata.ts";
import { LoopWatch } from "./loop-watch.ts";

const host = "Debug/R-Runner.app";
const bundleId = "com.example.R";
const testRun = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>R</key><dict>
<key>BlueprintName</key><string>R</string>
<key>TestHostPath</key><string>__TESTROOT__/${host}</string>
<key>TestBundlePath</key><string>__TESTHOST__/PlugIns/R.xctest</string>
<key>TestHostBundleIdentifier</key><string>${bundleId}</string>
</dict></dict></plist>
`;

export async function bench(args: readonly string[]): Promise<void> {
  const isQuick = args.includes("--quick");
  const root = mkdtempSync(join(tmpdir(), "hangscope-bench-"));
  const hasher = new Hasher();
  try {
    await benchRestore(root, hasher, isQuick);
    await benchFingerprint(root, isQuick ? 1_000 : 10_000, isQuick ? 3 : 9);
  } finally {
    await hasher.dispose();
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function benchRestore(root: string, hasher: Hasher, isQuick: boolean): Promise<void> {
  const store = new EntryStore(join(root, "cache"), hasher);
  await store.prepareFolder();
  const { manifest, ...entry } = await makeEntry(store, hasher, isQuick ? 500 : 5_000);
  const tools = withAppleTools({ times: { scale: 0 } });
  const times = { check: [], launch: [], least: [], programs: [] } as Record<string, number[]>;
  try {
    for (let i = 0; i < (isQuick ? 3 : 9); i++) {
      const clone = join(root, `clone-${i}`);
      const files = join(clone, "R.xctestrun");
      times["check"]!.push(await timed(() => check(store, manifest.key)));
      times["launch"]!.push(await launchTimed({ manifest, ...entry }, root, tools.env));
      times["least"]!.push(await timed(async () => linkAndHash({ manifest, ...entry }, clone)));
      times["programs"]!.push(await timed(() => runPrograms(files, tools.env)));
      rmSync(clone, { recursive: true, force: true });
    }
  } finally {
    tools.remove();
  }
  const [checked, launched, least, programs] = ["check", "launch", "least", "programs"].map(
    (name) => median(times[name]!),
  ) as [number, number, number, number];
  const size = `${manifest.files.count} files, ${(manifest.bytes / 1e6).toFixed(0)} MB`;
  // The stand-ins of Apple's programs take longer to start than all that is measured.
  const ours = checked + Math.max(0, launched - programs);
  row(`restore of ${size}`);
  row("  check", `${checked.toFixed(1)} ms`);
  row(
    "  launch",
    `${launched.toFixed(0)} ms, of which the programs alone ${programs.toFixed(0)} ms`,
  );
  row("  hardlinks, and one hash pass of the sample", `${least.toFixed(1)} ms`);
  row("  check alone", ratio(checked, least));
  row("  check and launch, without the programs", `${ratio(ours, least)} (goal: at most 1.5)`);
  row("  check and launch, programs on both sides", ratio(checked + launched, least + programs));
}

async function check(store: EntryStore, key: string): Promise<void> {
  const found = await store.find(key);
  if (found.kind !== "found") throw new Error("not found");
  const problem = await store.validate(found.entry, { whole: false });
  if (problem !== undefined) throw new Error(problem);
}

async function launchTimed(entry: Entry, root: string, env: Environment): Promise<number> {
  const state = join(root, "state");
  const options = {
    destination: { profile: profiles[0], udid: "U", name: "N", arch: "arm64" },
    test: "R/A/b",
    idleSeconds: 60,
    state,
    records: new ProcessRecords(statePlaces(state).processes),
    env,
    signal: new AbortController().signal,
  };
  const start = performance.now();
  const runner = await launch(entry, options);
  const ms = performance.now() - start;
  await runner.end();
  return ms;
}

/** What any launch has to run before xcodebuild. */
async function runPrograms(file: string, env: Environment): Promise<void> {
  const run = (command: string, ...args: string[]) => execa(command, args, { env, reject: false });
  await run("plutil", "-convert", "json", "-o", "-", file);
  await run("xcrun", "simctl", "uninstall", "U", bundleId);
  await run("plutil", "-convert", "xml1", "-o", `${file}.patched`, file);
}

function linkAndHash(entry: Entry, to: string): void {
  const files = JSON.parse(readFileSync(join(entry.folder, "files.json"), "utf8")) as ProductFile[];
  const made = new Set<string>();
  for (const { path } of files) {
    const target = join(to, path);
    const folder = dirname(target);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    linkSync(join(entry.products, path), target);
  }
  for (const i of sampleOf(files, entry.manifest.essential)) {
    createHash("sha256")
      .update(readFileSync(join(to, files[i]!.path)))
      .digest();
  }
}

async function makeEntry(store: EntryStore, hasher: Hasher, count: number): Promise<Entry> {
  const key = cacheKey(metadata);
  const prepared = join(store.staging(key), "entry");
  const products = join(prepared, "products");
  const bytes = randomBytes(100_000);
  for (let i = 0; i < count; i++) {
    const folder = join(products, `${host}/Resources/${i % 50}`);
    if (i < 50) mkdirSync(folder, { recursive: true });
    bytes.writeUInt32LE(i);
    writeFileSync(join(folder, `r${i}.bin`), bytes);
  }
  writeFileSync(join(products, "R.xctestrun"), testRun);
  const to = join(prepared, "files.json");
  const { bytes: size, ...files } = await hasher.ask({ kind: "list", folder: products, to });
  return store.commit(prepared, {
    format: 1,
    id: randomUUID(),
    key,
    metadata,
    createdAt: new Date().toISOString(),
    testRun: "R.xctestrun",
    essential: ["R.xctestrun", host],
    bytes: size,
    files,
  });
}

async function benchFingerprint(root: string, count: number, runs: number): Promise<void> {
  for (const isRepository of [true, false]) {
    const folder = join(root, isRepository ? "repository" : "tree");
    for (let i = 0; i < 100; i++) mkdirSync(join(folder, `Sources/${i}`), { recursive: true });
    mkdirSync(join(folder, "R.xcodeproj"));
    for (let i = 0; i < count; i++) {
      writeFileSync(join(folder, `Sources/${i % 100}/F${i}.swift`), `// ${i}\n`.repeat(100));
    }
    if (isRepository) {
      await execa("git", ["init", "-q"], { cwd: folder });
      await execa("git", ["add", "-A"], { cwd: folder });
    }
    // Only what has settled is remembered.
    await sleep(3_500);
    const options = { project: join(folder, "R.xcodeproj"), scheme: "R", sources: [] };
    const runsOf = {
      cold: [] as Watched[],
      warm: [] as Watched[],
      "nothing at all": [] as Watched[],
    };
    for (let i = 0; i < runs; i++) {
      const hasher = new Hasher();
      const fingerprint = () => sourceFingerprint(options, hasher, {});
      const cold = await watched(fingerprint);
      runsOf.cold.push(cold);
      runsOf.warm.push(await watched(fingerprint));
      // What else this machine does keeps a loop waiting, too.
      runsOf["nothing at all"].push(await watched(() => sleep(cold.ms)));
      await hasher.dispose();
    }
    row(`fingerprint of ${count} files${isRepository ? " in a repository" : ""}`);
    for (const [name, all] of Object.entries(runsOf)) {
      const [ms, stall] = [median(all.map((run) => run.ms)), median(all.map((run) => run.stall))];
      row(
        `  ${name}`,
        `${ms.toFixed(0)} ms, longest stall ${stall.toFixed(1)} ms (goal: at most 15)`,
      );
    }
  }
}

interface Watched {
  readonly ms: number;
  /** The longest, in milliseconds. */
  readonly stall: number;
}

async function watched(work: () => Promise<unknown>): Promise<Watched> {
  const watch = new LoopWatch();
  const ms = await timed(work);
  return { ms, stall: await watch.stop() };
}

function row(name: string, value = ""): void {
  console.log(`${name.padEnd(46)}${value}`.trimEnd());
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
