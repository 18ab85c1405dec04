/** `xcodebuild test-without-building`: starts the runner that an `.xctestrun` names, and goes on with it. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Call, forever } from "../call.ts";
import { complain, say } from "../output.ts";
import { type Plist, parsePlist } from "../plist.ts";
import { startStandInRunner } from "../runner.ts";
import type { RunnerHealth } from "../scenario-types.ts";
import { exitCodes, xcodebuildRefusals } from "../table.ts";
import { checkDestination, type XcodebuildArguments, XcodebuildError } from "./arguments.ts";
import type { StandInProgram } from "./products.ts";

export async function testWithoutBuilding(call: Call, asked: XcodebuildArguments): Promise<number> {
  const { options } = asked;
  const path = options.get("-xctestrun");
  if (path === undefined) throw new XcodebuildError(xcodebuildRefusals.needsScheme.is);
  for (const name of ["-project", "-workspace", "-scheme"]) {
    if (options.has(name)) throw new XcodebuildError(xcodebuildRefusals.testRunAlone.is);
  }
  if (!existsSync(path)) throw new XcodebuildError(xcodebuildRefusals.noTestRun.is(path));
  checkDestination(call, asked);
  const target = targetOf(parsePlist(readFileSync(path, "utf8")), options.get("-only-testing"));
  if (!target) return testsFailed("There are no test bundles available to test.");
  const host = resolvePath(target.TestHostPath, path);
  const bundle = target.TestBundlePath.replace("__TESTHOST__", host);
  const program = readProgram(programOf(bundle)) && readProgram(programOf(host));
  await call.pause("launching");
  if (!program) return testsFailed(`Failed to load the test bundle at ${bundle}.`);
  const launch = call.attempt("launch");
  const health = healthOf(call, program, launch);
  const early = earlyExit(health);
  if (early !== undefined) return early;
  if (health === "never-listens") return forever();
  const variables = { ...target.EnvironmentVariables, ...target.TestingEnvironmentVariables };
  say(`Testing started`);
  const served = await startStandInRunner(variables, program.fingerprint, health);
  if (served === "port-taken") {
    return testsFailed(`HangscopeRunner: port ${variables["HANGSCOPE_RUNNER_PORT"]} is taken.`);
  }
  await served.ended;
  say("** TEST EXECUTE SUCCEEDED **");
  return 0;
}

interface Target {
  readonly TestHostPath: string;
  readonly TestBundlePath: string;
  readonly EnvironmentVariables: Readonly<Record<string, string>>;
  readonly TestingEnvironmentVariables: Readonly<Record<string, string>>;
}

function targetOf(run: Plist, wanted: string | undefined): Target | undefined {
  const top = run as Readonly<Record<string, Plist>>;
  const name = wanted?.split("/")[0];
  const inConfigurations = (top["TestConfigurations"] as readonly Plist[] | undefined)?.flatMap(
    (each) => (each as { TestTargets: readonly Plist[] }).TestTargets,
  );
  const all =
    inConfigurations ??
    Object.entries(top).flatMap(([key, value]) => (key.startsWith("__") ? [] : [value]));
  return all.find(
    (each) => name === undefined || (each as { BlueprintName?: string }).BlueprintName === name,
  ) as Target | undefined;
}

function resolvePath(path: string, testRun: string): string {
  return resolve(path.replaceAll("__TESTROOT__", dirname(resolve(testRun))));
}

function programOf(bundle: string): string {
  const name = basename(bundle).replace(/\.\w+$/, "");
  const ofMac = join(bundle, "Contents", "MacOS", name);
  return existsSync(ofMac) ? ofMac : join(bundle, name);
}

/** A program that was damaged does not load. */
function readProgram(path: string): StandInProgram | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as StandInProgram;
  } catch {
    return undefined;
  }
}

function healthOf(call: Call, { build }: StandInProgram, launch: number): RunnerHealth {
  const { launches = [], builds = {} } = call.scenario.runner;
  return builds[String(build)] ?? launches[launch - 1] ?? launches.at(-1) ?? "healthy";
}

function earlyExit(health: RunnerHealth): number | undefined {
  switch (health) {
    case "exits-early":
      return testsFailed(
        "HangscopeRunner-Runner encountered an error (The bundle “HangscopeRunner” couldn’t be loaded because it is damaged or missing necessary resources.)",
      );
    case "device-locked":
      return testsFailed("The device is locked. Unlock iPhone to continue.");
    case "not-booted":
      return testsFailed("Unable to lookup in current state: Shutdown");
    case "no-destination":
      complain(xcodebuildRefusals.noDestination.is("id:?"));
      return exitCodes.xcodebuildNoDestination.is;
    default:
      return undefined;
  }
}

function testsFailed(reason: string): number {
  say("Testing failed:");
  say(`\t${reason}`);
  say("** TEST EXECUTE FAILED **");
  return exitCodes.xcodebuildFailed.is;
}
