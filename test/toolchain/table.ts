/**
 * What is known of Apple's tools, in one place: grammar, lines, times and exit codes of the
 * stand-in. Each entry says where it comes from, because no Mac was at hand:
 *
 * - `man`: a manual page, or a tool's own help;
 * - `notes`: what tools in use rely on, as our notes on xctrace and Xcode record it;
 * - `seen`: published output of a real run;
 * - `assumed`: nobody has shown it. A test of the product must not rest on it.
 */
export type Source = "man" | "notes" | "seen" | "assumed";

export interface Known<T> {
  readonly is: T;
  readonly from: Source;
}

const man = <T>(is: T): Known<T> => ({ is, from: "man" });
const notes = <T>(is: T): Known<T> => ({ is, from: "notes" });
const seen = <T>(is: T): Known<T> => ({ is, from: "seen" });
const assumed = <T>(is: T): Known<T> => ({ is, from: "assumed" });

export interface OptionRule {
  /** What its value is; absent for a switch. `rest`: everything that follows. */
  readonly takes?: "value" | "rest";
  readonly repeats?: boolean;
  /** Unknown to older versions. */
  readonly since?: string;
}

/** `xctrace record`. */
export const recordOptions: Readonly<Record<string, Known<OptionRule>>> = {
  "--output": man({ takes: "value" }),
  "--append-run": man({}),
  "--run-name": notes({ takes: "value", since: "26.0" }),
  "--template": man({ takes: "value" }),
  "--instrument": man({ takes: "value", repeats: true }),
  "--device": man({ takes: "value" }),
  "--time-limit": man({ takes: "value" }),
  "--window": man({ takes: "value" }),
  "--package": man({ takes: "value" }),
  "--all-processes": man({}),
  "--attach": man({ takes: "value" }),
  "--launch": man({ takes: "rest" }),
  "--target-stdin": man({ takes: "value" }),
  "--target-stdout": man({ takes: "value" }),
  "--env": man({ takes: "value", repeats: true }),
  "--no-prompt": man({}),
  "--notify-tracing-started": man({ takes: "value" }),
  "--quiet": man({}),
};

/** `xctrace export`. From this version on the trace can also be named without `--input`. */
export const exportNamesTrace = man("27.0");
export const exportOptions: Readonly<Record<string, Known<OptionRule>>> = {
  "--input": man({ takes: "value" }),
  "--output": man({ takes: "value" }),
  "--toc": man({}),
  "--xpath": man({ takes: "value" }),
  "--har": man({}),
  "--quiet": man({}),
};

/** `xcodebuild`, whatever its action. `-only-testing:T` and `-only-testing T` are the same. */
export const xcodebuildOptions: Readonly<
  Record<string, Known<{ readonly takes?: "value"; readonly of?: readonly string[] | RegExp }>>
> = {
  "-project": man({ takes: "value" }),
  "-workspace": man({ takes: "value" }),
  "-scheme": man({ takes: "value" }),
  "-destination": man({ takes: "value" }),
  "-destination-timeout": man({ takes: "value", of: /^\d+$/ }),
  "-derivedDataPath": man({ takes: "value" }),
  "-resultBundlePath": man({ takes: "value" }),
  "-xctestrun": man({ takes: "value" }),
  "-only-testing": man({ takes: "value" }),
  "-parallel-testing-enabled": man({ takes: "value", of: ["YES", "NO"] }),
  "-test-timeouts-enabled": man({ takes: "value", of: ["YES", "NO"] }),
  "-collect-test-diagnostics": notes({ takes: "value", of: ["on-failure", "never"] }),
  "-maximum-concurrent-test-simulator-destinations": notes({ takes: "value", of: /^[1-9]\d*$/ }),
  "-maximum-concurrent-test-device-destinations": notes({ takes: "value", of: /^[1-9]\d*$/ }),
  "-allowProvisioningUpdates": man({}),
  "-quiet": man({}),
};

