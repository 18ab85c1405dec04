/** Every platform's row, and what follows from it on the command line. */
import assert from "node:assert/strict";
import { buildArguments, launchArguments } from "../../../src/runner/build-arguments.ts";
import { findDestination } from "../../../src/runner/destinations.ts";
import {
  buildDestination,
  type Destination,
  deviceKey,
  type PlatformProfile,
  platformNames,
  profiles,
  testDestination,
} from "../../../src/runner/platforms.ts";
import { hostArch } from "../../../src/runner/toolchain.ts";

/** Platform, kind, SDK, family, build and test destination, and how many at once. */
const table = [
  ["ios", "simulator", "iphonesimulator", "ios-simulator", "platform=iOS Simulator,id=U", "same"],
  ["ios", "device", "iphoneos", "ios-device", "generic/platform=iOS", "platform=iOS,id=U"],
  [
    "tvos",
    "simulator",
    "appletvsimulator",
    "tvos-simulator",
    "platform=tvOS Simulator,id=U",
    "same",
  ],
  ["tvos", "device", "appletvos", "tvos-device", "generic/platform=tvOS", "platform=tvOS,id=U"],
  ["macos", "host", "macosx", "macos", "platform=macOS,arch=arm64", "same"],
] as const;

const on = (profile: PlatformProfile): Destination => ({
  profile,
  udid: profile.kind === "host" ? "" : "U",
  name: "N",
  arch: "arm64",
});
const paths = {
  derivedData: "/s/DerivedData",
  resultBundle: "/s/r.xcresult",
  fingerprint: "f".repeat(64),
};

describe("the table of platforms", () => {
  it("has these rows", () => {
    assert.deepEqual(
      profiles.map((profile) => {
        const [build, test] = [buildDestination(on(profile)), testDestination(on(profile))];
        const { platform, kind, sdk, family } = profile;
        return [platform, kind, sdk, family, build, build === test ? "same" : test];
      }),
      table.map((row) => [...row]),
    );
    assert.deepEqual(platformNames, ["ios", "tvos", "macos"]);
  });

  it("takes a new platform as a row, and nothing else", async () => {
    const watch: PlatformProfile = {
      ...profiles[0],
      platform: "watchos",
      system: "watchOS",
      sdk: "watchsimulator",
      family: "watchos-simulator",
      destination: "watchOS Simulator",
    };
    assert.equal(buildDestination(on(watch)), "platform=watchOS Simulator,id=U");
    const args = buildArguments(
      { project: "/p/R.xcodeproj", scheme: "R", destination: on(watch), settings: {} },
      paths,
    );
    assert.ok(args.includes("platform=watchOS Simulator,id=U"));
    const host: PlatformProfile = { ...profiles.at(-1)!, platform: "catalyst" };
    const options = { env: {}, signal: new AbortController().signal };
    const found = await findDestination({ platform: "catalyst" }, options, [host]);
    assert.equal(deviceKey(found), "host-catalyst");
  });

  for (const profile of profiles) {
    it(`builds and launches one at a time on ${profile.family}`, () => {
      const destination = on(profile);
      const plan = { project: "/p/R.xcodeproj", scheme: "R", destination, settings: { A: "b c" } };
      const build = buildArguments(plan, paths);
      const launch = launchArguments({ destination, test: "T/C/m", testRun: "/l/r.xctestrun" });
      for (const args of [build, launch]) {
        const at = args.indexOf(
          profile.kind === "simulator"
            ? "-maximum-concurrent-test-simulator-destinations"
            : "-maximum-concurrent-test-device-destinations",
        );
        assert.equal(args[at + 1], "1");
        assert.equal(args[args.indexOf("-parallel-testing-enabled") + 1], "NO");
      }
      assert.equal(build[0], "build-for-testing");
      assert.ok(build.includes("A=b c"));
      assert.ok(build.includes(`HANGSCOPE_RUNNER_FINGERPRINT=${paths.fingerprint}`));
      assert.ok(build.includes("COMPILER_INDEX_STORE_ENABLE=NO"));
      assert.equal(build.includes("-allowProvisioningUpdates"), profile.kind === "device");
      assert.equal(build.includes("CODE_SIGN_STYLE=Automatic"), profile.kind === "device");
      assert.equal(build.includes("CODE_SIGNING_ALLOWED=NO"), profile.kind === "host");
      assert.equal(launch[0], "test-without-building");
      assert.ok(launch.includes("-only-testing:T/C/m"));
      assert.equal(launch[launch.indexOf("-collect-test-diagnostics") + 1], "never");
      assert.equal(launch[launch.indexOf("-test-timeouts-enabled") + 1], "NO");
      assert.ok(!launch.includes("-project"));
    });
  }

  it("takes a workspace as one", () => {
    const plan = {
      project: "/p/R.xcworkspace",
      scheme: "R",
      destination: on(profiles[0]),
      settings: {},
    };
    assert.ok(buildArguments(plan, paths).includes("-workspace"));
  });

  it("spells machines as Apple does", () => {
    assert.deepEqual(
      ["aarch64", "arm64", "x86_64"].map((name) => hostArch(name)),
      ["arm64", "arm64", "x86_64"],
    );
  });
});
