/** The Xcode of a scenario, as the tools see it. */
import type { WholeScenario } from "../defaults.ts";
import type { ToolName } from "../scenario-types.ts";
import { xcodes } from "../table.ts";
import { isAtLeast } from "../xcode.ts";

/** Tools that the command line tools alone do not bring. */
const ofXcodeOnly: readonly ToolName[] = [
  "xctrace",
  "xcodebuild",
  "simctl",
  "devicectl",
  "xcresulttool",
];

export function developerDir(scenario: WholeScenario): string {
  return process.env["DEVELOPER_DIR"] || scenario.developerDir;
}

export function hasXcode(scenario: WholeScenario): boolean {
  return !developerDir(scenario).endsWith("/CommandLineTools");
}

export function isInstalled(tool: ToolName, scenario: WholeScenario): boolean {
  if (scenario.missing.includes(tool)) return false;
  return hasXcode(scenario) || !ofXcodeOnly.includes(tool);
}

/** The newest known one that is not newer than the scenario's. */
export function releaseOf(scenario: WholeScenario) {
  const older = xcodes.filter(({ is }) => isAtLeast(scenario.xcode, is.xcode));
  return (older.at(-1) ?? xcodes[0]!).is;
}

export function xctraceVersion(scenario: WholeScenario): string {
  const { xctrace, build } = releaseOf(scenario);
  return `${xctrace} (${build})`;
}

/** What the tools in `/usr/bin`, which only lead to those of an Xcode, say without one. */
export function requiresXcode(tool: ToolName, scenario: WholeScenario): string {
  return (
    `xcode-select: error: tool '${tool}' requires Xcode, but active developer directory ` +
    `'${developerDir(scenario)}' is a command line tools instance`
  );
}
