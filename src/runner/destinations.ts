/** Which device is meant, and whether it is ready to take a runner. */
import { listDevices } from "../capture/apple/devices.ts";
import { runXcrun } from "../capture/apple/xcode.ts";
import { CaptureError } from "../capture/capture-error.ts";
import type { Environment } from "../toolchain/environment.ts";
import { ToolError } from "../toolchain/run.ts";
import { type Destination, type PlatformProfile, profiles } from "./platforms.ts";
import { RunnerError } from "./runner-error.ts";
import { hostArch } from "./toolchain.ts";

/** A cold simulator takes tens of seconds. */
const bootMs = 45_000;
const uninstallMs = 10_000;

interface Wanted {
  readonly platform: string;
  /** UDID; by default a simulator, a booted one first. */
  readonly device?: string | undefined;
}

interface Options {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** @throws RunnerError `no-xcode`, `no-device`, `no-such-device` */
export async function findDestination(
  { platform, device }: Wanted,
  { env, signal }: Options,
  table: readonly PlatformProfile[] = profiles,
): Promise<Destination> {
  const rows = table.filter((profile) => profile.platform === platform);
  const arch = hostArch();
  const host = rows.find(({ kind }) => kind === "host");
  if (host) {
    if (device) {
      const message = `${host.system} has no devices to choose from: leave ${device} out.`;
      throw new RunnerError("no-such-device", "caller", message);
    }
    return { profile: host, udid: "", name: "This Mac", arch };
  }
  const { devices, warnings } = await devicesOf(env, signal);
  const found = devices.flatMap((each) => {
    const row = rows.find(
      ({ kind, system }) => kind === each.kind && each.os.split(" ")[0] === system,
    );
    const { udid, name, state } = each;
    return row ? [{ state, destination: { profile: row, udid, name, arch } }] : [];
  });
  const wanted = device === undefined ? firstSimulator(found) : byUdid(found, device);
  if (wanted) return wanted.destination;
  const system = rows[0]?.system ?? platform;
  const names = found.map(({ destination: { name, udid } }) => `${name} (${udid})`);
  const there = names.length > 0 ? `There are: ${names.join(", ")}.` : warnings.join(" ");
  if (device === undefined) {
    const message = `There is no ${system} simulator. Make one in Xcode. ${there}`.trim();
    throw new RunnerError("no-device", "environment", message);
  }
  const message = `There is no ${system} device ${device}. ${there}`.trim();
  throw new RunnerError("no-such-device", "environment", message);
}

interface Candidate {
  readonly state: string;
  readonly destination: Destination;
}

function firstSimulator(found: readonly Candidate[]): Candidate | undefined {
  const simulators = found.filter(({ destination }) => destination.profile.kind === "simulator");
  return simulators.find(({ state }) => state === "booted") ?? simulators[0];
}

function byUdid(found: readonly Candidate[], udid: string): Candidate | undefined {
  return found.find(({ destination }) => destination.udid === udid);
}

async function devicesOf(env: Environment, signal: AbortSignal) {
  try {
    return await listDevices(env, { signal });
  } catch (cause) {
    if (!(cause instanceof CaptureError)) throw cause;
    throw new RunnerError("no-xcode", "environment", cause.message, { cause });
  }
}

/** @throws RunnerError `device-not-booted` */
export async function boot(
  { profile, udid, name }: Destination,
  { env, signal }: Options,
  remainingMs: number,
): Promise<void> {
  if (profile.kind !== "simulator") return;
  const timeoutMs = Math.max(1, Math.min(bootMs, Math.round(remainingMs)));
  try {
    await runXcrun(["simctl", "bootstatus", udid, "-b"], env, { timeoutMs, signal });
  } catch (cause) {
    if (!(cause instanceof ToolError || cause instanceof CaptureError)) throw cause;
    const message = `${name} (${udid}) did not boot: ${cause.message}`;
    throw new RunnerError("device-not-booted", "environment", message, { cause });
  }
}

/** Best effort: what cannot be uninstalled is installed over. */
export async function uninstall(
  { profile, udid }: Destination,
  bundleIds: readonly string[],
  { env, signal }: Options,
): Promise<void> {
  if (profile.kind !== "simulator") return;
  for (const bundleId of bundleIds) {
    const args = ["simctl", "uninstall", udid, bundleId];
    await runXcrun(args, env, { timeoutMs: uninstallMs, signal }).catch(() => {});
    signal.throwIfAborted();
  }
}
