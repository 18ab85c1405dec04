/** Finds the device and the process that a caller means. */
import type { Environment } from "../../toolchain/environment.ts";
import { CaptureError } from "../capture-error.ts";
import { type AppleTarget, describeProcess } from "./apple-target.ts";
import { type AppleDevice, listApps, listDevices, type RunningApp } from "./devices.ts";
import type { Place } from "./strategy.ts";

export interface FoundTarget {
  readonly place: Place;
  /** For a person: `StuckApp on iPhone 17`. */
  readonly title: string;
  /** What to attach to: a process id, or a name on a device that does not tell. */
  readonly process?: number | string;
  /** Whose samples count, where that is known. */
  readonly pid?: number;
}

interface Options {
  readonly signal?: AbortSignal;
}

const listed = 8;

/** @throws CaptureError `no-such-device`, `no-such-app`, `several-apps`. */
export async function findTarget(
  target: AppleTarget,
  env: Environment,
  options: Options = {},
): Promise<FoundTarget> {
  const { device: udid, process } = target;
  const device = udid === undefined ? undefined : await findDevice(udid, env, options);
  const place = device?.kind ?? "mac";
  const where = device ? ` on ${device.name}` : "";
  const title = describeProcess(target) + where;
  if (process.by === "pid") return { place, title, process: process.pid, pid: process.pid };
  if (process.by !== "name") return { place, title };
  // A device does not tell what runs on it; the recorder finds the name there itself.
  if (place === "device") return { place, title, process: process.name };
  const apps = await listApps({ kind: place, udid: udid ?? "" }, env, options);
  const app = appCalled(process.name, apps, where);
  return { place, title: app.name + where, process: app.pid, pid: app.pid };
}

async function findDevice(udid: string, env: Environment, options: Options): Promise<AppleDevice> {
  const { devices, warnings } = await listDevices(env, options);
  const device = devices.find((each) => each.udid === udid);
  if (!device) {
    const known = devices
      .filter((each) => each.udid !== "")
      .map((each) => `${each.name} ${each.udid}`);
    const others = known.length > 0 ? ` There are: ${known.slice(0, listed).join(", ")}.` : "";
    const problem = `There is no simulator or device ${udid}.`;
    throw new CaptureError("no-such-device", [problem + others, ...warnings].join(" "));
  }
  if (device.kind === "simulator" && device.state !== "booted") {
    const problem = `${device.name} is not booted.`;
    throw new CaptureError("not-booted", `${problem} Run: xcrun simctl boot ${udid}`);
  }
  return device;
}

export function appCalled(name: string, apps: readonly RunningApp[], where = ""): RunningApp {
  const wanted = name.toLowerCase();
  const found = apps.filter((app) =>
    [app.bundleId, app.name, app.executable].some((known) => known.toLowerCase() === wanted),
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const pids = found.map(({ pid }) => pid).join(", ");
    throw new CaptureError(
      "several-apps",
      `${name} runs several times${where}: process ids ${pids}. Say which one is meant.`,
    );
  }
  const running = apps.map((app) => app.bundleId || app.name).slice(0, listed);
  const others = running.length > 0 ? `These apps run: ${running.join(", ")}.` : "No app runs.";
  throw new CaptureError("no-such-app", `${name} does not run${where}. ${others} Start it first.`);
}
