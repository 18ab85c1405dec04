/** `.xctestrun`: which tests run in which host, with which variables. Read and patched by way of `plutil`. */
import { readdir } from "node:fs/promises";
import * as z from "zod";
import type { Environment } from "../toolchain/environment.ts";
import { type RunOptions, run, ToolError } from "../toolchain/run.ts";
import { RunnerError } from "./runner-error.ts";

/** In Apple's tool, the folder that holds the file. */
const testRoot = "__TESTROOT__";

/** Where a variable has to stand to reach the runner, the app that it drives, and its tests. */
const variableTables = [
  "EnvironmentVariables",
  "UITestEnvironmentVariables",
  "UITargetAppEnvironmentVariables",
  "TestingEnvironmentVariables",
] as const;

const plutil = { command: "plutil", howToGet: "It is a part of macOS." };
const limitMs = 20_000;

const targetSchema = z.looseObject({
  BlueprintName: z.string().optional(),
  TestBundlePath: z.string(),
  TestHostPath: z.string().optional(),
  TestHostBundleIdentifier: z.string().optional(),
  IsUITestBundle: z.boolean().optional(),
});
export type TestTarget = z.output<typeof targetSchema>;
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type TestRun = { readonly [key: string]: Json };

interface Options {
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** The one file below a products' folder. @throws RunnerError `no-xctestrun` */
export async function findTestRun(products: string): Promise<string> {
  const names = await readdir(products).catch(() => []);
  const found = names.filter((name) => name.endsWith(".xctestrun"));
  if (found.length === 1) return found[0]!;
  const problem =
    found.length === 0
      ? "The build left no .xctestrun: its scheme builds no tests."
      : `The build left ${found.length} .xctestrun files, and it cannot be told which is the runner's: use a scheme with one test plan.`;
  throw new RunnerError("no-xctestrun", "source", problem);
}

/** @throws RunnerError `bad-xctestrun` */
export async function readTestRun(path: string, options: Options): Promise<TestRun> {
  const { stdout } = await convert(["json", "-o", "-", path], options);
  const parsed = parse(stdout);
  if (parsed === undefined) {
    throw new RunnerError("bad-xctestrun", "artifact", `${path} is no dictionary.`);
  }
  return parsed;
}

function parse(text: string): TestRun | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isDictionary = typeof value === "object" && value !== null && !Array.isArray(value);
    return isDictionary ? (value as TestRun) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeTestRun(path: string, run: TestRun, options: Options): Promise<void> {
  await convert(["xml1", "-o", path, "-"], { ...options, input: JSON.stringify(run) });
}

async function convert(args: readonly string[], { signal, env, input }: Options & RunOptions) {
  try {
    return await run(plutil, ["-convert", ...args], {
      env,
      timeoutMs: limitMs,
      ...(input !== undefined && { input }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (!(cause instanceof ToolError)) throw cause;
    const missing = cause.kind === "missing";
    throw new RunnerError(
      missing ? "no-xcode" : "bad-xctestrun",
      missing ? "environment" : "artifact",
      cause.message,
      { cause },
    );
  }
}

/** Test targets, in the form with configurations and in the older one. */
export function testTargets(run: TestRun): TestTarget[] {
  return targetsIn(run).flatMap((target) => targetSchema.safeParse(target).data ?? []);
}

type Dictionary = { [key: string]: Json };

function targetsIn(run: TestRun): Dictionary[] {
  const configurations = run["TestConfigurations"];
  if (Array.isArray(configurations)) {
    return configurations.flatMap((each) => {
      const targets = isDictionary(each) ? each["TestTargets"] : undefined;
      return Array.isArray(targets) ? targets.filter(isDictionary) : [];
    });
  }
  return Object.entries(run)
    .filter(([name]) => !name.startsWith("__"))
    .flatMap(([, target]) => (isDictionary(target) ? [target] : []));
}

function isDictionary(value: Json | undefined): value is Dictionary {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A copy that can stand anywhere, with variables for every target. Its products stay where they
 * are, named by their absolute path: nothing is copied, and an entry is never written into.
 */
export function patchTestRun(
  original: TestRun,
  products: string,
  variables: Readonly<Record<string, string>>,
): TestRun {
  const copy = mapStrings(original, (text) => text.replaceAll(testRoot, products)) as Dictionary;
  for (const target of targetsIn(copy)) {
    for (const table of variableTables) {
      const before = target[table];
      target[table] = { ...(isDictionary(before) ? before : {}), ...variables };
    }
  }
  return copy;
}

/**
 * Without the folder it was built in.
 * @throws RunnerError `not-relocatable` when it names more of that folder than its products.
 */
export function relocatable(original: TestRun, products: string, staging: string): TestRun {
  const copy = mapStrings(original, (text) => text.replaceAll(products, testRoot));
  if (!JSON.stringify(copy).includes(JSON.stringify(staging).slice(1, -1))) return copy as TestRun;
  const message =
    "The .xctestrun names files of the folder that it was built in, so that it cannot be kept: " +
    "let the scheme test with products only.";
  throw new RunnerError("not-relocatable", "source", message);
}

function mapStrings(value: Json, map: (text: string) => string): Json {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, map));
  if (!isDictionary(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, mapStrings(each, map)]),
  );
}

/** Programs and bundles that a run cannot do without, below the products' folder. */
export function essentialPaths(run: TestRun, file: string): string[] {
  const named = testTargets(run).flatMap(({ TestHostPath: host = "", TestBundlePath: bundle }) => [
    host,
    bundle.replace("__TESTHOST__", host),
  ]);
  const below = named
    .filter((path) => path.startsWith(`${testRoot}/`))
    .map((path) => path.slice(testRoot.length + 1));
  return [file, ...new Set(below)];
}
