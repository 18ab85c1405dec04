/** Where runners are kept: one cache for each user, whatever the workspace. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { dataFolder } from "../toolchain/data-folder.ts";

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
  const data = join(dataFolder(env), "runner");
  const caches = cachesFolder(env);
  if (caches === undefined) return { cache: join(data, "cache"), state: join(data, "state") };
  return { cache: join(caches, "hangscope", "runner"), state: data };
}

/** Undefined where caches stand beside other data. */
function cachesFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env["HANGSCOPE_HOME"] || process.platform === "win32") return undefined;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
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
