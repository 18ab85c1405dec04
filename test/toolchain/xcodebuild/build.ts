/** `xcodebuild build-for-testing`: says what it compiles, and leaves products and a result bundle. */
import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Call, forever } from "../call.ts";
import { complain, say } from "../output.ts";
import { exitCodes, xcodebuildRefusals } from "../table.ts";
import {
  checkDestination,
  checkProject,
  type XcodebuildArguments,
  XcodebuildError,
} from "./arguments.ts";
import { writeProducts } from "./products.ts";

export async function buildForTesting(call: Call, asked: XcodebuildArguments): Promise<number> {
  const { options, settings } = asked;
  if (options.has("-xctestrun")) throw new XcodebuildError(xcodebuildRefusals.testRunAlone.is);
  const { project, scheme } = checkProject(asked);
  const sdk = checkDestination(call, asked);
  const resultBundle = options.get("-resultBundlePath");
  if (resultBundle !== undefined && existsSync(resultBundle)) {
    throw new XcodebuildError(xcodebuildRefusals.bundleExists.is(resultBundle));
  }
  const behaviour = call.scenario.build;
  const { outcome = "works", lines = [] } = behaviour;
  if (outcome === "no-destination") {
    complain(xcodebuildRefusals.noDestination.is("platform:iOS Simulator, id:?"));
    return exitCodes.xcodebuildNoDestination.is;
  }
  say("Command line invocation:");
  say(`    /usr/bin/xcodebuild ${call.args.join(" ")}`);
  if (behaviour.ignoresTerm) ignoreTerm(call);
  const derived = resolve(options.get("-derivedDataPath") ?? join(dirname(project), "DerivedData"));
  await compile(call, project, scheme, derived, outcome);
  for (const line of lines) say(line);
  const failure = failureOf(outcome);
  const issues = behaviour.issues ?? {};
  if (resultBundle !== undefined) writeResultBundle(resultBundle, issues, failure !== undefined);
  if (outcome === "crashes") return call.endBy("SIGKILL");
  if (failure) {
    for (const line of failure) say(line);
    say("** TEST BUILD FAILED **");
    return exitCodes.xcodebuildFailed.is;
  }
  const build = call.attempt("build");
  writeProducts(call.scenario, {
    products: join(derived, "Build", "Products"),
    sdk,
    scheme,
    fingerprint: settings["HANGSCOPE_RUNNER_FINGERPRINT"] ?? "",
    build,
  });
  say("** TEST BUILD SUCCEEDED **");
  return 0;
}

/** What is compiled already is not compiled again. */
async function compile(
  call: Call,
  project: string,
  scheme: string,
  derived: string,
  outcome: string,
): Promise<void> {
  const folder = dirname(project);
  const sources = globSync("**/*.swift", { cwd: folder }).sort();
  const objects = join(derived, "Build", "Intermediates.noindex");
  mkdirSync(objects, { recursive: true });
  for (const [i, source] of sources.entries()) {
    const object = join(objects, `${source.replaceAll(/[\\/]/g, "_")}.o`);
    if (!existsSync(object)) {
      say(
        `CompileSwift normal arm64 ${join(folder, source)} (in target '${scheme}' from project '${scheme}')`,
      );
      await call.pause("building", 1 / sources.length);
      writeFileSync(object, "");
    }
    if (outcome === "hangs" && i >= (sources.length - 1) / 2) await forever();
  }
}

function failureOf(outcome: string): readonly string[] | undefined {
  switch (outcome) {
    case "fails":
      return [];
    case "disk-full":
      return ["error: unable to write file '/DerivedData/x.o': No space left on device (28)"];
    case "unsigned":
      return [
        "error: Signing for \"HangscopeRunner\" requires a development team. Select a development team in the Signing & Capabilities editor. (in target 'HangscopeRunner' from project 'HangscopeRunner')",
      ];
    default:
      return undefined;
  }
}

/** Only here it is JSON: what reads it is `xcresulttool`. */
function writeResultBundle(
  path: string,
  { errors = [], warnings = [] }: { errors?: readonly object[]; warnings?: readonly object[] },
  failed: boolean,
): void {
  mkdirSync(path, { recursive: true });
  const results = {
    actionTitle: "Build",
    status: failed ? "failed" : "succeeded",
    errorCount: errors.length,
    warningCount: warnings.length,
    analyzerWarningCount: 0,
    errors,
    warnings,
    analyzerWarnings: [],
  };
  writeFileSync(join(path, "build-results.json"), JSON.stringify(results));
}

/** Neither it nor what it has started ends when it is asked to. */
function ignoreTerm(call: Call): void {
  call.ignoreTerm();
  const program = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);`;
  const helper = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
  call.launched(helper.pid!);
}
