/** What stands in a server's folder, which its launcher made for it and only its user may read. */
import { join } from "node:path";

export interface ServerFolder {
  readonly path: string;
  /** Which process the server is and how to call it: a credential. */
  readonly state: string;
  /** Held while a server is being started. */
  readonly lock: string;
  /** Which process holds the lock. */
  readonly lockHolder: string;
  /** Makes a second server of the same folder impossible. */
  readonly guard: string;
  readonly log: string;
  /** Captures whose program the server has started: see `recordings.ts`. */
  readonly recordings: string;
  /** Evidence of the workspace, where nothing else is set. */
  readonly artifacts: string;
  /** User data of the browsers that the server has started. */
  readonly browsers: string;
}

export function serverFolderAt(path: string): ServerFolder {
  return {
    path,
    state: join(path, "state.json"),
    lock: join(path, "spawn.lock"),
    lockHolder: join(path, "spawn.holder.json"),
    guard: join(path, "guard"),
    log: join(path, "server.log"),
    recordings: join(path, "recordings"),
    artifacts: join(path, "artifacts"),
    browsers: join(path, "browsers"),
  };
}
