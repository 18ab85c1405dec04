/**
 * Where a runner can run. All that differs between platforms is in this table: a new one is a row
 * here and a row in its test.
 */

export interface PlatformProfile {
  /** As callers ask for it. */
  readonly platform: string;
  readonly kind: "simulator" | "device" | "host";
  /** As devices tell their system: `iOS 26.4`. */
  readonly system: string;
  readonly sdk: string;
  /** Of products built for it; one artifact serves all destinations of a family. */
  readonly family: string;
  /** As `-destination` spells it. */
  readonly destination: string;
  /** `generic`: built for any device, whichever runs it. */
  readonly buildFor: "this-one" | "generic";
  /** How a runner on it is reached from this machine. */
  readonly reach: "loopback" | "forwarded";
  /** The option that keeps xcodebuild from cloning or spreading. */
  readonly oneAtATime:
    | "-maximum-concurrent-test-simulator-destinations"
    | "-maximum-concurrent-test-device-destinations";
  readonly buildOptions: readonly string[];
  readonly buildSettings: Readonly<Record<string, string>>;
}

const simulator = {
  kind: "simulator",
  buildFor: "this-one",
  reach: "loopback",
  oneAtATime: "-maximum-concurrent-test-simulator-destinations",
  buildOptions: [],
  buildSettings: {},
} as const;

const device = {
  kind: "device",
  buildFor: "generic",
  reach: "forwarded",
  oneAtATime: "-maximum-concurrent-test-device-destinations",
  buildOptions: ["-allowProvisioningUpdates"],
  buildSettings: { CODE_SIGN_STYLE: "Automatic" },
} as const;

const ios = { platform: "ios", system: "iOS" } as const;
const tvos = { platform: "tvos", system: "tvOS" } as const;

export const profiles = [
  {
    ...ios,
    ...simulator,
    sdk: "iphonesimulator",
    family: "ios-simulator",
    destination: "iOS Simulator",
  },
  { ...ios, ...device, sdk: "iphoneos", family: "ios-device", destination: "iOS" },
  {
    ...tvos,
    ...simulator,
    sdk: "appletvsimulator",
    family: "tvos-simulator",
    destination: "tvOS Simulator",
  },
  { ...tvos, ...device, sdk: "appletvos", family: "tvos-device", destination: "tvOS" },
  {
    platform: "macos",
    kind: "host",
    system: "macOS",
    sdk: "macosx",
    family: "macos",
    destination: "macOS",
    buildFor: "this-one",
    reach: "loopback",
    oneAtATime: "-maximum-concurrent-test-device-destinations",
    buildOptions: [],
    buildSettings: { CODE_SIGNING_ALLOWED: "NO", CODE_SIGNING_REQUIRED: "NO" },
  },
] as const satisfies readonly PlatformProfile[];

export type PlatformName = (typeof profiles)[number]["platform"];

export const platformNames = [
  ...new Set(profiles.map(({ platform }) => platform)),
] as unknown as readonly [PlatformName, ...PlatformName[]];

/** One device, or this Mac. */
export interface Destination {
  readonly profile: PlatformProfile;
  /** Empty for this Mac. */
  readonly udid: string;
  readonly name: string;
  /** Of this machine, as Apple's tools spell it. */
  readonly arch: string;
}

/** For `build-for-testing -destination`. */
export function buildDestination({ profile, udid, arch }: Destination): string {
  if (profile.buildFor === "generic") return `generic/platform=${profile.destination}`;
  return testDestination({ profile, udid, arch });
}

/** For `test-without-building -destination`. */
export function testDestination({ profile, udid, arch }: Omit<Destination, "name">): string {
  const which = profile.kind === "host" ? `arch=${arch}` : `id=${udid}`;
  return `platform=${profile.destination},${which}`;
}

/** Names the device in locks and records: this Mac is one, too. */
export function deviceKey({ profile, udid }: Pick<Destination, "profile" | "udid">): string {
  return profile.kind === "host" ? `host-${profile.platform}` : udid.replace(/[^\w-]/g, "_");
}
