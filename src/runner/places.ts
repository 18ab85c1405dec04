/** Where runners are kept: one cache for each user, whatever the workspace. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export interface Places {
  /** Of artifacts; can be deleted as a whole. */
  readonly cache: string;
  /** Which runners run, how to call them, and which processes we have started: private. */
  readonly state: string;
}

/** @param cacheDir in place of the user's own cache */
export function placesOf(cacheDir?: string, env: NodeJS.ProcessEnv = process.env): Places {
  const { cache, state } = ownPlaces(env);
  return { state, cache: cacheDir === undefined ? cache : resolve(cacheDir) };
}

function ownPlaces(env: NodeJS.ProcessEnv): Places {
  const own = env["HANGSCOPE_HOME"];
  if (own) return { cache: join(own, "runner", "cache"), state: join(own, "runner", "state") };
  const home = homedir();
  switch (process.platform) {
    case "darwin":
      return {
        cache: join(home, "Library", "Caches", "hangscope", "runner"),
        state: join(home, "Library", "Application Support", "hangscope", "runner"),
      };
    case "win32": {
      const local = join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "hangscope");
      return { cache: join(local, "runner", "cache"), state: join(local, "runner", "state") };
    }
    default:
      return {
        cache: join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "hangscope", "runner"),
        state: join(env["XDG_DATA_HOME"] || join(home, ".local", "share"), "hangscope", "runner"),
      };
  }
}

export const statePlaces = (state: string) => ({
  /** One file for each device that has a runner. */
  devices: join(state, "devices"),
  /** One file for each group of processes that runs. */
  processes: join(state, "processes"),
  /** One folder for each runner that runs: its `.xctestrun` and its log. */
  launches: join(state, "launches"),
  locks: join(state, "locks"),
});
