/**
 * `npm start`: the whole way in one command. Builds, profiles the example, prints its hottest
 * functions, and opens the profile in VS Code with the extension loaded.
 *
 *   --no-open   ends after the table
 */
import { globSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { buildStuckApp } from "../examples/stuck-app/build.ts";
import { ensureVSCode } from "./host/ensure-vscode.ts";
import { openProfile } from "./host/open-profile.ts";
import { root } from "./host/paths.ts";
import { step } from "./host/step.ts";

const { values } = parseArgs({ options: { "no-open": { type: "boolean", default: false } } });

await step("Building Hangscope", () => execa(process.execPath, ["esbuild.mjs"], { cwd: root }));
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

if (!values["no-open"]) {
  const [profile] = globSync(join(folder, "*-v8.log"));
  if (!profile) throw new Error(`The run left no profile in ${folder}.`);
  await openProfile(await ensureVSCode("open"), {
    extension: root,
    folder: join(root, "examples", "stuck-app"),
    profile,
  });
}
