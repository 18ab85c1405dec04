/** Where this user's servers, captures and what they share are kept. */
import { homedir } from "node:os";
import { join } from "node:path";

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
