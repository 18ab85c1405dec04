/** Starts a server's process and waits until it says that it can be called. */
import { execa } from "execa";
import type { ServerFolder } from "../server/folder.ts";
import { type SpawnMessage, spawnMessageSchema } from "../server/protocol.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { LaunchError } from "./server-folder.ts";

export interface SpawnOptions {
  /** The server's module: `dist/server.js`, or `src/server/main.ts` in development. */
  readonly serverScript: string;
  /** What runs it; inside VS Code that is Electron, which `ELECTRON_RUN_AS_NODE` turns into Node. */
  readonly execPath?: string;
  /** Milliseconds without a client or a job after which the server leaves; 0 for never. */
  readonly idleMs?: number;
  readonly managed?: RecordedServer["managed"];
}

const readyWithinMs = 20_000;
const defaultIdleMs = 30 * 60_000;
const keptErrorBytes = 4_096;

/**
 * @returns `undefined` when another server holds the folder.
 * @throws LaunchError when it did not get ready; no process is left behind then.
 */
export async function spawnServer(
  folder: ServerFolder,
  options: SpawnOptions,
): Promise<RecordedServer | undefined> {
  const child = launch(folder, options);
  try {
    const message = await Promise.race([spawnMessage(child), failedStart(child), tooLate()]);
    if (message.kind === "failed") throw new LaunchError(notStarted(message.message));
    letGo(child);
    return message.kind === "ready" ? message.state : undefined;
  } catch (error) {
    if (child.pid !== undefined) killGroup(child.pid);
    throw error;
  }
}

function launch(folder: ServerFolder, options: SpawnOptions) {
  const { serverScript, execPath = process.execPath, managed = "autospawn" } = options;
  const idleMs = String(options.idleMs ?? defaultIdleMs);
  const args = [serverScript, "--folder", folder.path, "--managed", managed, "--idle-ms", idleMs];
  return execa(execPath, args, {
    detached: true,
    cleanup: false,
    reject: false,
    ipc: true,
    buffer: { stdout: false, ipc: false },
    maxBuffer: keptErrorBytes,
    // Its last words, should it fail before it has a log. Later it has nothing to say here.
    stdio: ["ignore", "ignore", "pipe"],
    env: { ELECTRON_RUN_AS_NODE: "1" },
  });
}

type Child = ReturnType<typeof launch>;

async function spawnMessage(child: Child): Promise<SpawnMessage> {
  const message = await child.getOneMessage().catch(() => new Promise<never>(() => {}));
  const parsed = spawnMessageSchema.safeParse(message);
  if (!parsed.success) throw new LaunchError("The server's first message was not understood.");
  return parsed.data;
}

/** It ended before it had said anything. */
async function failedStart(child: Child): Promise<never> {
  const { exitCode, signal, stderr, originalMessage } = await child;
  const how = signal ? `ended by ${signal}` : `code ${exitCode ?? originalMessage}`;
  const said = stderr.trim().split("\n").slice(-8).join("\n");
  // A last message may still be on its way.
  await new Promise(setImmediate);
  throw new LaunchError(notStarted(`${how}${said && `: ${said}`}`));
}

function notStarted(why: string): string {
  return `The server did not start: ${why}`;
}

function tooLate(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = notStarted(`it was not ready within ${readyWithinMs / 1000} s.`);
  setTimeout(() => reject(new LaunchError(message)), readyWithinMs).unref();
  return promise;
}

/** Nothing of ours keeps the child, nor the child us. */
function letGo(child: Child): void {
  child.nodeChildProcess.unref();
  child.stderr.destroy();
}

/** The child is ours and unreaped, so its pid cannot have been used again. */
function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has left already.
  }
}
