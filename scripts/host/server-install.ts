/**
 * Installs a VS Code server from npm packages, for machines that cannot download VS Code.
 *
 * It is VS Code's own server and extension host, drawn by a browser. It goes into a staging
 * folder that is renamed into place: the folder either is complete or is not there.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { run } from "../../src/toolchain/run.ts";
import { cacheFolder } from "./paths.ts";
import { step } from "./step.ts";

export const vscodeVersion = "1.139.1";
/** The npm package that carries this VS Code. */
const carrier = "code-server@4.139.1";
/** Raise it when what is installed changes, so that older folders are left behind. */
const recipe = 2;

/** Large parts that neither the server nor our tests need. */
const unusedDependencies = ["@github/copilot-sdk", "@microsoft/mxc-sdk"];
const unusedExtensions = ["copilot", "mermaid-markdown-features", "microsoft-authentication"];

const npm = { command: "npm", howToGet: "Install Node.js together with npm." };
const tar = { command: "tar", howToGet: "Install tar." };

/** Of `@vscode`; they would need a compiler, and plain JavaScript does for tests. */
const nativeModules = ["spdlog", "native-watchdog"];

/** The folder of a complete VS Code server; installs it the first time. */
export async function ensureServer(): Promise<string> {
  const folder = join(cacheFolder, `server-${vscodeVersion}-${recipe}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const release = await lock(cacheFolder, { retries: { retries: 600, factor: 1 } });
  try {
    if (!existsSync(folder)) {
      await step(`Installing the VS Code ${vscodeVersion} server from npm`, () => install(folder));
    }
  } finally {
    await release();
  }
  return folder;
}

async function install(folder: string): Promise<void> {
  const staging = `${folder}.staging`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await unpack(staging);
  await slim(staging);
  // The carrier's own lock file of this folder is out of step with its package.json.
  await runNpm(staging, "install");
  await runNpm(join(staging, "extensions"), "ci");
  for (const name of nativeModules) {
    const standIn = join(import.meta.dirname, "stand-ins", `${name}.cjs`);
    await copyFile(standIn, join(staging, "node_modules", "@vscode", name, "index.js"));
  }
  await rename(staging, folder);
}

async function unpack(staging: string): Promise<void> {
  await run(npm, ["pack", "--silent", carrier], { cwd: staging, timeoutMs: 10 * 60_000 });
  const archive = (await readdir(staging)).find((name) => name.endsWith(".tgz"));
  if (!archive) throw new Error(`npm pack ${carrier} left no archive.`);
  await run(tar, ["-xzf", archive, "--strip-components=3", "package/lib/vscode"], {
    cwd: staging,
  });
  await rm(join(staging, archive));
}

async function slim(staging: string): Promise<void> {
  for (const name of unusedExtensions) {
    await rm(join(staging, "extensions", name), { recursive: true });
  }
  const manifestPath = join(staging, "package.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8"));
  for (const name of unusedDependencies) delete manifest.dependencies[name];
  await writeFile(manifestPath, JSON.stringify(manifest, undefined, 2));
}

async function runNpm(cwd: string, command: "install" | "ci"): Promise<void> {
  const flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run(npm, [command, ...flags], { cwd, timeoutMs: 15 * 60_000 });
}
