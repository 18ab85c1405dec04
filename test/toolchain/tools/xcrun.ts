/** `xcrun`: finds a tool, tells about SDKs, or becomes the tool it names. */
import { dirname, join } from "node:path";
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { complain, say } from "../output.ts";
import type { ToolName } from "../scenario-types.ts";
import { exitCodes } from "../table.ts";
import { runAs } from "../tool.ts";
import { isInstalled, releaseOf } from "./xcode-install.ts";

const tools: readonly string[] = [
  "xctrace",
  "xcodebuild",
  "simctl",
  "devicectl",
  "plutil",
  "notifyutil",
  "xcresulttool",
] satisfies ToolName[];

const sdks = ["iphonesimulator", "iphoneos", "appletvsimulator", "appletvos", "macosx"];

export async function main(call: Call): Promise<number> {
  const args = [...call.args];
  let sdk = "macosx";
  let finds = false;
  while (args[0]?.startsWith("-")) {
    const option = args.shift()!;
    if (option === "--sdk" || option === "-sdk") sdk = args.shift() ?? "";
    else if (option === "--find" || option === "-f") finds = true;
    else if (option === "--run" || option === "-r") finds = false;
    else if (/^--show-sdk-(version|build-version|path)$/.test(option))
      return tell(call, sdk, option);
    else throw new UsageError(`xcrun: error: unknown option '${option}'`);
  }
  const name = args.shift();
  if (name === undefined) throw new UsageError("xcrun: error: no utility specified");
  if (!tools.includes(name) || !isInstalled(name as ToolName, call.scenario)) {
    complain(`xcrun: error: unable to find utility "${name}", not a developer tool or in PATH`);
    return exitCodes.xcrunNoTool.is;
  }
  if (!finds) return runAs(call, name as ToolName, args);
  // Not the place in Xcode, which is not there: what is told can be run.
  say(join(dirname(process.argv[1]!), name));
  return 0;
}

function tell(call: Call, sdk: string, what: string): number {
  if (!sdks.includes(sdk)) {
    complain(`xcrun: error: SDK "${sdk}" cannot be located`);
    return 1;
  }
  const release = releaseOf(call.scenario);
  if (what === "--show-sdk-version") say(release.iosSdk);
  else if (what === "--show-sdk-build-version") say(release.build);
  else say(join(call.scenario.developerDir, "Platforms", sdk));
  return 0;
}
