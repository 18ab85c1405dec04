/** `npm run package`: makes the .vsix in `out/`, and refuses one that is not fit to ship. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../src/toolchain/run.ts";
import { root } from "./host/paths.ts";

const maxBytes = 2 * 1024 * 1024;

/**
 * Builds for production and packages.
 * @returns the path of the .vsix.
 * @throws Error when the packager warns, or the package is too large or holds `node_modules`.
 */
export async function packageExtension(): Promise<string> {
  const vsix = join(root, "out", "hangscope.vsix");
  await mkdir(join(root, "out"), { recursive: true });
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  const node = { command: process.execPath, howToGet: "Run npm ci." };
  const { stdout, stderr } = await run(node, [vsce, "package", "--no-dependencies", "-o", vsix], {
    cwd: root,
    timeoutMs: 5 * 60_000,
  });
  const warnings = `${stdout}\n${stderr}`.match(/^.*\bWARNING\b.*$/gm);
  if (warnings) throw new Error(`The packager warns:\n${warnings.join("\n")}`);
  const bytes = await readFile(vsix);
  if (bytes.length > maxBytes) {
    throw new Error(`${vsix} has ${bytes.length} bytes, more than ${maxBytes}.`);
  }
  // A zip holds the names of its files uncompressed.
  if (bytes.includes("extension/node_modules/")) throw new Error(`${vsix} holds node_modules.`);
  return vsix;
}

if (import.meta.main) {
  const vsix = await packageExtension();
  const { length } = await readFile(vsix);
  console.log(`${vsix} (${(length / 1024).toFixed(0)} KiB)`);
}