/** What `xcodebuild` says when it does not do as asked. */
export const xcodebuildRefusals = {
  invalidOption: assumed((name: string) => `xcodebuild: error: invalid option '${name}'`),
  invalidValue: assumed(
    (name: string, value: string) => `xcodebuild: error: invalid value '${value}' for '${name}'`,
  ),
  noValue: assumed((name: string) => `xcodebuild: error: option '${name}' requires an argument`),
  twice: assumed((name: string) => `xcodebuild: error: option '${name}' may only be provided once`),
  unknownAction: seen((name: string) => `xcodebuild: error: Unknown build action '${name}'.`),
  noProject: seen((path: string) => `xcodebuild: error: '${path}' does not exist.`),
  needsScheme: assumed(
    "xcodebuild: error: If you specify a workspace or a project then you must also specify a scheme.",
  ),
  noScheme: seen(
    (project: string, scheme: string) =>
      `xcodebuild: error: The project named "${project}" does not contain a scheme named "${scheme}".`,
  ),
  noDestination: seen(
    (specifier: string) =>
      `xcodebuild: error: Unable to find a destination matching the provided destination specifier:\n\t\t{ ${specifier} }\n`,
  ),
  needsDestination: assumed(
    "xcodebuild: error: Testing requires a destination: use -destination to specify one.",
  ),
  bundleExists: seen(
    (path: string) => `xcodebuild: error: Existing file at -resultBundlePath "${path}"`,
  ),
  testRunAlone: assumed(
    "xcodebuild: error: -xctestrun cannot be used together with -project, -workspace or -scheme.",
  ),
  noTestRun: assumed((path: string) => `xcodebuild: error: The file at ${path} does not exist.`),
} as const;

/** What cannot be said together. Which are refused is in the manual; the words are not. */
export const refusals = {
  unknownOption: assumed((name: string) => `Unrecognized option: ${name}`),
  noValue: assumed((name: string) => `Missing argument for option: ${name}`),
  twice: assumed((name: string) => `Option can only be specified once: ${name}`),
  stray: assumed((value: string) => `Unexpected argument: ${value}`),
  unknownCommand: assumed((name: string) => `Unrecognized command: ${name}`),
  targets: man("Only one of --attach, --launch and --all-processes can be specified"),
  noTarget: man("No target: specify --attach, --launch or --all-processes"),
  launchOnly: man(
    "Specifying environment variables or stream redirection is only available when using " +
      "launch option",
  ),
  stdinNeedsMac: man("--target-stdin can only be specified when recording on the local Mac"),
  noCommand: man("No command to launch"),
  noTemplate: assumed("No template: specify --template or --instrument"),
  unknownTemplate: man((name: string) => `Cannot find template: ${name}`),
  unknownInstrument: man((name: string) => `Cannot find instrument: ${name}`),
  unknownDevice: man((name: string) => `Cannot find device: ${name}`),
  badTime: man((value: string) => `Invalid time: ${value}`),
  badVariable: man((value: string) => `Invalid environment variable: ${value}`),
  outputExists: man(
    (path: string) =>
      `If trace file already exists, then --append-run needs to be specified: ${path}`,
  ),
  noSuchFile: seen((path: string) => `File does not exist at path: ${path}`),
  appendNeedsTrace: man("--append-run needs an existing trace file as --output"),
  noInput: man("No trace file: specify --input"),
  exportModes: man("Exactly one of --toc, --xpath and --har has to be specified"),
  noHar: assumed("Export failed: no HTTP Traffic instrument in this trace"),
  badXpath: assumed((xpath: string) => `Export failed: invalid XPath: ${xpath}`),
} as const;

