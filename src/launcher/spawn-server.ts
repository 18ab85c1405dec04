/** Starts a server's process and waits until it says that it can be called. */
import { readFile, stat } from "node:fs/promises";
import { execa } from "execa";
import { type Ready, readySchema } from "../server/protocol.ts";
import { startTimeOf } from "./process-identity.ts";
import { LaunchError, type ServerFolder } from "./server-folder.ts";
import type { RecordedServer } from "./state-file.ts";

export interface SpawnOptions {
  /** The server's module: `dist/server.js`, or `src/server/main.ts` in development. */
  readonly serverScript: string;
  /** What runs it; inside VS Code that is Electron, which `ELECTRON_RUN_AS_NODE` turns into Node. */
  readonly execPath?: string;
  /** Milliseconds without a client or a job after which the server leaves; 0 for never. */
  readonly idleMs?: number;
  readonly managed?: RecordedServer["managed"];
}

const readyWithinMs = 15_000;
const defaultIdleMs = 30 * 60_000;

/** @throws LaunchError when it did not get ready; no process is left behind then. */
export async function spawnServer(
  folder: ServerFolder,
  build: string,
  options: SpawnOptions,
): Promise<RecordedServer> {
  const logBefore = (await stat(folder.log).catch(() => undefined))?.size ?? 0;
  const child = execa(
    options.execPath ?? process.execPath,
    [
      options.serverScript,
      "--folder",
      folder.path,
      "--idle-ms",
      String(options.idleMs ?? defaultIdleMs),
    ],
    {
      detached: true,
      cleanup: false,
      reject: false,
      ipc: true,
      // No pipe: it would break under the server when we leave. It writes its own log.
      stdio: ["ignore", "ignore", "ignore"],
      env: { ELECTRON_RUN_AS_NODE: "1" },
    },
  );
  try {
    const ready = await Promise.race([
      readyMessage(child),
      failedStart(child, folder.log, logBefore),
      tooLate(),
    ]);
    const startTime = await startTimeOf(ready.pid);
    if (startTime === undefined) throw new LaunchError("The server left as soon as it was ready.");
    child.nodeChildProcess.unref();
    return { server: ready, startTime, build, managed: options.managed ?? "autospawn" };
  } catch (error) {
    if (child.pid !== undefined) killGroup(child.pid);
    throw error;
  }
}

async function readyMessage(child: { getOneMessage(): Promise<unknown> }): Promise<Ready> {
  const message = await child.getOneMessage().catch(() => new Promise<never>(() => {}));
  const ready = readySchema.safeParse(message);
  if (!ready.success) throw new LaunchError("The server's ready message was not understood.");
  return ready.data;
}

async function failedStart(
  child: PromiseLike<{ exitCode?: number }>,
  log: string,
  logBefore: number,
): Promise<never> {
  const { exitCode } = await child;
  const written = await readFile(log).catch(() => Buffer.alloc(0));
  const said = written.subarray(logBefore).toString().trim().split("\n").slice(-8).join("\n");
  throw new LaunchError(
    `The server did not start (code ${exitCode}): ${said || "it said nothing"}`,
  );
}

function tooLate(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = `The server was not ready within ${readyWithinMs / 1000} s.`;
  setTimeout(() => reject(new LaunchError(message)), readyWithinMs).unref();
  return promise;
}

/** The child is ours and unreaped, so its pid cannot have been used again. */
function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has left already.
  }
}
