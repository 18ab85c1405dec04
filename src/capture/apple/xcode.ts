/** Which Xcode there is, and how its tools are run. */
import type { Environment } from "../../toolchain/environment.ts";
import { type RunOptions, type RunResult, run, ToolError } from "../../toolchain/run.ts";
import { CaptureError } from "../capture-error.ts";

/** Version numbers, most significant first: `[26, 4, 1]`. */
export type XcodeVersion = readonly number[];

export interface Xcode {
  readonly version: XcodeVersion;
  /** As Apple writes it: `26.4.1 (17E202)`. */
  readonly label: string;
}

const elsewhere =
  "Apple's tools exist on macOS only. Exported XML opens on any system, and " +
  "`npm start -- --apple-demo` shows the whole way without a Mac.";
const onMac = "Install Xcode from the App Store and open it once.";

/** On PATH, so that `DEVELOPER_DIR` and `xcode-select` decide which Xcode is meant. */
export const xcrun = {
  command: "xcrun",
  howToGet: process.platform === "darwin" ? onMac : elsewhere,
};

/** Runs one of Xcode's tools. @throws CaptureError `no-xcode` where there is none. */
export async function runXcrun(
  args: readonly string[],
  env: Environment,
  options: Omit<RunOptions, "env"> = {},
): Promise<RunResult> {
  try {
    return await run(xcrun, args, { ...options, env });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const isMissing = error.kind === "missing" || /unable to find utility/.test(error.stderr);
    if (!isMissing) throw error;
    const problem = error.kind === "missing" ? "xcrun was not found." : `There is no ${args[0]}.`;
    throw new CaptureError("no-xcode", `${problem} ${xcrun.howToGet}`, { cause: error });
  }
}

/** @throws CaptureError `no-xcode`. */
export async function findXcode(env: Environment, signal?: AbortSignal): Promise<Xcode> {
  // Not `xctrace version`, which is another number: Xcode 26.4's says 16.0.
  const { stdout } = await runXcrun(["xcodebuild", "-version"], env, {
    timeoutMs: 30_000,
    ...(signal && { signal }),
  });
  const xcode = parseXcodeVersion(stdout);
  if (xcode) return xcode;
  const said = JSON.stringify(stdout.slice(0, 80));
  throw new CaptureError("no-xcode", `xcodebuild did not tell its version, but ${said}.`);
}

/** `Xcode 26.4.1` and `Build version 17E202`, a line each. */
export function parseXcodeVersion(text: string): Xcode | undefined {
  const version = /^Xcode (\d+(?:\.\d+)*)/m.exec(text)?.[1];
  if (version === undefined) return undefined;
  const build = /^Build version (\w+)/m.exec(text)?.[1];
  const label = build === undefined ? version : `${version} (${build})`;
  return { version: version.split(".").map(Number), label };
}

export function isAtLeast(version: XcodeVersion, least: XcodeVersion): boolean {
  for (let i = 0; i < least.length; i++) {
    const difference = (version[i] ?? 0) - least[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
