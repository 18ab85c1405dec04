/** Which Xcode, SDK and machine an artifact is of. What cannot be told is an error, never a guess. */
import { stat } from "node:fs/promises";
import { machine } from "node:os";
import { dirname, join } from "node:path";
import { parseXcodeVersion, runXcrun, xcrun } from "../capture/apple/xcode.ts";
import { CaptureError } from "../capture/capture-error.ts";
import type { Environment } from "../toolchain/environment.ts";
import { type RunOptions, run, ToolError } from "../toolchain/run.ts";
import { allEnded } from "./all-ended.ts";
import { RunnerError } from "./runner-error.ts";

export interface Toolchain {
  readonly xcode: { readonly version: string; readonly build: string };
  readonly sdk: { readonly name: string; readonly version: string; readonly build: string };
  readonly hostArch: string;
}

const limitMs = 30_000;

/** Asked once per Xcode and SDK, and again when that Xcode has changed. */
export class Toolchains {
  readonly #known = new Map<string, { readonly stamp: string; readonly toolchain: Toolchain }>();

  /** @throws RunnerError `no-xcode`, `no-sdk` or `unknown-toolchain`; a failure is not remembered. */
  async probe(sdk: string, env: Environment, signal?: AbortSignal): Promise<Toolchain> {
    const folder = await developerFolder(env, signal);
    const key = `${folder}\0${sdk}`;
    const before = await stampOf(folder);
    const known = this.#known.get(key);
    if (known && known.stamp === before) return known.toolchain;
    this.#known.delete(key);
    const toolchain = await probe(sdk, env, signal);
    // Replaced while it was asked, or nothing tells when it will be.
    if (before !== undefined && (await stampOf(folder)) === before) {
      this.#known.set(key, { stamp: before, toolchain });
    }
    return toolchain;
  }
}

async function developerFolder(env: Environment, signal?: AbortSignal): Promise<string> {
  const chosen = env["DEVELOPER_DIR"] ?? process.env["DEVELOPER_DIR"];
  if (chosen) return chosen;
  const tool = { command: "xcode-select", howToGet: xcrun.howToGet };
  const stdout = await ask(() => run(tool, ["-p"], { ...limits(signal), env }), "no-xcode");
  return oneLine(stdout, "xcode-select -p");
}

/** An update of Xcode writes these anew, wherever it stands. */
async function stampOf(developer: string): Promise<string | undefined> {
  const files = ["version.plist", "Info.plist"].map((name) => join(dirname(developer), name));
  try {
    const stats = await Promise.all(files.map((file) => stat(file, { bigint: true })));
    return stats
      .map(({ ino, size, mtimeNs, ctimeNs }) => `${ino}/${size}/${mtimeNs}/${ctimeNs}`)
      .join();
  } catch {
    return undefined;
  }
}

async function probe(sdk: string, env: Environment, signal?: AbortSignal): Promise<Toolchain> {
  const xcrunOf = (code: string, ...args: string[]) =>
    ask(() => runXcrun(args, env, limits(signal)), code);
  const [version, sdkVersion, sdkBuild] = await allEnded([
    xcrunOf("no-xcode", "xcodebuild", "-version"),
    xcrunOf("no-sdk", "--sdk", sdk, "--show-sdk-version"),
    xcrunOf("no-sdk", "--sdk", sdk, "--show-sdk-build-version"),
  ]);
  return {
    xcode: readVersion(version),
    sdk: {
      name: sdk,
      version: oneLine(sdkVersion, "xcrun --show-sdk-version"),
      build: oneLine(sdkBuild, "xcrun --show-sdk-build-version"),
    },
    hostArch: hostArch(),
  };
}

function readVersion(text: string): Toolchain["xcode"] {
  const found = parseXcodeVersion(text);
  const build = /^Build version (\w+)/m.exec(text)?.[1];
  if (!found || build === undefined) throw unknown("xcodebuild -version", text);
  return { version: found.version.join("."), build };
}

/** As Apple's tools spell it. */
export function hostArch(name = machine()): string {
  return name === "aarch64" ? "arm64" : name;
}

function limits(signal: AbortSignal | undefined): Omit<RunOptions, "env"> {
  return { timeoutMs: limitMs, ...(signal && { signal }) };
}

async function ask(
  probe: () => Promise<{ readonly stdout: string }>,
  code: string,
): Promise<string> {
  try {
    return (await probe()).stdout;
  } catch (cause) {
    if (!(cause instanceof ToolError || cause instanceof CaptureError)) throw cause;
    const name = cause instanceof CaptureError || cause.kind === "missing" ? "no-xcode" : code;
    throw new RunnerError(name, "environment", cause.message, { cause });
  }
}

function oneLine(text: string, of: string): string {
  const line = text.trim();
  if (line === "" || line.includes("\n")) throw unknown(of, text);
  return line;
}

function unknown(of: string, text: string): RunnerError {
  const said = JSON.stringify(text.slice(0, 80));
  const message = `${of} did not tell what was asked, but ${said}.`;
  return new RunnerError("unknown-toolchain", "environment", message);
}
