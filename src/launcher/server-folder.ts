/**
 * One folder per workspace under the user's data folder: state, lock and log of its server. Only
 * its owner may read it; a folder that someone else owns or can write is refused.
 */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface ServerFolder {
  readonly path: string;
  readonly state: string;
  readonly lock: string;
  readonly log: string;
}

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
  const path = join(dataFolder(), "servers", key);
  return {
    path,
    state: join(path, "state.json"),
    lock: join(path, "spawn"),
    log: join(path, "server.log"),
  };
}

/** `HANGSCOPE_HOME`, or where the platform keeps a user's data. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["HANGSCOPE_HOME"]) return env["HANGSCOPE_HOME"];
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Application Support", "hangscope");
    case "win32":
      return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "hangscope");
    default:
      return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "hangscope");
  }
}

/** @throws LaunchError when the folder is not this user's alone. */
export async function secureFolder({ path }: ServerFolder): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (process.platform === "win32") return;
  const { uid, mode } = await stat(path);
  if (uid !== process.getuid!()) {
    throw new LaunchError(`${path} belongs to another user. Remove it, or set HANGSCOPE_HOME.`);
  }
  if ((mode & 0o077) !== 0) {
    throw new LaunchError(`${path} can be read by others. Run "chmod 700 ${path}".`);
  }
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
