/** Switches V8's sampler on for all pages of a browser. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CaptureError } from "../../capture/capture-error.ts";

const folderName = "v8-logs";
/** V8 puts the isolate before it; the process is that of the page. */
const logName = "%p-v8.log";
const pollMs = 50;
/** The first page's log begins with its first script, which Chromium runs by itself. */
const writtenMs = 3_000;

export interface Arming {
  /** Absolute path; it goes with the user data. The browser has to be started in it. */
  readonly folder: string;
  readonly flags: readonly string[];
}

/** @param data the browser's user data */
export async function armingFlags(data: string): Promise<Arming> {
  const folder = join(data, folderName);
  await mkdir(folder);
  // V8 parts its flags at blanks and knows no quotes.
  const log = /\s/.test(folder) ? logName : join(folder, logName);
  return { folder, flags: [`--js-flags=--prof --logfile=${log}`] };
}

/**
 * A page in a sandbox cannot open the log: V8 then writes to standard output, all pages mingled.
 * @throws CaptureError `unwritten-log`; the signal's reason when aborted.
 */
export async function waitForLog(folder: string, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < writtenMs) {
    if ((await readdir(folder)).length > 0) return;
    await sleep(pollMs, undefined, { signal });
  }
  const problem = "With its sandbox no page can write the log of V8's sampler";
  throw new CaptureError("unwritten-log", `${problem}.`);
}
