/**
 * Runs a stand-in. Its executable in `bin/` is nothing but a call of this, with a compile cache:
 * without it most of a stand-in's time would go into stripping its types.
 */
import { Call } from "./call.ts";
import { UsageError } from "./options.ts";
import { complain } from "./output.ts";
import type { ToolName } from "./scenario-types.ts";
import { exitCodes } from "./table.ts";
import { hasXcode, requiresXcode } from "./tools/xcode-install.ts";

/** Gives its exit code. */
export type Main = (call: Call) => Promise<number>;

const mains: Readonly<Record<ToolName, () => Promise<{ readonly main: Main }>>> = {
  devicectl: () => import("./tools/devicectl.ts"),
  notifyutil: () => import("./tools/notifyutil.ts"),
  plutil: () => import("./tools/plutil.ts"),
  simctl: () => import("./tools/simctl.ts"),
  "xcode-select": () => import("./tools/xcode-select.ts"),
  xcodebuild: () => import("./tools/xcodebuild.ts"),
  xcrun: () => import("./tools/xcrun.ts"),
  xcresulttool: () => import("./tools/xcresulttool.ts"),
  xctrace: () => import("./tools/xctrace.ts"),
};

export async function runTool(tool: ToolName): Promise<never> {
  const call = Call.begin(tool, process.argv.slice(2));
  if ((tool === "xctrace" || tool === "xcodebuild") && !hasXcode(call.scenario)) {
    complain(requiresXcode(tool, call.scenario));
    return call.end(exitCodes.needsXcode.is);
  }
  return call.end(await run(call));
}

/** A tool that runs another in its own process, as `xcrun` does. */
export function runAs(call: Call, tool: ToolName, args: readonly string[]): Promise<number> {
  return run(call.become(tool, args));
}

async function run(call: Call): Promise<number> {
  const { main } = await mains[call.tool]();
  if (call.scenario.holds.length > 0) await call.released();
  try {
    return await main(call);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return exitCodes.usage.is;
  }
}
