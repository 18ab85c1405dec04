/** Reads `xcodebuild`'s command line by the table, and refuses what it does not allow. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Call } from "../call.ts";
import { simulatorsOf } from "../simulators.ts";
import { exitCodes, xcodebuildRefusals as refusals, xcodebuildOptions } from "../table.ts";

/** It says why, and leaves with this code. */
export class XcodebuildError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.xcodebuildUsage.is) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface XcodebuildArguments {
  readonly action: string;
  readonly options: ReadonlyMap<string, string>;
  readonly settings: Readonly<Record<string, string>>;
}

export function readArguments(args: readonly string[]): XcodebuildArguments {
  const options = new Map<string, string>();
  const settings: Record<string, string> = {};
  let action: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith("-")) {
      const setting = /^([A-Za-z_][\w[\]=*]*?)=(.*)$/s.exec(arg);
      if (setting) settings[setting[1]!] = setting[2]!;
      else if (action !== undefined) throw new XcodebuildError(refusals.unknownAction.is(arg));
      else action = arg;
      continue;
    }
    const colon = arg.startsWith("-only-testing:") ? "-only-testing".length : -1;
    const name = colon < 0 ? arg : arg.slice(0, colon);
    const rule = Object.hasOwn(xcodebuildOptions, name) ? xcodebuildOptions[name]!.is : undefined;
    if (!rule) throw new XcodebuildError(refusals.invalidOption.is(name));
    if (options.has(name)) throw new XcodebuildError(refusals.twice.is(name));
    const value = rule.takes ? (colon < 0 ? args[++i] : arg.slice(colon + 1)) : "";
    if (value === undefined) throw new XcodebuildError(refusals.noValue.is(name));
    const { of } = rule;
    const isFine = of === undefined || (of instanceof RegExp ? of.test(value) : of.includes(value));
    if (!isFine) throw new XcodebuildError(refusals.invalidValue.is(name, value));
    options.set(name, value);
  }
  return { action: action ?? "build", options, settings };
}

/** @returns the absolute path of the project. */
export function checkProject({ options }: XcodebuildArguments): {
  project: string;
  scheme: string;
} {
  const given = options.get("-project") ?? options.get("-workspace");
  if (given === undefined) throw new XcodebuildError(refusals.needsScheme.is);
  const project = resolve(given);
  if (!existsSync(project)) {
    throw new XcodebuildError(
      refusals.noProject.is(basename(given)),
      exitCodes.xcodebuildNoProject.is,
    );
  }
  const scheme = options.get("-scheme");
  if (scheme === undefined) throw new XcodebuildError(refusals.needsScheme.is);
  if (!existsSync(join(project, "xcshareddata", "xcschemes", `${scheme}.xcscheme`))) {
    const name = basename(project).replace(/\.\w+$/, "");
    throw new XcodebuildError(refusals.noScheme.is(name, scheme), exitCodes.xcodebuildFailed.is);
  }
  return { project, scheme };
}

/** The SDK that a destination builds with. */
export function checkDestination(call: Call, { options }: XcodebuildArguments): string {
  const specifier = options.get("-destination");
  if (specifier === undefined) throw new XcodebuildError(refusals.needsDestination.is);
  const sdk = sdkOf(call, specifier);
  if (sdk === undefined) {
    throw new XcodebuildError(
      refusals.noDestination.is(specifier.replaceAll("=", ":").replaceAll(",", ", ")),
      exitCodes.xcodebuildNoDestination.is,
    );
  }
  return sdk;
}

function sdkOf(call: Call, specifier: string): string | undefined {
  if (specifier === "generic/platform=iOS") return "iphoneos";
  if (specifier === "generic/platform=tvOS") return "appletvos";
  const parts = new Map(specifier.split(",").map((part) => part.split("=") as [string, string]));
  const id = parts.get("id");
  const isSimulator = (platform: string) =>
    simulatorsOf(call).some((each) => each.udid === id && (each.platform ?? "iOS") === platform);
  const isDevice = call.scenario.devices.some(({ udid, connected }) => udid === id && connected);
  switch (parts.get("platform")) {
    case "iOS Simulator":
      return isSimulator("iOS") ? "iphonesimulator" : undefined;
    case "tvOS Simulator":
      return isSimulator("tvOS") ? "appletvsimulator" : undefined;
    case "iOS":
      return isDevice ? "iphoneos" : undefined;
    case "macOS":
      return parts.has("arch") ? "macosx" : undefined;
    default:
      return undefined;
  }
}
