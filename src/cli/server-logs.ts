/** `hangscope server logs`: the server's own log, as it stands and as it grows. */
import { setTimeout as sleep } from "node:timers/promises";
import { serverFolder } from "../launcher/server-folder.ts";
import { CliError, exitCodes } from "./failure.ts";
import { LogTail } from "./log-tail.ts";

const pollMs = 250;

export interface LogOptions {
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** @returns the exit code; while it follows, only the signal ends it, which it throws. */
export async function serverLogs(
  workspace: string,
  { follow, signal }: LogOptions,
): Promise<number> {
  const tail = new LogTail(serverFolder(workspace).log);
  try {
    const hasSaid = await printNew(tail);
    if (follow) await followLog(tail, signal);
    else if (!hasSaid) throw new CliError("The server of this folder has written no log yet.");
    return exitCodes.ok;
  } finally {
    await tail.close();
  }
}

/**
 * Prints what comes, until the signal or `isOver` ends it.
 * @throws the signal's reason
 */
export async function followLog(
  tail: LogTail,
  signal: AbortSignal,
  isOver: () => Promise<boolean> = async () => false,
): Promise<void> {
  for (;;) {
    const isLast = await isOver();
    await printNew(tail);
    if (isLast) return;
    signal.throwIfAborted();
    await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** @returns whether there was anything new. */
export async function printNew(tail: LogTail): Promise<boolean> {
  let hasSaid = false;
  for await (const chunk of tail.read()) {
    hasSaid = true;
    // What reads us may be slower than a disk.
    await new Promise<void>((resolve) => process.stdout.write(chunk, () => resolve()));
  }
  return hasSaid;
}
