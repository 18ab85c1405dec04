/**
 * What a test says about the Mac it wants: the Xcode, what runs on it, what a recording holds and
 * what goes wrong. Everything has a default; `{}` is a Mac on which all works.
 */
import type { times } from "./table.ts";

export type ToolName =
  | "xctrace"
  | "xcrun"
  | "xcodebuild"
  | "xcode-select"
  | "simctl"
  | "devicectl"
  | "plutil"
  | "notifyutil"
  | "xcresulttool";

export interface Scenario {
  /** Decides grammar, attach by name, the simulator deadlock and the shape of stacks. */
  readonly xcode?: string;
  /** Of an Xcode by default; that of the command line tools brings neither xctrace nor simctl. */
  readonly developerDir?: string;
  /** Not on PATH, and not found by `xcrun`. */
  readonly missing?: readonly ToolName[];
  /**
   * How calls begin (`plutil -convert xml1`) that wait, before they do anything, until a scenario
   * no longer holds them.
   */
  readonly holds?: readonly string[];
  readonly simulators?: readonly Simulator[];
  readonly devices?: readonly Device[];
  readonly apps?: readonly App[];
  readonly processes?: readonly RunningProcess[];
  /** Instruments of templates of the user's, by name; a `.tracetemplate` file by its base name. */
  readonly templates?: Readonly<Record<string, readonly string[]>>;
  readonly times?: Times;
  readonly record?: RecordBehaviour;
  readonly export?: ExportBehaviour;
  readonly trace?: TraceContent;
  readonly build?: BuildBehaviour;
  readonly runner?: RunnerBehaviour;
}

export interface Simulator {
  readonly udid: string;
  readonly name: string;
  /** The system's version. */
  readonly os: string;
  /** Default `iOS`. */
  readonly platform?: "iOS" | "tvOS";
  /** At first: `boot` and `bootstatus -b` change it. */
  readonly state: "Booted" | "Shutdown";
  /** What becomes of an attempt to boot it. Default `works`. */
  readonly boot?: "works" | "fails" | "hangs";
}

export interface Device {
  readonly udid: string;
  readonly name: string;
  readonly os: string;
  readonly model: string;
  readonly connected: boolean;
}

export interface App {
  /** The simulator's or device's udid. */
  readonly on: string;
  readonly bundleId: string;
  /** `CFBundleExecutable`. */
  readonly executable: string;
  readonly displayName: string;
  readonly type: "User" | "System";
}

export interface RunningProcess {
  readonly pid: number;
  /** The executable's name. */
  readonly name: string;
  readonly displayName?: string;
  readonly path: string;
  /** A udid; absent on the Mac itself. */
  readonly on?: string;
  /** Of an app, which `launchctl list` shows. */
  readonly bundleId?: string;
}

/** Milliseconds on a real Mac, each multiplied by `scale`. */
export type Times = { readonly [name in keyof typeof times]?: number } & {
  /** Default 0.02. */
  readonly scale?: number;
  /** Of `--time-limit`. Default: as `scale`. */
  readonly limitScale?: number;
};

export interface RecordBehaviour {
  /** How a recording tells that it has begun. Default `both`. */
  readonly saysStarted?: "both" | "line" | "notification" | "never";
  /** Says "Starting recording" and nothing ever after; not even SIGINT ends it. */
  readonly hangsAtStart?: boolean;
  /** So many first attempts to attach do not find the process. */
  readonly coldStarts?: number;
  /**
   * All but `works` exit with 2. `fails`: says that the trace is ready, but saves none.
   * `fails-plainly`: without these words. `fails-with-trace`: saves one, whose tables are empty.
   */
  readonly attach?: "works" | "fails" | "fails-plainly" | "fails-with-trace";
  /** Run issues of a recording that is good otherwise: exit 2 at its end. */
  readonly issues?: readonly string[];
  readonly onInterrupt?: "finalises" | "ignores";
  readonly finalising?: "works" | "never-ends" | "crashes" | "disk-full";
  /** Whether `--device <simulator>` deadlocks. Default: as the version does. */
  readonly deadlocks?: boolean;
  /** In place of the exit code of a recording that was saved. */
  readonly exitCode?: number;
  /** A launched program goes on when its recording ends. */
  readonly launchedOutlives?: boolean;
  /** Where the lines go that are not errors. Default `stdout`. */
  readonly linesOn?: "stdout" | "stderr";
  /** Bytes on standard error while it records. */
  readonly noiseBytes?: number;
}

