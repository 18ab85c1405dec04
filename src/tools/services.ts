/** What tools may use of the process they run in. The server builds these; tests can fake them. */

import type { UploadBudgets } from "../artifacts/budget.ts";
import type { CaptureSessions } from "../capture/capture.ts";
import type { WriterFormat } from "../formats/writer-formats.ts";
import type { BrowserService } from "../hang/chromium/browsers.ts";
import type { Answer, Query } from "../profile/query.ts";
import type { RunnerService } from "../runner/provider.ts";
import type { RunnerEvent } from "../runner/runner-events.ts";
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
  readonly runners: RunnerService;
  readonly browsers: BrowserService;
  /** Of the workspace; absolute path. A server without a folder of its own has none. */
  readonly artifactFolder: string | undefined;
  /** How much of evidence the session may still upload. */
  readonly uploads: UploadBudgets;
  /** Tells all who listen to the server. */
  readonly tell: (event: RunnerEvent) => void;
}
