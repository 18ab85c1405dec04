/** The command lines of xcodebuild: to build a runner's tests, and to run them. */
import { buildDestination, type Destination, testDestination } from "./platforms.ts";
import { fingerprintSetting } from "./session/runner-protocol.ts";

export interface BuildPlan {
  /** Absolute path of an `.xcodeproj` or `.xcworkspace`. */
  readonly project: string;
  readonly scheme: string;
  readonly destination: Destination;
  /** Over those of the platform. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What a build gets beside its sources: a part of the key, so the same for every device. */
export function buildSettings({ destination, settings }: BuildPlan): Record<string, string> {
  return {
    COMPILER_INDEX_STORE_ENABLE: "NO",
    ENABLE_CODE_COVERAGE: "NO",
    ...destination.profile.buildSettings,
    ...settings,
  };
}

export function buildArguments(
  plan: BuildPlan,
  paths: {
    readonly derivedData: string;
    readonly resultBundle: string;
    readonly fingerprint: string;
  },
): string[] {
  const { project, scheme, destination } = plan;
  const { oneAtATime, buildOptions } = destination.profile;
  const settings = { ...buildSettings(plan), [fingerprintSetting]: paths.fingerprint };
  return [
    "build-for-testing",
    project.endsWith(".xcworkspace") ? "-workspace" : "-project",
    project,
    "-scheme",
    scheme,
    "-parallel-testing-enabled",
    "NO",
    oneAtATime,
    "1",
    "-destination",
    buildDestination(destination),
    "-derivedDataPath",
    paths.derivedData,
    "-resultBundlePath",
    paths.resultBundle,
    ...buildOptions,
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
  ];
}

export interface LaunchPlan {
  readonly destination: Destination;
  /** `Target/Class/method`. */
  readonly test: string;
  /** Absolute path of the patched file. */
  readonly testRun: string;
}

export function launchArguments({ destination, test, testRun }: LaunchPlan): string[] {
  return [
    "test-without-building",
    `-only-testing:${test}`,
    "-parallel-testing-enabled",
    "NO",
    "-test-timeouts-enabled",
    "NO",
    "-collect-test-diagnostics",
    "never",
    destination.profile.oneAtATime,
    "1",
    "-destination-timeout",
    "20",
    "-xctestrun",
    testRun,
    "-destination",
    testDestination(destination),
  ];
}
