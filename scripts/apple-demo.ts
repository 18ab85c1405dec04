/**
 * `npm start -- --apple-demo`: an Apple app's whole way where there are no Apple tools. Stand-ins
 * take their place, and play a recording of `examples/stuck-ios`.
 */
import { globSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { type AppleTools, withAppleTools } from "../test/toolchain/scenario.ts";
import { root } from "./host/paths.ts";
import { step } from "./host/step.ts";
import { stopToolServer } from "./host/tool-server.ts";

export const stuckIos = join(root, "examples", "stuck-ios");

const notice = `
Stand-ins take the place of Apple's tools here. No app runs and nothing is recorded: what they
export was written for examples/stuck-ios, whose lines it names. On a Mac with Xcode the same
commands record your app.
`;
const recordMs = 2_000;

/**
 * Lists devices, records and stops, by the command line in `dist/`.
 * @param signal ends what runs
 * @returns the path of a profile, which stays
 */
export async function runAppleDemo(signal: AbortSignal): Promise<string> {
  if (process.platform === "win32") {
    throw new Error("The stand-ins of Apple's tools need a Unix: try it in WSL.");
  }
  console.log(notice);
  const captures = join(root, "out", "captures");
  await mkdir(captures, { recursive: true });
  const folder = await mkdtemp(join(captures, "stuck-ios-"));
  try {
    await recordStuckApp(folder, signal);
    const [profile] = globSync(join(folder, "*", "*.hangscope-trace"));
    if (profile) return profile;
    throw new Error(`The recording left no profile in ${folder}.`);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function recordStuckApp(folder: string, signal: AbortSignal): Promise<void> {
  const tools = withAppleTools({ xcode: "26.5", trace: { sourceRoot: stuckIos } });
  // A server of its own: the user's is not to find the stand-ins on its PATH.
  const home = join(tools.dir, "home");
  try {
    await typeCommands({ tools, home, folder, signal });
  } finally {
    await stopToolServer(stuckIos, home);
    tools.remove();
  }
}

interface Recording {
  readonly tools: AppleTools;
  /** `HANGSCOPE_HOME`. */
  readonly home: string;
  /** For what is recorded. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function typeCommands({ tools, home, folder, signal }: Recording): Promise<void> {
  /** As a person types it, in the app's folder. */
  const hangscope = async (args: readonly string[], stdout: "kept" | "shown" = "kept") => {
    console.log(`\n$ hangscope ${args.join(" ")}`);
    const result = await execa(process.execPath, [join(root, "dist", "cli.js"), ...args], {
      cwd: stuckIos,
      env: { ...tools.env, HANGSCOPE_HOME: home },
      // Only a terminal gets colours.
      stdio: ["ignore", stdout === "kept" ? ["pipe", "inherit"] : "inherit", "inherit"],
      cancelSignal: signal,
    });
    return String(result.stdout);
  };
  const devices = await hangscope(["apple", "devices"]);
  const device = wordIn(devices, / booted {2}(\S+)$/m);
  const start = ["apple", "start", "--device", device, "--app", "StuckApp", "--out", folder];
  const session = wordIn(await hangscope(start), /apple stop (\S+)/);
  console.log();
  await step(`Recording for ${recordMs / 1000} s`, () => sleep(recordMs, undefined, { signal }));
  await hangscope(["apple", "stop", session], "shown");
}

function wordIn(output: string, pattern: RegExp): string {
  const word = pattern.exec(output)?.[1];
  if (word === undefined) throw new Error(`The last command did not say ${pattern}.`);
  return word;
}
