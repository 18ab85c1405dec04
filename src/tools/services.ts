/** What tools may use of the process they run in. The server builds these; tests can fake them. */

import type { CaptureSessions } from "../capture/v8/capture.ts";
import type { WriterFormat } from "../formats/writer-formats.ts";
import type { Answer, Query } from "../profile/query.ts";
import type { Environment } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";

/** Open profiles, each in a worker of its own; the least recently used are dropped. */
export interface ProfileStore {
  /** Gives the profile's id. The same unchanged file gives the same id without a second read. */
  open(
    path: string,
    workspaceFolders: readonly string[],
    task: TaskOptions,
    env?: Environment,
  ): Promise<string>;
  /** @throws ToolError `unknown-profile` for an id that was dropped: open it again. */
  query(profileId: string, query: Query, task: TaskOptions): Promise<Answer>;
  write(profileId: string, format: WriterFormat, output: string, task: TaskOptions): Promise<void>;
}

export interface Services {
  readonly profiles: ProfileStore;
  readonly captures: CaptureSessions;
}
