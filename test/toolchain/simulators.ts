/** The scenario's simulators as they are now: what was booted since stays booted. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "./call.ts";
import type { Simulator } from "./scenario-types.ts";

export function simulatorsOf(call: Call): readonly Simulator[] {
  return call.scenario.simulators.map((simulator) =>
    existsSync(markOf(call, simulator.udid)) ? { ...simulator, state: "Booted" } : simulator,
  );
}

export function setBooted(call: Call, udid: string): void {
  mkdirSync(join(call.folder, "booted"), { recursive: true });
  writeFileSync(markOf(call, udid), "");
}

function markOf(call: Call, udid: string): string {
  return join(call.folder, "booted", udid);
}
