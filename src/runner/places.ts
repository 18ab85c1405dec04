/** Where runners are kept: one cache for each user, whatever the workspace. */
import { join, resolve } from "node:path";
import { cacheFolder, dataFolder } from "../toolchain/data-folder.ts";

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
  const cache = env["HANGSCOPE_HOME"] ? data : join(cacheFolder(env), "runner");
  if (cache === data) return { cache: join(data, "cache"), state: join(data, "state") };
  return { cache, state: data };
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