/** What `xctrace record` and `export` say, in this order. */
export const lines = {
  starting: seen((what: string, target: string, limit?: string) =>
    [`Starting recording with the ${what}. ${target}.`, limit && ` Time limit: ${limit}`].join(""),
  ),
  attaching: seen((name: string, pid: number) => `Attaching to: ${name} (${pid})`),
  launching: seen((name: string) => `Launching process: ${name}`),
  allProcesses: seen("Targeting All Processes"),
  ready: seen("Ctrl-C to stop the recording"),
  stopping: seen("Stopping recording..."),
  limitReached: seen("Reached specified time limit, ending recording..."),
  targetExited: seen("Target app exited, ending recording..."),
  saving: seen("Recording completed. Saving output file..."),
  savingFailed: seen("Recording failed with errors. Saving output file..."),
  /** The name only, wherever it was saved. */
  saved: seen((name: string) => `Output file saved as: ${name}`),
  issues: seen("Run issues were detected (trace is still ready to be viewed):"),
  issue: seen((text: string) => `* [Error] ${text}\n`),
  attachFailed: seen([
    "Failed to attach to target: Failed to attach to target process.",
    "Failed to attach to target process",
  ]),
  noAllProcesses: seen(
    (instrument: string) => `${instrument} cannot handle a target type of 'All Processes'`,
  ),
  noSuchName: notes((name: string) => `Cannot find process matching name: ${name}`),
  noSuchPid: seen((pid: string) => `Cannot find process for provided pid: ${pid}`),
  diskFull: assumed("Failed to save the trace: No space left on device"),
  exported: seen((path: string) => `Finished export to the file: ${path}`),
  unfinished: seen("Export failed: Document Missing Template Error"),
  exportFailed: assumed("Export failed: The operation couldn’t be completed."),
  noise: seen(
    (pid: number, n: number) =>
      `2026-03-05 17:27:38.879 xctrace[${pid}:${4_893_789 + n}] [MT] DVTAssertions: Warning in ` +
      "/Library/Caches/com.apple.xbs/Sources/Instruments/Instruments-64540.151/Theming/XRTheme.mm:213",
  ),
} as const;

export const simctlLines = {
  bootedAlready: seen(
    "An error was encountered processing the command (domain=com.apple.CoreSimulator.SimError, " +
      "code=405):\nUnable to boot device in current state: Booted",
  ),
  bootFailed: assumed("Unable to boot device because it cannot be located on disk."),
  monitoring: seen((name: string, udid: string) => `Monitoring boot status for ${name} (${udid}).`),
  booted: seen("Device already booted, nothing to do."),
} as const;

export const exitCodes = {
  usage: assumed(1),
  /** Attach failed, or a recording with issues and a good trace. */
  runIssues: notes(2),
  /** Seen in another project's stand-in only. */
  exportFailed: assumed(10),
  noSuchName: seen(19),
  noSuchPid: notes(21),
  /** A launched program's time limit, with a good trace. */
  launchLimit: notes(54),
  /** What a shell makes of the signal that ends a crashing export. */
  crashed: notes(133),
  xcodebuildUsage: assumed(64),
  /** Of a build and of tests, whatever went wrong. */
  xcodebuildFailed: notes(65),
  xcodebuildNoProject: assumed(66),
  xcodebuildNoDestination: notes(70),
  xcresulttoolFailed: assumed(1),
  needsXcode: assumed(1),
  xcrunNoTool: seen(72),
  /** CoreSimulator's codes 404 and 405, cut to a byte. */
  simctlNoDevice: seen(148),
  simctlNotBooted: seen(149),
  simctlOther: assumed(2),
} as const;

/** Milliseconds on a real Mac; a scenario scales them all. */
export const times = {
  /** Until "Starting recording". */
  beforeStarting: assumed(1_500),
  /** From there until it records. A caller waits 10 s for it (`notes`). */
  untilReady: assumed(2_500),
  /** From the end of a recording until it is saved: "seconds to 5 minutes". */
  finalising: notes(12_000),
  /** The same when all processes of the host were recorded for 10 s. */
  finalisingHostWide: notes(34_000),
  exporting: assumed(1_500),
  listing: assumed(800),
  booting: assumed(20_000),
  /** Of a whole build, all its files together. */
  building: assumed(30_000),
  /** From the start of `test-without-building` until the test runs. */
  launching: assumed(8_000),
} as const;

