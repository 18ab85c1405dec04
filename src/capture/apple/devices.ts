/** The simulators and devices of this Mac, and what runs on one of them. */
import * as z from "zod";
import type { Environment } from "../../toolchain/environment.ts";
import { run, ToolError } from "../../toolchain/run.ts";
import { CaptureError } from "../capture-error.ts";
import type { Place } from "./strategy.ts";
import { runXcrun } from "./xcode.ts";

export interface AppleDevice {
  readonly kind: Place;
  /** Empty for this Mac. */
  readonly udid: string;
  readonly name: string;
  /** `iOS 26.4`, where the tools tell. */
  readonly os: string;
  /** `booted`, `shutdown`, `connected`, `disconnected` or what the tool says in lower case. */
  readonly state: string;
}

export interface RunningApp {
  readonly pid: number;
  /** Empty where the system does not tell. */
  readonly bundleId: string;
  /** As people see it. */
  readonly name: string;
  /** Of its program; empty where the system does not tell. */
  readonly executable: string;
}

interface Options {
  readonly signal?: AbortSignal;
}

const simulatorsSchema = z.object({
  devices: z.record(
    z.string(),
    z.array(z.object({ udid: z.string(), name: z.string(), state: z.string() })),
  ),
});

const hardware = z.object({ udid: z.string(), platform: z.string() }).partial();
const version = z.union([
  z.string(),
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
]);
const software = z.object({ name: z.string(), osVersionNumber: version }).partial();
const connection = z.object({ tunnelState: z.string(), state: z.string() }).partial();

/** Its parts moved below `properties` in a newer version. */
const physicalSchema = z.object({
  identifier: z.string(),
  hardwareProperties: hardware.optional(),
  deviceProperties: software.optional(),
  connectionProperties: connection.optional(),
  properties: z.object({ hardware, software, state: software, connection }).partial().optional(),
});
const devicesSchema = z.object({ result: z.object({ devices: z.array(physicalSchema) }) });

const appsSchema = z.record(
  z.string(),
  z
    .object({
      CFBundleDisplayName: z.string(),
      CFBundleName: z.string(),
      CFBundleExecutable: z.string(),
    })
    .partial(),
);

export interface DeviceList {
  /** Those that run first. */
  readonly devices: readonly AppleDevice[];
  /** What could not be listed, and why. */
  readonly warnings: readonly string[];
}

/** @throws CaptureError `no-xcode`. */
export async function listDevices(env: Environment, options: Options = {}): Promise<DeviceList> {
  const mac: AppleDevice = { kind: "mac", udid: "", name: "This Mac", os: "", state: "booted" };
  const [simulators, devices] = await Promise.allSettled([
    listSimulators(env, options),
    listPhysical(env, options),
  ]);
  options.signal?.throwIfAborted();
  if (simulators.status === "rejected" && simulators.reason instanceof CaptureError) {
    throw simulators.reason;
  }
  const found = [simulators, devices].flatMap((each) =>
    each.status === "fulfilled" ? each.value : [],
  );
  const warnings = [
    ...(simulators.status === "rejected" ? [`No simulators: ${textOf(simulators.reason)}`] : []),
    ...(devices.status === "rejected" ? [`No devices: ${textOf(devices.reason)}`] : []),
  ];
  return { devices: [mac, ...found.sort((a, b) => rank(a) - rank(b))], warnings };
}

