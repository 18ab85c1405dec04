/**
 * One folder per workspace under the user's data folder: state, lock and log of its server. Only
 * its owner may read it; a folder that someone else owns or can write is refused.
 */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { lstat, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ServerFolder, serverFolderAt } from "../server/folder.ts";
import { dataFolder } from "../toolchain/data-folder.ts";
import { describeFileFault } from "../toolchain/file-fault.ts";

/** Something about this machine or account keeps the server from starting. Says what to mend. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
}

/**
 * @param workspace the workspace's folder, or its `.code-workspace` file; none for a window
 *   without a folder
 */
export function serverFolder(workspace?: string): ServerFolder {
  const key = workspace === undefined ? "no-folder" : digest(realPath(workspace));
  return serverFolderAt(join(dataFolder(), "servers", key));
}

/**
 * Makes the folder where it is missing.
 * @throws LaunchError when it is not this user's alone, or cannot be made.
 */
export async function secureFolder(folder: ServerFolder): Promise<void> {
  try {
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw cannotMake(folder.path, cause);
  }
  await checkFolder(folder);
}

/**
 * What stands in the folder is only as good as who can write there.
 * @returns whether it exists.
 * @throws LaunchError when it is not this user's alone.
 */
export async function checkFolder({ path }: ServerFolder): Promise<boolean> {
  if (process.platform === "win32") return true;
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new LaunchError(`${path} cannot be looked at: ${error.message}.`, { cause: error });
  });
  if (!found) return false;
  if (!found.isDirectory()) {
    throw new LaunchError(`${path} is not a folder, but a link or a file. Remove it.`);
  }
  if (found.uid !== process.getuid!()) {
    throw new LaunchError(`${path} belongs to another user. Remove it, or set HANGSCOPE_HOME.`);
  }
  if ((found.mode & 0o077) !== 0) {
    throw new LaunchError(`${path} is open to others. Run "chmod 700 ${path}".`);
  }
  // Who can write a parent can put another folder in this one's place.
  for (const parent of [dirname(path), dirname(dirname(path))]) {
    const { uid, mode } = await stat(parent);
    if (uid !== process.getuid!() && uid !== 0) {
      throw new LaunchError(`${parent} belongs to another user. Set HANGSCOPE_HOME.`);
    }
    // A sticky folder, such as `/tmp`, lets nobody replace what others made.
    if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) {
      throw new LaunchError(`${parent} can be written by others. Run "chmod go-w ${parent}".`);
    }
  }
  return true;
}

function cannotMake(path: string, cause: unknown): LaunchError {
  const problem = `${path} cannot be made: ${describeFileFault(cause)}`;
  return new LaunchError(`${problem}. Set HANGSCOPE_HOME to choose another.`, { cause });
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
