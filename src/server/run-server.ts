/**
 * The server's process: takes its folder's guard, binds, writes its state, says over the spawn
 * channel that it can be called, and serves until it is asked to leave or nobody needs it.
 * Nothing secret is in argv or the environment.
 */
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { holdGuard } from "../toolchain/guard.ts";
import { writePrivateFile } from "../toolchain/private-file.ts";
import {
  identify,
  isSameCommand,
  type ProcessIdentity,
} from "../toolchain/process-identity/identity.ts";
import type { Tool } from "../tools/tool.ts";
import { serverFolderAt } from "./folder.ts";
import { isIntact, type KeptFile, keepFiles } from "./kept-files.ts";
import { openLog } from "./log-file.ts";
import type { SpawnMessage } from "./protocol.ts";
import { serve } from "./serve.ts";
import type { RecordedServer } from "./state-file.ts";
import { buildOf } from "./version.ts";

export interface RunServerOptions {
  /** By default all there are. */
  readonly tools?: readonly Tool[];
}

const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    managed: { type: "string", default: "autospawn" },
    "idle-ms": { type: "string", default: "1800000" },
  },
});
if (!values.folder || !process.send) {
  throw new Error("The server is started by Hangscope itself: try `hangscope server start`.");
}
const folder = serverFolderAt(values.folder);
const log = openLog(folder.log);

process.on("uncaughtException", (error) => {
  log.error(`fatal: ${error.stack}`);
  process.exit(1);
});

// The launcher, which reads it, leaves; what is said then is in the log.
process.stderr.on("error", () => {});

/** Until it is ready, a server without its launcher is one that nobody would ever find. */
const alone = () => process.exit(1);
process.on("disconnect", alone);

/** Ends the process when the server has ended. */
export async function runServer(options: RunServerOptions = {}): Promise<never> {
  try {
    const guard = await holdGuard(folder.guard);
    if (guard) {
      await run(options, guard.secret ? [guard.secret] : []);
      guard.release();
    } else {
      await tell({ kind: "taken" });
    }
  } catch (error) {
    log.error(`did not start: ${(error as Error).stack}`);
    await tell({ kind: "failed", message: (error as Error).message });
    process.exit(1);
  }
  process.exit(0);
}

async function run({ tools }: RunServerOptions, secrets: readonly KeptFile[]): Promise<void> {
  const server = await serve({
    log,
    idleMs: Number(values["idle-ms"]),
    recordings: folder.recordings,
    artifacts: folder.artifacts,
    browsers: folder.browsers,
    ...(tools && { tools }),
  });
  const state: RecordedServer = {
    protocol: 1,
    server: server.address,
    process: await ownIdentity(),
    build: await buildOf(process.argv[1]!),
    managed: values.managed === "cli" ? "cli" : "autospawn",
  };
  const file = { path: folder.state, text: JSON.stringify(state) };
  await writePrivateFile(file.path, file.text);
  const stopKeeping = keepFiles([file, ...secrets], () => {
    void server.stop("the folder is gone");
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => void server.stop(signal));
  }
  log.info(`ready: pid ${process.pid}, port ${server.address.port}, ${state.build.version}`);
  await tell({ kind: "ready", state });
  await server.ended;
  await stopKeeping();
  if (await isIntact(file)) await rm(file.path, { force: true });
  log.info("left");
}

async function ownIdentity(): Promise<ProcessIdentity> {
  const listed = await identify(process.pid);
  if (!listed) throw new Error("The system does not list this process.");
  // In parts, whether or not the system parts them.
  const args = [process.argv0, ...process.execArgv, ...process.argv.slice(1)];
  return isSameCommand(args, listed.args) ? { ...listed, args } : listed;
}

/** Says how the start went, and closes the channel: neither side keeps the other alive. */
async function tell(message: SpawnMessage): Promise<void> {
  process.off("disconnect", alone);
  await new Promise((resolve) => process.send?.(message, resolve));
  if (process.connected) process.disconnect();
}
