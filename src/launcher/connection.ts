/**
 * A workspace's server as one lasting connection: started on first use, found again after it
 * left, its state told as it changes. A call that may have changed something is never sent twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, type ServerClient } from "../server/client.ts";
import type { ServerEvent, ToolClient } from "../server/protocol.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { type ToolInput, type ToolName, type ToolOutput, tools } from "../tools/index.ts";
import { ToolError } from "../tools/tool.ts";
import { type EnsureOptions, ensureServer, UnresponsiveError } from "./ensure-server.ts";
import { isSameProcess } from "./probe.ts";
import { LaunchError, serverFolder } from "./server-folder.ts";
import { readState } from "./state-file.ts";
import { stopServer } from "./stop-server.ts";

export type ConnectionState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "ready" }
  /** The health thread answers, the main loop is silent. */
  | { readonly kind: "busy"; readonly silentMs: number; readonly job: string | undefined }
  /** Alive, but gives no health answer. */
  | { readonly kind: "unresponsive" }
  | { readonly kind: "failed"; readonly message: string };

export interface ConnectionOptions extends Omit<EnsureOptions, "signal" | "onUnresponsive"> {
  readonly onState?: (state: ConnectionState) => void;
  readonly onEvent?: (event: ServerEvent) => void;
}

const watchMs = 2_000;
const busyAfterMs = 1_500;
const reconnectMs = 250;

export class Connection implements ToolClient {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = { kind: "stopped" };
  /** The server being connected to, or connected. */
  #client: Promise<ServerClient> | undefined;
  #live: ServerClient | undefined;
  #leave = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Path of the server's log. */
  get log(): string {
    return serverFolder(this.#options.workspace).log;
  }

  async call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task: TaskOptions = {},
  ): Promise<ToolOutput<N>> {
    const client = await this.#connected();
    try {
      return await client.call(name, input, task);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#forget(client);
      const harmless = tools.find((tool) => tool.name === name)?.readOnly;
      if (harmless || error.refused) {
        return (await this.#connected()).call(name, input, task);
      }
      const message = `The server ended during ${name}. Whether it took effect is not known.`;
      throw new ToolError("connection-lost", message, { cause: error });
    }
  }

  /** Ends the recorded server, identity checked, and starts a new one. */
  async restart(): Promise<void> {
    const recorded = await readState(serverFolder(this.#options.workspace).state);
    this.#disconnect();
    if (recorded && (await isSameProcess(recorded)) && !(await stopServer(recorded))) {
      throw new LaunchError(`The server (pid ${recorded.server.pid}) could not be ended.`);
    }
    await this.#connected();
  }

  /** Lets go of the server, which leaves by itself when nobody uses it. */
  dispose(): void {
    this.#disconnect();
  }

  #connected(): Promise<ServerClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<ServerClient> {
    this.#show({ kind: "starting" });
    try {
      const client = await ensureServer({
        ...this.#options,
        signal: this.#leave.signal,
        onUnresponsive: () => this.#show({ kind: "unresponsive" }),
      });
      this.#live = client;
      this.#show({ kind: "ready" });
      void this.#watch(client, this.#leave.signal);
      void this.#listen(client, this.#leave.signal);
      return client;
    } catch (error) {
      this.#client = undefined;
      const message = error instanceof Error ? error.message : String(error);
      const unresponsive = error instanceof UnresponsiveError;
      this.#show(unresponsive ? { kind: "unresponsive" } : { kind: "failed", message });
      throw error;
    }
  }

  /** Tells busy from ready while connected, and gone from both. */
  async #watch(client: ServerClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(watchMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      try {
        const { silentMs, jobs } = await client.health();
        const busy = { kind: "busy", silentMs, job: jobs[0]?.tool } as const;
        this.#show(silentMs > busyAfterMs ? busy : { kind: "ready" });
      } catch {
        const recorded = await readState(serverFolder(this.#options.workspace).state);
        const same = recorded?.server.instanceId === client.server.instanceId;
        if (signal.aborted) return;
        if (same && (await isSameProcess(recorded))) this.#show({ kind: "unresponsive" });
        else {
          this.#forget(client);
          this.#show({ kind: "stopped" });
          return;
        }
      }
    }
  }

  async #listen(client: ServerClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of client.events(signal)) this.#options.onEvent?.(event);
      } catch {
        // The connection broke: whether the server is gone is for `#watch` to say.
      }
      await sleep(reconnectMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #forget(client: ServerClient): void {
    if (this.#live === client) this.#disconnect();
  }

  #disconnect(): void {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#client = undefined;
    this.#live = undefined;
    this.#show({ kind: "stopped" });
  }

  #show(state: ConnectionState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}
