/** `simctl`: the simulators, their apps, and tools spawned inside them. */
import { dirname } from "node:path";
import { type Call, forever } from "../call.ts";
import { UsageError } from "../options.ts";
import { complain, say } from "../output.ts";
import { type Plist, writeOldStyle } from "../plist.ts";
import type { App, Simulator } from "../scenario-types.ts";
import { setBooted, simulatorsOf } from "../simulators.ts";
import { exitCodes, simctlLines } from "../table.ts";
import { runAs } from "../tool.ts";

class SimulatorError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export async function main(call: Call): Promise<number> {
  await call.pause("listing", 0.25);
  const [command, ...args] = call.args;
  try {
    switch (command) {
      case "list":
        return list(call, args);
      case "listapps":
        return listApps(call, booted(call, args[0]));
      case "get_app_container":
        return tellContainer(call, booted(call, args[0]), args[1]);
      case "boot":
        return await bootOnce(call, args);
      case "bootstatus":
        return await bootStatus(call, args);
      case "uninstall":
        return uninstall(call, args);
      case "spawn":
        return await spawn(call, booted(call, args[0]), args.slice(1));
      default:
        throw new UsageError(`Unrecognized subcommand: ${command ?? ""}`);
    }
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    complain(error.message);
    return error.exitCode;
  }
}

function list(call: Call, args: readonly string[]): number {
  const unknown = args.find(
    (arg) => !["devices", "available", "booted", "-j", "--json"].includes(arg),
  );
  if (unknown !== undefined || !args.includes("devices")) {
    throw new UsageError(`Unrecognized argument: ${unknown ?? ""}`);
  }
  const shown = simulatorsOf(call).filter(
    ({ state }) => !args.includes("booted") || state === "Booted",
  );
  const systems = [...new Set(shown.map(systemOf))];
  const of = (system: string) => shown.filter((each) => systemOf(each) === system);
  if (args.includes("-j") || args.includes("--json")) {
    const devices = systems.map((system) => [runtimeOf(system), of(system).map(describe)]);
    say(JSON.stringify({ devices: Object.fromEntries(devices) }, null, 2));
    return 0;
  }
  say("== Devices ==");
  for (const system of systems) {
    say(`-- ${system} --`);
    for (const { name, udid, state } of of(system)) say(`    ${name} (${udid}) (${state}) `);
  }
  return 0;
}

function systemOf({ platform = "iOS", os }: Simulator): string {
  return `${platform} ${os}`;
}

function runtimeOf(system: string): string {
  return `com.apple.CoreSimulator.SimRuntime.${system.replaceAll(/[. ]/g, "-")}`;
}

function describe({ udid, name, state }: Simulator) {
  const home = `/Users/ada/Library/Developer/CoreSimulator/Devices/${udid}`;
  return {
    dataPath: `${home}/data`,
    dataPathSize: 2_147_483_648,
    logPath: `/Users/ada/Library/Logs/CoreSimulator/${udid}`,
    udid,
    isAvailable: true,
    deviceTypeIdentifier: `com.apple.CoreSimulator.SimDeviceType.${name.replaceAll(" ", "-")}`,
    state,
    name,
  };
}

function booted(call: Call, wanted: string | undefined): Simulator {
  const found = known(call, wanted);
  if (found.state === "Booted") return found;
  return raise(
    "An error was encountered processing the command (domain=com.apple.CoreSimulator.SimError, " +
      "code=405):\nUnable to lookup in current state: Shutdown",
    exitCodes.simctlNotBooted.is,
  );
}

function known(call: Call, wanted: string | undefined): Simulator {
  const simulators = simulatorsOf(call);
  if (wanted === undefined) throw new UsageError("No device specified.");
  if (wanted === "booted") {
    const found = simulators.find(({ state }) => state === "Booted");
    return found ?? raise("No devices are booted.", exitCodes.simctlNoDevice.is);
  }
  const found = simulators.find(({ udid, name }) => udid === wanted || name === wanted);
  return found ?? raise(`Invalid device: ${wanted}`, exitCodes.simctlNoDevice.is);
}

