/** `devicectl`: devices and their processes, as JSON in a file and as text for people. */
import { writeFileSync } from "node:fs";
import type { Call } from "../call.ts";
import { readOptions, UsageError } from "../options.ts";
import { complain, pour, say } from "../output.ts";
import type { Device } from "../scenario-types.ts";
import { type Known, newDeviceJson, type OptionRule } from "../table.ts";
import { isAtLeast } from "../xcode.ts";

const seen = (is: OptionRule): Known<OptionRule> => ({ is, from: "seen" });
const options = {
  "--json-output": seen({ takes: "value" }),
  "--timeout": seen({ takes: "value" }),
  "--device": seen({ takes: "value" }),
  "--quiet": seen({}),
  "-q": seen({}),
};

export async function main(call: Call): Promise<number> {
  await call.pause("listing");
  const [command, rest] = commandOf(call.args);
  const given = readOptions(rest, options, call.scenario.xcode);
  const file = given.one("--json-output");
  let result: unknown;
  if (command === "list devices") {
    const isNew = isAtLeast(call.scenario.xcode, newDeviceJson.is);
    const describe: (device: Device) => object = isNew ? describeNew : describeOld;
    result = { devices: call.scenario.devices.map(describe) };
    if (!given.has("--quiet") && !given.has("-q")) tell(call.scenario.devices);
  } else if (command === "device info processes") {
    const device = call.scenario.devices.find(({ udid }) => udid === given.one("--device"));
    if (!device?.connected) {
      complain(
        "ERROR: The specified device was not found. (com.apple.dt.CoreDeviceError error 1000)",
      );
      return 1;
    }
    const running = call.scenario.processes.filter(({ on }) => on === device.udid);
    result = {
      deviceIdentifier: device.udid,
      runningProcesses: running.map(({ pid, path }) => ({
        executable: `file://${path}`,
        processIdentifier: pid,
      })),
    };
  } else {
    throw new UsageError(`Error: Unexpected argument '${command}'`);
  }
  const json = JSON.stringify(document(call, command, result), null, 2);
  if (file === "-") await pour("stdout", [`${json}\n`]);
  else if (file !== undefined) writeFileSync(file, json);
  return 0;
}

function commandOf(args: readonly string[]): [string, readonly string[]] {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const end = firstOption < 0 ? args.length : firstOption;
  return [args.slice(0, end).join(" "), args.slice(end)];
}

function document(call: Call, command: string, result: unknown) {
  return {
    info: {
      arguments: ["devicectl", ...call.args],
      commandType: `devicectl.${command.replaceAll(" ", ".")}`,
      environment: {},
      jsonVersion: 3,
      outcome: "success",
      version: "518.27",
    },
    result,
  };
}

const identifier = "8E5B6D2A-3C41-4F6E-9A57-1D2E3F405162";

function describeOld({ udid, name, os, model, connected }: Device) {
  return {
    capabilities: [],
    connectionProperties: {
      ...paired,
      isMobileDeviceOnly: false,
      tunnelState: connected ? "connected" : "unavailable",
    },
    deviceProperties: {
      bootState: "booted",
      ddiServicesAvailable: connected,
      developerModeStatus: "enabled",
      name,
      osVersionNumber: os,
    },
    hardwareProperties: hardwareOf(udid, model),
    identifier,
    visibilityClass: "default",
  };
}

function describeNew({ udid, name, os, model, connected }: Device) {
  return {
    capabilities: [],
    identifier,
    properties: {
      connection: { ...paired, state: connected ? "connected" : "disconnected" },
      hardware: hardwareOf(udid, model),
      software: {
        osVersionNumber: { components: os.split(".").map(Number), stringValue: os },
      },
      state: { bootState: "booted", developerModeStatus: { enabled: { mode: 1 } }, name },
    },
    visibilityClass: "default",
  };
}

const paired = {
  authenticationType: "manualPairing",
  pairingState: "paired",
  transportType: "wired",
  tunnelTransportProtocol: "tcp",
};

function hardwareOf(udid: string, model: string) {
  return {
    deviceType: model.split(" ")[0],
    marketingName: model,
    platform: "iOS",
    reality: "physical",
    udid,
  };
}

function tell(devices: readonly Device[]): void {
  say("Name           Hostname                       Identifier                             State");
  say("------------   ----------------------------   ------------------------------------   -----");
  for (const { name, udid, connected } of devices) {
    say(
      `${name}   ${udid}.coredevice.local   ${udid}   ${connected ? "connected" : "unavailable"}`,
    );
  }
}
