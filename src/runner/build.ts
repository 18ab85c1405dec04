/** Builds a runner in its staging folder, telling what the compiler says as it says it. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runXcrun } from "../capture/apple/xcode.ts";
import type { Environment } from "../toolchain/environment.ts";
import { type BuildPlan, buildArguments } from "./build-arguments.ts";
import type { ArtifactMetadata } from "./cache/cache-key.ts";
import type { Entry, EntryStore } from "./cache/entry-store.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { mergeDiagnostics } from "./diagnostics/merge.ts";
import { readBuildResults } from "./diagnostics/result-bundle.ts";
import { XcodebuildLines } from "./diagnostics/xcodebuild-lines.ts";
import { environmentFault } from "./environment-faults.ts";
import type { Hasher } from "./hashing/hasher.ts";
import type { ProcessRecords } from "./processes/process-records.ts";
import { type Exit, XcodeProcess } from "./processes/xcode-process.ts";
import { fileFault, fullDisk, RunnerError, writeBelow } from "./runner-error.ts";
import {
  essentialPaths,
  findTestRun,
  readTestRun,
  relocatable,
  writeTestRun,
} from "./xctestrun.ts";

export interface BuildOptions {
  readonly key: string;
  readonly metadata: ArtifactMetadata;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** All there are so far. */
  readonly onDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
}

export interface Builder {
  readonly store: EntryStore;
  readonly hasher: Hasher;
  readonly records: ProcessRecords;
}

const keptOutputLines = 80;
const resultsLimitMs = 20_000;

/**
 * With the key's lock in hand. Goes on with what an interrupted build has left; leaves an entry,
 * or nothing.
 * @throws RunnerError `build-failed` and those of the environment; its diagnostics have been told.
 */
export async function build(
  plan: BuildPlan,
  options: BuildOptions,
  { store, hasher, records }: Builder,
): Promise<Entry> {
  const { key, signal } = options;
  const staging = store.staging(key);
  try {
    await writeBelow(store.folder, () => mkdir(staging, { recursive: true }));
    await runXcodebuild(plan, staging, options, records);
    return await keep(staging, options, { store, hasher });
  } catch (error) {
    await store.discardStaging(key).catch(() => {});
    signal.throwIfAborted();
    throw fileFault(store.folder, error) ?? error;
  }
}

async function runXcodebuild(
  plan: BuildPlan,
  staging: string,
  { key, env, signal, onLine, onDiagnostics }: BuildOptions,
  records: ProcessRecords,
): Promise<void> {
  const resultBundle = join(staging, "build.xcresult");
  // xcodebuild refuses one that is there.
  await rm(resultBundle, { recursive: true, force: true });
  const cwd = dirname(plan.project);
  const lines = new XcodebuildLines(cwd);
  const output: string[] = [];
  let told = 0;
  const take = (raw: string) => {
    const line = stripVTControlCharacters(raw).trimEnd();
    if (output.push(line) > keptOutputLines) output.shift();
    lines.push(raw);
    onLine(line);
    if (lines.changes === told) return;
    told = lines.changes;
    onDiagnostics(lines.diagnostics);
  };
  signal.throwIfAborted();
  const record = await records.begin(staging);
  const xcodebuild = await XcodeProcess.start({
    args: buildArguments(plan, {
      derivedData: join(staging, "DerivedData"),
      resultBundle,
      fingerprint: key,
    }),
    cwd,
    env,
    records,
    record,
    onLine: take,
  }).catch(async (error) => {
    await records.end(record);
    throw error;
  });
  const exit = await untilExit(xcodebuild, signal);
  lines.end();
  const all = mergeDiagnostics(lines.diagnostics, await readResults(resultBundle, env, signal));
  onDiagnostics(all);
  if (exit.exitCode !== 0) throw await buildFailure(exit, output.join("\n"), all, staging);
}

/** The program is gone when this settles, however it settles. */
async function untilExit(xcodebuild: XcodeProcess, signal: AbortSignal): Promise<Exit> {
  const stop = () => void xcodebuild.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const exit = await xcodebuild.exited;
    signal.throwIfAborted();
    return exit;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Best effort: the lines have said most of it already. */
async function readResults(
  bundle: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const forms = [
    ["xcresulttool", "get", "build-results", "--path", bundle],
    ["xcresulttool", "get", "--legacy", "--format", "json", "--path", bundle],
    ["xcresulttool", "get", "--format", "json", "--path", bundle],
  ];
  for (const args of forms) {
    try {
      const { stdout } = await runXcrun(args, env, { timeoutMs: resultsLimitMs, signal });
      const found = readBuildResults(JSON.parse(stdout));
      if (found) return found;
    } catch {
      signal.throwIfAborted();
    }
  }
  return [];
}

async function buildFailure(
  { exitCode, signal }: Exit,
  output: string,
  diagnostics: readonly Diagnostic[],
  staging: string,
): Promise<RunnerError> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const said = [...errors.map(({ message }) => message), output].join("\n");
  const compiles = errors.some(({ kind }) => kind === "compile" || kind === "link");
  const fault = compiles
    ? undefined
    : (environmentFault(said, exitCode) ?? (await fullDisk(staging)));
  if (fault) return new RunnerError(fault.code, "environment", fault.message, { output });
  const [first] = errors;
  const how = exitCode === undefined ? `was ended by ${signal}` : `left with code ${exitCode}`;
  const why = first ? `${placeOf(first)}${first.message}` : `xcodebuild ${how}.`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new RunnerError("build-failed", "source", `The build failed: ${why}${more}`, { output });
}

function placeOf({ file, line }: Diagnostic): string {
  if (file === undefined) return "";
  return `${basename(file)}${line === undefined ? "" : `:${line}`}: `;
}

/** Makes the products an entry: nothing of theirs names the folder that they were built in. */
async function keep(
  staging: string,
  { key, metadata, env, signal }: BuildOptions,
  { store, hasher }: Omit<Builder, "records">,
): Promise<Entry> {
  const built = join(staging, "DerivedData", "Build", "Products");
  const file = await findTestRun(built);
  const options = { env, signal };
  const original = await readTestRun(join(built, file), options);
  const testRun = relocatable(original, built, staging);
  if (JSON.stringify(testRun) !== JSON.stringify(original)) {
    await writeTestRun(join(built, file), testRun, options);
  }
  const prepared = join(staging, "entry");
  await rm(prepared, { recursive: true, force: true });
  await mkdir(prepared);
  const to = join(prepared, "files.json");
  const { bytes, ...files } = await hasher.ask({ kind: "list", folder: built, to }, signal);
  await rename(built, join(prepared, "products"));
  const entry = await store.commit(prepared, {
    format: 1,
    id: randomUUID(),
    key,
    metadata,
    createdAt: new Date().toISOString(),
    testRun: file,
    essential: essentialPaths(testRun, file),
    bytes,
    files,
  });
  await store.discardStaging(key);
  return entry;
}