async function bootOnce(call: Call, [wanted, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new UsageError(`Unrecognized argument: ${more[0]}`);
  const simulator = known(call, wanted);
  if (simulator.state === "Booted") {
    raise(simctlLines.bootedAlready.is, exitCodes.simctlNotBooted.is);
  }
  await bootSimulator(call, simulator);
  return 0;
}

/** Waits until it is booted; `-b` boots it first. */
async function bootStatus(call: Call, args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg.startsWith("-") && !["-b", "-d", "-c"].includes(arg));
  if (unknown.length > 0) throw new UsageError(`Unrecognized argument: ${unknown[0]}`);
  const simulator = known(
    call,
    args.find((arg) => !arg.startsWith("-")),
  );
  say(simctlLines.monitoring.is(simulator.name, simulator.udid));
  if (simulator.state !== "Booted") {
    if (!args.includes("-b")) await forever();
    await bootSimulator(call, simulator);
  }
  say(simctlLines.booted.is);
  return 0;
}

async function bootSimulator(call: Call, { boot = "works", udid }: Simulator): Promise<void> {
  if (boot === "hangs") await forever();
  await call.pause("booting");
  if (boot === "fails") raise(simctlLines.bootFailed.is, exitCodes.simctlOther.is);
  setBooted(call, udid);
}

/** What is not installed is uninstalled without a word. */
function uninstall(call: Call, [wanted, bundleId, ...more]: readonly string[]): number {
  booted(call, wanted);
  if (bundleId === undefined || more.length > 0) throw new UsageError("No bundle identifier.");
  return 0;
}

function raise(message: string, exitCode: number): never {
  throw new SimulatorError(message, exitCode);
}

function appsOn(call: Call, { udid }: Simulator): readonly App[] {
  return call.scenario.apps.filter(({ on }) => on === udid);
}

function listApps(call: Call, simulator: Simulator): number {
  const apps = appsOn(call, simulator).map((app): [string, Plist] => [
    app.bundleId,
    {
      ApplicationType: app.type,
      Bundle: `file://${pathOf(call, app)}/`,
      CFBundleDisplayName: app.displayName,
      CFBundleExecutable: app.executable,
      CFBundleIdentifier: app.bundleId,
      CFBundleName: app.executable,
      CFBundleVersion: "1",
      GroupContainers: {},
      Path: pathOf(call, app),
      SBAppTags: [],
    },
  ]);
  say(writeOldStyle(Object.fromEntries(apps)));
  return 0;
}

function tellContainer(call: Call, simulator: Simulator, bundleId: string | undefined): number {
  const app = appsOn(call, simulator).find((each) => each.bundleId === bundleId);
  if (!app) raise("No such file or directory", exitCodes.simctlOther.is);
  say(pathOf(call, app));
  return 0;
}

/** The bundle's, where a process of it tells. */
function pathOf(call: Call, { on, bundleId, executable }: App): string {
  const running = call.scenario.processes.find(
    (process) => process.on === on && process.bundleId === bundleId,
  );
  return running ? dirname(running.path) : `/Applications/${executable}.app`;
}

async function spawn(call: Call, simulator: Simulator, args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === "notifyutil") return runAs(call, "notifyutil", rest);
  if (command !== "launchctl" || rest.join(" ") !== "list") {
    return raise("No such file or directory", exitCodes.simctlOther.is);
  }
  say("PID\tStatus\tLabel");
  say("-\t0\tcom.apple.mobile.storage_mounter_proxy");
  say("612\t0\tcom.apple.SpringBoard");
  for (const { bundleId } of appsOn(call, simulator)) {
    const running = call.scenario.processes.find(
      (process) => process.on === simulator.udid && process.bundleId === bundleId,
    );
    if (running) say(`${running.pid}\t0\tUIKitApplication:${bundleId}[1a2b][rb-legacy]`);
  }
  return 0;
}
