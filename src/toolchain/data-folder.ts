/** The folders of this user: servers, captures and what they share, and what can be made anew. */
import { homedir } from "node:os";
import { join } from "node:path";

/** `HANGSCOPE_HOME`, or where the platform keeps a user's data. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["HANGSCOPE_HOME"]) return env["HANGSCOPE_HOME"];
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Application Support", "hangscope");
    case "win32":
      return cacheFolder(env);
    default:
      return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "hangscope");
  }
}

/** Can be deleted as a whole, but where it is the folder for data too. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Caches", "hangscope");
    case "win32":
      return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "hangscope");
    default:
      return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "hangscope");
  }
}
