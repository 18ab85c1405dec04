/** Where a recording happens. */
import type { WholeScenario } from "../defaults.ts";

export interface Place {
  readonly kind: "host" | "simulator" | "device";
  /** Absent on the host. */
  readonly udid?: string;
  /** As attributes of the toc. */
  readonly attributes: Readonly<Record<string, string>>;
}

export const hostDevice = {
  uuid: "ACEF90FD-9BB0-56E0-9A50-8EE09341798B",
  model: "MacBook Pro",
  name: "Ada’s MacBook Pro",
  "os-version": "26.2 (25C56)",
  platform: "macOS",
} as const;

const host: Place = { kind: "host", attributes: hostDevice };

/** By name or identifier; `undefined` when there is none. */
export function findPlace(scenario: WholeScenario, wanted: string | undefined): Place | undefined {
  if (wanted === undefined || wanted === hostDevice.name || wanted === hostDevice.uuid) return host;
  const simulator = scenario.simulators.find(
    ({ udid, name }) => udid === wanted || name === wanted || `${name} Simulator` === wanted,
  );
  if (simulator) {
    const { udid, name, os } = simulator;
    const attributes = {
      uuid: udid,
      model: name,
      name,
      "os-version": os,
      platform: "iOS Simulator",
    };
    return { kind: "simulator", udid, attributes };
  }
  const device = scenario.devices.find(
    ({ udid, name, connected }) => connected && (udid === wanted || name === wanted),
  );
  if (!device) return undefined;
  const { udid, name, os, model } = device;
  return {
    kind: "device",
    udid,
    attributes: { uuid: udid, model, name, "os-version": os, platform: "iOS" },
  };
}
