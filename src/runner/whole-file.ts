/**
 * Small private files that are never seen half written, and whose halves are found again: a
 * process that is killed in the middle of one leaves a name that says whose it was.
 */
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../toolchain/process-identity/identity.ts";

let written = 0;

export async function writeWholeFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}-${written++}.partial`;
  try {
    // A process of the same number may have left one.
    await writeFile(partial, text, { mode: 0o600, flag: "w" });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw error;
  }
}

/** Removes the halves of those who are gone. */
export async function removeHalves(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(/\.(\d+)-\d+\.partial$/.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(folder, name), { force: true });
  }
}