function rank({ state }: AppleDevice): number {
  return state === "booted" || state === "connected" ? 0 : 1;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function listSimulators(env: Environment, options: Options): Promise<AppleDevice[]> {
  const { stdout } = await runXcrun(["simctl", "list", "devices", "available", "-j"], env, options);
  const { devices } = simulatorsSchema.parse(JSON.parse(stdout));
  return Object.entries(devices).flatMap(([runtime, found]) =>
    found.map(({ udid, name, state }) => ({
      kind: "simulator" as const,
      udid,
      name,
      os: runtimeName(runtime),
      state: state.toLowerCase(),
    })),
  );
}

/** `com.apple.CoreSimulator.SimRuntime.iOS-26-4` → `iOS 26.4` */
export function runtimeName(identifier: string): string {
  const [platform = "", ...version] = identifier.split(".").at(-1)!.split("-");
  return `${platform} ${version.join(".")}`.trim();
}

async function listPhysical(env: Environment, options: Options): Promise<AppleDevice[]> {
  const args = ["devicectl", "list", "devices", "--quiet", "--json-output", "-"];
  const { stdout } = await runXcrun(args, env, options);
  const { result } = devicesSchema.parse(JSON.parse(stdout));
  return result.devices.map(readPhysical);
}

function readPhysical(device: z.output<typeof physicalSchema>): AppleDevice {
  const { identifier, properties } = device;
  const { udid, platform } = device.hardwareProperties ?? properties?.hardware ?? {};
  const named = { ...properties?.software, ...properties?.state, ...device.deviceProperties };
  const { tunnelState, state } = device.connectionProperties ?? properties?.connection ?? {};
  return {
    kind: "device",
    udid: udid ?? identifier,
    name: named.name ?? identifier,
    os: [platform, named.osVersionNumber].filter((part) => part !== undefined).join(" "),
    state: (tunnelState ?? state)?.toLowerCase() ?? "unknown",
  };
}

/**
 * What runs on a simulator or on this Mac, by name. A device does not tell without its own tools.
 * @throws CaptureError `no-process-list` for a device.
 */
export async function listApps(
  { kind, udid }: Pick<AppleDevice, "kind" | "udid">,
  env: Environment,
  options: Options = {},
): Promise<RunningApp[]> {
  if (kind === "device") {
    const problem = "What runs on a device cannot be listed.";
    throw new CaptureError("no-process-list", `${problem} Give the app's name or process id.`);
  }
  const apps = kind === "mac" ? listMacApps(options) : listSimulatorApps(udid, env, options);
  return (await apps).sort((a, b) => a.name.localeCompare(b.name) || a.pid - b.pid);
}

async function listSimulatorApps(
  udid: string,
  env: Environment,
  options: Options,
): Promise<RunningApp[]> {
  const [processes, names] = await Promise.all([
    runXcrun(["simctl", "spawn", udid, "launchctl", "list"], env, options),
    simulatorAppNames(udid, env, options),
  ]);
  return parseLaunchctl(processes.stdout).map(({ pid, bundleId }) => ({
    pid,
    bundleId,
    ...(names.get(bundleId) ?? { name: bundleId.split(".").at(-1)!, executable: "" }),
  }));
}

type AppNames = Pick<RunningApp, "name" | "executable">;

/** Names are for people: without them the bundle ids still stand. */
async function simulatorAppNames(
  udid: string,
  env: Environment,
  options: Options,
): Promise<ReadonlyMap<string, AppNames>> {
  try {
    const { stdout: input } = await runXcrun(["simctl", "listapps", udid], env, options);
    const plutil = { command: "plutil", howToGet: "It is a part of macOS." };
    const args = ["-convert", "json", "-o", "-", "-"];
    const { stdout } = await run(plutil, args, { ...options, env, input });
    const apps = Object.entries(appsSchema.parse(JSON.parse(stdout)));
    return new Map(
      apps.map(([id, app]) => {
        const executable = app.CFBundleExecutable ?? "";
        return [id, { name: app.CFBundleDisplayName ?? app.CFBundleName ?? id, executable }];
      }),
    );
  } catch (error) {
    if (error instanceof ToolError || error instanceof SyntaxError || error instanceof z.ZodError) {
      return new Map();
    }
    throw error;
  }
}

/** Rows of `pid status label`; apps are `UIKitApplication:<bundle id>[…]`. */
export function parseLaunchctl(text: string): { pid: number; bundleId: string }[] {
  const rows = text.matchAll(/^(\d+)\t\S+\tUIKitApplication:([^[\s]+)/gm);
  return [...rows].map(([, pid, bundleId]) => ({ pid: Number(pid), bundleId: bundleId! }));
}

async function listMacApps(options: Options): Promise<RunningApp[]> {
  const ps = { command: "/bin/ps", howToGet: "It is a part of macOS." };
  const { stdout } = await run(ps, ["-axww", "-o", "pid=,comm="], options);
  return parseMacApps(stdout);
}

/** `pid /Applications/Some.app/Contents/MacOS/Some`: what is no app is left out. */
export function parseMacApps(text: string): RunningApp[] {
  const rows = text.matchAll(/^\s*(\d+)\s+(\/.*\.app\/Contents\/MacOS\/([^/\n]+?))\s*$/gm);
  return [...rows].map(([, pid, , name]) => ({
    pid: Number(pid),
    bundleId: "",
    name: name!,
    executable: name!,
  }));
}
