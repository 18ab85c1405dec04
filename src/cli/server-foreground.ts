/** `hangscope server start --foreground`: a server that lives as long as the command, its log shown. */
import { performance } from "node:perf_hooks";
import { recordedServer } from "../launcher/recorded-server.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import { stopServer } from "../launcher/stop-server.ts";
import type { ServerFolder } from "../server/folder.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { isSame } from "../toolchain/process-identity/identity.ts";
import { CliError, exitCodes } from "./failure.ts";
import { LogTail } from "./log-tail.ts";
import { ensure } from "./server-command.ts";
import { followLog, printNew } from "./server-logs.ts";

/** Standard output is the log's alone. */
export async function serverForeground(workspace: string, signal: AbortSignal): Promise<number> {
  const folder = serverFolder(workspace);
  const tail = new LogTail(folder.log);
  try {
    await tail.skip();
    const before = performance.now();
    const client = await ensure(workspace, signal, "cli");
    const { uptimeMs } = await client.health();
    const recorded = await recordedServer(folder);
    if (recorded?.server.instanceId !== client.server.instanceId) {
      throw new CliError("The server left as soon as it had started.");
    }
    const isOurs = uptimeMs <= performance.now() - before && recorded.managed === "cli";
    const { pid } = recorded.process;
    const ending = isOurs ? "Ctrl-C stops it." : "It was running already: Ctrl-C leaves it so.";
    console.error(`Running: process ${pid}. ${ending}`);
    try {
      await followLog(tail, signal, async () => (await isSame(recorded.process)) === "gone");
    } finally {
      if (isOurs && signal.aborted) await end(recorded, tail);
    }
    return howItEnded(folder, recorded);
  } finally {
    await tail.close();
  }
}

async function end(recorded: RecordedServer, tail: LogTail): Promise<void> {
  const isGone = await stopServer(recorded);
  await printNew(tail);
  const { pid } = recorded.process;
  if (!isGone) console.error(`hangscope: The server (process ${pid}) does not end.`);
}

/** A server that leaves takes its state along; one that crashed or was killed does not. */
async function howItEnded(folder: ServerFolder, ended: RecordedServer): Promise<number> {
  const left = await recordedServer(folder);
  if (left?.server.instanceId !== ended.server.instanceId) {
    console.error("The server has left.");
    return exitCodes.ok;
  }
  throw new CliError(`The server (process ${ended.process.pid}) ended without a word.`);
}
