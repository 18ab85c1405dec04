/**
 * `npm start`: the whole way in one command. Builds, profiles the example, prints its hottest
 * functions, and opens the profile in VS Code with the extension loaded.
 *
 *   --apple-demo   the same for an iOS app, with stand-ins for Apple's tools
 *   --no-open      ends after the table
 */
import { globSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { buildStuckApp } from "../examples/stuck-app/build.ts";
import { runAppleDemo, stuckIos } from "./apple-demo.ts";
import { ensureVSCode } from "./host/ensure-vscode.ts";
import { openProfile } from "./host/open-profile.ts";
import { root } from "./host/paths.ts";
import { step } from "./host/step.ts";
import { untilInterrupted } from "./host/until-interrupted.ts";

const { values } = parseArgs({
  options: {
    "apple-demo": { type: "boolean", default: false },
    "no-open": { type: "boolean", default: false },
  },
});

const started = performance.now();
await step("Building Hangscope", () => execa(process.execPath, ["esbuild.mjs"], { cwd: root }));
const { folder, profile } = values["apple-demo"] ? await appleApp() : await nodeProgram();
console.log(`\nFrom the build to the line: ${secondsSince(started)} s`);
if (!values["no-open"]) {
  await openProfile(await ensureVSCode("open"), { extension: root, folder, profile });
}

interface Profiled {
  /** Of the sources. */
  readonly folder: string;
  readonly profile: string;
}

async function appleApp(): Promise<Profiled> {
  return { folder: stuckIos, profile: await untilInterrupted(runAppleDemo) };
}

async function nodeProgram(): Promise<Profiled> {
  const program = await step("Building examples/stuck-app", buildStuckApp);
  const captures = join(root, "out", "captures");
  await mkdir(captures, { recursive: true });
  const folder = await mkdtemp(join(captures, "stuck-app-"));
  const cli = join(root, "dist", "cli.js");
  await step("Profiling examples/stuck-app", () =>
    execa(process.execPath, [cli, "run", "--out", folder, "--", "node", program], {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
    }),
  );
  const [profile] = globSync(join(folder, "*-v8.log"));
  if (!profile) throw new Error(`The run left no profile in ${folder}.`);
  return { folder: join(root, "examples", "stuck-app"), profile };
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
