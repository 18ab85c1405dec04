/** The watchdog: what a session's main threads are stuck on is captured by itself, once a hang. */
import PQueue from "p-queue";
import type { StartWatch } from "../../capture/session-watch.ts";
import type { Answer, Query } from "../../profile/query.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { SessionWatcher } from "./session-watcher.ts";

export interface WatchServices {
  readonly profiles: {
    open(path: string, workspaceFolders: readonly string[], task: TaskOptions): Promise<string>;
    query(profileId: string, query: Query, task: TaskOptions): Promise<Answer>;
  };
  readonly log: { readonly warn: (text: string) => void };
}

export function hangWatch(services: WatchServices): StartWatch {
  // They take turns anyway (`inspectorTurn`); here one waits before its budget begins to run.
  const queue = new PQueue({ concurrency: 1 });
  return (session) => SessionWatcher.start(session, { ...services, queue });
}