/** The kinds of failure a bundle shows from outside. */
export const unfinishedBundleBytes = notes(52_000);
export const tocNoiseBytes = notes(4_400_000);
/** `--device <simulator>` waits for ever in these versions, the last one not included. */
export const simulatorDeadlock = notes({ from: "26.4", until: "27.0" });
/** From here on `--attach <name>` means the display name, before it the executable's. */
export const attachByDisplayName = notes("26.5");
/** Instruments that refuse `--all-processes`. */
export const needOneProcess = notes(["Leaks", "Allocations"]);

/** From here on `devicectl` writes devices in another shape. When it changed is not known. */
export const newDeviceJson = assumed("27.0");

/** `xcresulttool get build-results` is there from here on, and the older form asks for `--legacy`. */
export const hasBuildResults = notes("16.0");
export const needsLegacy = notes("16.0");

/** Templates and the instruments they hold; only those that the stand-in has content for do. */
export const templates: Readonly<Record<string, readonly string[]>> = {
  "Activity Monitor": ["Activity Monitor"],
  Allocations: ["Allocations", "VM Tracker"],
  "Animation Hitches": ["Hitches", "Hangs", "Time Profiler"],
  "App Launch": ["App Launch", "Time Profiler"],
  "CPU Counters": ["CPU Counters"],
  "CPU Profiler": ["CPU Profiler", "Hangs", "Points of Interest", "Thermal State"],
  "File Activity": ["Filesystem Activity", "Disk Usage"],
  Leaks: ["Allocations", "Leaks"],
  Logging: ["os_log", "os_signpost"],
  "Metal System Trace": ["Metal Application", "GPU"],
  Network: ["Network Connections", "HTTP Traffic"],
  "Swift Concurrency": ["Swift Tasks", "Swift Actors"],
  SwiftUI: ["SwiftUI", "Hitches", "Time Profiler"],
  "System Trace": ["System Load", "Thread States", "Points of Interest"],
  "Time Profiler": ["Time Profiler", "Hangs", "Points of Interest", "Thermal State"],
};

/** The tables and the details a recording has for an instrument. */
export const recordedBy: Readonly<
  Record<string, { readonly tables?: readonly string[]; readonly details?: readonly string[] }>
> = {
  "Time Profiler": { tables: ["time-sample", "time-profile"] },
  "CPU Profiler": { tables: ["cpu-profile"] },
  Hangs: { tables: ["potential-hangs", "hang-risks"] },
  "Points of Interest": { tables: ["region-of-interest"] },
  Leaks: { details: ["Leaks"] },
  Allocations: { details: ["Statistics", "Allocations List"] },
};

/**
 * Xcodes by version. `xctrace` tells a version of its own, which goes down and up again: only its
 * build says which Xcode it is of.
 */
export const xcodes: readonly Known<{
  readonly xcode: string;
  readonly build: string;
  /** Of `xctrace version` and of a toc's `instruments-version`, before the build. */
  readonly xctrace: string;
  readonly iosSdk: string;
}>[] = [
  assumed({ xcode: "12.5", build: "12E262", xctrace: "12.5", iosSdk: "14.5" }),
  assumed({ xcode: "14.0", build: "14A309", xctrace: "14.0", iosSdk: "16.0" }),
  assumed({ xcode: "14.3", build: "14E222b", xctrace: "14.3", iosSdk: "16.4" }),
  seen({ xcode: "15.4", build: "15F31d", xctrace: "15.3", iosSdk: "17.5" }),
  assumed({ xcode: "16.4", build: "16F6", xctrace: "16.0", iosSdk: "18.5" }),
  seen({ xcode: "26.3", build: "17C529", xctrace: "26.0", iosSdk: "26.2" }),
  seen({ xcode: "26.4", build: "17E192", xctrace: "16.0", iosSdk: "26.4" }),
  seen({ xcode: "26.4.1", build: "17E202", xctrace: "16.0", iosSdk: "26.4" }),
  assumed({ xcode: "26.5", build: "17F42", xctrace: "16.0", iosSdk: "26.5" }),
  seen({ xcode: "26.6", build: "17F113", xctrace: "16.0", iosSdk: "26.5" }),
  seen({ xcode: "27.0", build: "27A266a", xctrace: "27.0", iosSdk: "27.0" }),
];
