/** The devices that a runner can be prepared on, as people choose from them. */
import type { AppleDevice } from "../capture/apple/devices.ts";
import { type PlatformName, type PlatformProfile, profiles } from "./platforms.ts";

/** As `runner.prepare` takes it. */
export interface Place {
  readonly platform: PlatformName;
  /** UDID; empty for this Mac. */
  readonly device: string;
}

export interface Choice extends Place {
  readonly name: string;
  /** `iOS 26.2`; of this Mac `macOS`. */
  readonly system: string;
  readonly kind: PlatformProfile["kind"];
}

/**
 * Those that nobody could reach a runner on, and systems that no platform of ours is for, are left
 * out. In the order of the devices, this Mac last.
 */
export function choicesAmong(
  devices: readonly Pick<AppleDevice, "kind" | "udid" | "name" | "os">[],
  table: readonly (PlatformProfile & { readonly platform: PlatformName })[] = profiles,
): Choice[] {
  const found = devices.flatMap(({ kind, udid, name, os }): Choice[] => {
    const profile = table.find((each) =>
      kind === "mac"
        ? each.kind === "host"
        : each.kind === kind && each.system === os.split(" ")[0],
    );
    if (profile?.reach !== "loopback") return [];
    const { platform, system } = profile;
    return [{ platform, device: udid, name, system: os || system, kind: profile.kind }];
  });
  const isHost = ({ kind }: Choice) => Number(kind === "host");
  return found.sort((a, b) => isHost(a) - isHost(b));
}

/** Equal for the same device and platform. */
export function placeKey({ platform, device }: Place): string {
  return `${platform}/${device}`;
}
