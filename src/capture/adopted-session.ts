/** A capture whose server has died, as the next server goes on with it. */
import { setTimeout as sleep } from "node:timers/promises";
import { isSame, type ProcessIdentity } from "../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { adoptAppleSession } from "./apple/apple-session.ts";
import { CaptureError } from "./capture-error.ts";
import type { Recording } from "./recordings.ts";
import type { Session } from "./session.ts";
import { collectCommand, endWatched } from "./v8/command-session.ts";

const pollMs = 500;

export function adoptSession(recording: Recording, onEnded: () => void): Session {
  const { directory, sampler, target, watch } = recording;
  const collect = (task: TaskOptions) =>
    watch ? endWatched(directory, task) : collectCommand(directory, sampler, task);
  const started = { argv: [], cwd: "", env: {} };
  switch (target.kind) {
    case "caller":
      return {
        started,
        outlivesServer: true,
        stop: collect,
        abandon: async () => {},
      };
    case "server": {
      const { program } = target;
      void whenGone(program).then(onEnded);
      return {
        started: { ...started, pid: program.pid },
        outlivesServer: false,
        async stop(task) {
          task.onProgress?.({ message: "Ending the program" });
          await end(program);
          return collect(task);
        },
        abandon: () => end(program),
      };
    }
    case "apple":
      return adoptAppleSession(target, directory, onEnded);
    case "attached":
      queueMicrotask(onEnded);
      return {
        started,
        outlivesServer: false,
        stop: async () => {
          throw new CaptureError(
            "capture-lost",
            "The server ended while it was profiling a running process: what it had recorded is lost.",
          );
        },
        abandon: async () => {},
      };
  }
}

/** With an interrupt first, so that it can write its profile. Never signals another process. */
async function end(program: ProcessIdentity): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    if ((await isSame(program)) !== "same") return;
    try {
      process.kill(program.pid, signal);
    } catch {
      return;
    }
    const until = performance.now() + 2_000;
    while (performance.now() < until && (await isSame(program)) === "same") await sleep(50);
  }
}

async function whenGone(program: ProcessIdentity): Promise<void> {
  while ((await isSame(program)) !== "gone") await sleep(pollMs, undefined, { ref: false });
}
