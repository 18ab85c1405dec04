/** `xcodebuild`: tells its version, builds tests, and runs them. */
import type { Call } from "../call.ts";
import { forever } from "../call.ts";
import { complain, say } from "../output.ts";
import { exitCodes, xcodebuildRefusals } from "../table.ts";
import { readArguments, XcodebuildError } from "../xcodebuild/arguments.ts";
import { buildForTesting } from "../xcodebuild/build.ts";
import { testWithoutBuilding } from "../xcodebuild/test.ts";
import { releaseOf } from "./xcode-install.ts";

export async function main(call: Call): Promise<number> {
  const [option, ...more] = call.args;
  if (option === "-version") {
    if (more.length > 0) {
      complain(xcodebuildRefusals.invalidOption.is(more[0]!));
      return exitCodes.xcodebuildUsage.is;
    }
    say(`Xcode ${call.scenario.xcode}`);
    say(`Build version ${releaseOf(call.scenario).build}`);
    return 0;
  }
  try {
    const asked = readArguments(call.args);
    // A scheme's pre-action reads the terminal, and waits for ever.
    if (process.stdin.isTTY) await forever();
    if (asked.action === "build-for-testing") return await buildForTesting(call, asked);
    if (asked.action === "test-without-building") return await testWithoutBuilding(call, asked);
    throw new XcodebuildError(xcodebuildRefusals.unknownAction.is(asked.action));
  } catch (error) {
    if (!(error instanceof XcodebuildError)) throw error;
    complain(error.message);
    return error.exitCode;
  }
}
