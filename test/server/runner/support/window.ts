/** A server of its own, as every window of VS Code has one: a process that can be killed. */
import { setTimeout as sleep } from "node:timers/promises";
import { ensureServer } from "../../../../src/launcher/ensure-server.ts";
import { recordedServer } from "../../../../src/launcher/recorded-server.ts";
import { serverFolder } from "../../../../src/launcher/server-folder.ts";
import type { PrepareInput, PrepareResult } from "../../../../src/runner/prepare-result.ts";
import type { ServerClient } from "../../../../src/server/client.ts";
import { isAlive } from "../../../../src/toolchain/process-identity/identity.ts";
import { serverScript } from "../../support/workspace.ts";

const pollMs = 10;

export class Window {
  readonly client: ServerClient;
  readonly pid: number;
  #progress: readonly string[] = [];

  /** The workspace's server: the one that runs, or a new one. The process's environment is its. */
  static async open(workspace: string): Promise<Window> {
    const client = await ensureServer({ workspace, serverScript });
    const recorded = await recordedServer(serverFolder(workspace));
    if (!recorded) throw new Error("No server is recorded.");
    return new Window(client, recorded.process.pid);
  }

  private constructor(client: ServerClient, pid: number) {
    this.client = client;
    this.pid = pid;
  }

  /** All that was told of preparations. */
  get progress(): readonly string[] {
    return this.#progress;
  }

  prepare(input: PrepareInput, signal?: AbortSignal): Promise<PrepareResult> {
    return this.client.call("runner.prepare", input, {
      onProgress: ({ message }) => {
        this.#progress = [...this.#progress, message];
      },
      ...(signal && { signal }),
    });
  }

  /** Until a preparation has told something that begins so. */
  async hears(start: string): Promise<void> {
    while (!this.#progress.some((message) => message.startsWith(start))) await sleep(pollMs);
  }

  /** Settles when it is gone. */
  async kill(): Promise<void> {
    if (!isAlive(this.pid)) return;
    process.kill(this.pid, "SIGKILL");
    while (isAlive(this.pid)) await sleep(pollMs);
  }
}
