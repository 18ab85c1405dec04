/** `xctrace list devices|templates|instruments`. */
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { say } from "../output.ts";
import type { Device } from "../scenario-types.ts";
import { refusals, templates } from "../table.ts";
import { hostDevice } from "./devices.ts";

export async function list(call: Call, args: readonly string[]): Promise<number> {
  const [what = "", stray] = args;
  if (stray !== undefined) throw new UsageError(refusals.stray.is(stray));
  await call.pause("listing");
  switch (what) {
    case "devices":
      say(devices(call));
      return 0;
    case "templates":
      say(section("Standard Templates", Object.keys(templates)));
      say(section("Custom Templates", Object.keys(call.scenario.templates)));
      return 0;
    case "instruments":
      say(section("Standard Instruments", [...new Set(Object.values(templates).flat())].sort()));
      return 0;
    default:
      throw new UsageError(refusals.stray.is(what));
  }
}

function devices({ scenario }: Call): string {
  const line = ({ name, os, udid }: Device) => `${name} (${os}) (${udid})`;
  const offline = scenario.devices.filter(({ connected }) => !connected).map(line);
  return [
    section("Devices", [
      `${hostDevice.name} (${hostDevice.uuid})`,
      ...scenario.devices.filter(({ connected }) => connected).map(line),
    ]),
    ...(offline.length > 0 ? [section("Devices Offline", offline)] : []),
    section(
      "Simulators",
      scenario.simulators.map(({ name, os, udid }) => `${name} Simulator (${os}) (${udid})`),
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`== ${title} ==`, ...lines, ""].join("\n");
}