/**
 * - `hangs`: no output, no end. - `crashes`: ended by SIGTRAP. - `exits-133`: the same through a
 * shell. - `fails`: an error and its exit code. - `says-nothing`: exit 0 and no output.
 * - `stops-midway`: half the document, then SIGTRAP. - `disk-full`: the same, with an error.
 */
export type FaultKind =
  | "hangs"
  | "crashes"
  | "exits-133"
  | "fails"
  | "says-nothing"
  | "stops-midway"
  | "disk-full";

/** With `times`, only the first attempts meet it. */
export type Fault = FaultKind | { readonly kind: FaultKind; readonly times: number };

export interface ExportBehaviour {
  readonly toc?: Fault;
  /** By schema, or by the name of a detail (`Leaks`). */
  readonly tables?: Readonly<Record<string, Fault>>;
  /** Bytes on standard error of an export of the toc; `true` for as many as were seen. */
  readonly tocNoise?: number | true;
}

/** What `build-for-testing` does. */
export interface BuildBehaviour {
  /**
   * Default `works`. `fails`: with `lines` and the verdict. `hangs`: when half is compiled.
   * `disk-full`, `unsigned`, `no-destination`: as the real one says it. `crashes`: by SIGKILL.
   * `leaves-nothing`, `leaves-two`: succeeds, with no or two `.xctestrun`.
   */
  readonly outcome?:
    | "works"
    | "fails"
    | "hangs"
    | "disk-full"
    | "unsigned"
    | "no-destination"
    | "crashes"
    | "leaves-nothing"
    | "leaves-two";
  /** Said after everything is compiled. */
  readonly lines?: readonly string[];
  /** Resources in the product beside what it needs. */
  readonly files?: number;
  /** Of all of them. Default 64 each. */
  readonly bytes?: number;
  /** Of the `.xctestrun`: 2 has configurations. Default 1. */
  readonly testRunFormat?: 1 | 2;
  /** The `.xctestrun` names its products by the folder that they were built in. */
  readonly absolutePaths?: boolean;
  /** Starts a helper in its group that ignores SIGTERM, as it does itself. */
  readonly ignoresTerm?: boolean;
  /** Issues in the result bundle, as `get build-results` tells them. */
  readonly issues?: {
    readonly errors?: readonly object[];
    readonly warnings?: readonly object[];
  };
}

/** How a runner comes up that `test-without-building` starts. */
export type RunnerHealth =
  | "healthy"
  | "never-listens"
  | "exits-early"
  | "wrong-fingerprint"
  | "wrong-protocol"
  | "automation-stuck"
  | "port-taken"
  | "device-locked"
  | "no-destination"
  | "not-booted";

export interface RunnerBehaviour {
  /** Of every launch from the first on; the last one goes on. Default `healthy`. */
  readonly launches?: readonly RunnerHealth[];
  /** Of launches from one build, counted from 1, over `launches`. */
  readonly builds?: Readonly<Record<string, RunnerHealth>>;
}

export interface TraceContent {
  /** The folder that holds `Sources/`; frames name files below it. */
  readonly sourceRoot?: string;
  /** The process that is stuck when all are recorded. Default `StuckApp`. */
  readonly app?: string;
  /** Whether another process's hang is in the table too. Default: in recordings of all. */
  readonly strangers?: boolean;
  readonly hangs?: "found" | "none";
  /** `empty`: a node without rows, which a scan that did not finish leaves too. */
  readonly leaks?: "found" | "formatted-sizes" | "without-stacks" | "empty";
  /** Runs in the bundle before the recorded one. */
  readonly earlierRuns?: readonly ("empty" | "quiet" | "same")[];
  readonly tables?: Readonly<Record<string, TableContent>>;
}

export interface TableContent {
  /** How often the schema stands in the toc, with the same rows. Default 1; 0 for never. */
  readonly copies?: number;
  /** Rows to write, the script's over and over. Default: the script's once. */
  readonly rows?: number;
  /** In their place so many bytes of another, busier machine: for size, not for sense. */
  readonly bytes?: number;
  /** Whether a table of the toc yields a node. Default `true`. */
  readonly node?: boolean;
}
