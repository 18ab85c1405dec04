/** The thread that reads a profile, started ahead: it takes as long as loading the command does. */
import { ProfileWorker } from "../profile-worker/profile-worker.ts";

const readingCommands = new Set(["analyze", "convert", "symbolize"]);
let ahead: ProfileWorker | undefined;

/** @param args the command line */
export function startReader([command = ""]: readonly string[]): void {
  if (!readingCommands.has(command)) return;
  ahead = new ProfileWorker();
  // Help and wrong usage end without anybody taking it.
  ahead.holdProcess(false);
}

/** The one that was started ahead, or a new one. */
export function takeReader(): ProfileWorker {
  const reader = ahead ?? new ProfileWorker();
  ahead = undefined;
  reader.holdProcess(true);
  return reader;
}
