/**
 * A workspace's server as one lasting connection: started on first use, found again after it
 * left, its state told as it changes. A call that may have changed something is never sent twice.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, ServerClient } from "../server/client.ts";
import type { Health, ServerEvent, ToolClient } from "../server/protocol.ts";
import { isSame } from "../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../tools/index.ts";
import { readOnlyTools } from "../tools/read-only.ts";
import { ToolError } from "../tools/tool.ts";
import { type EnsureOptions, ensureServer, UnresponsiveError } from "./ensure-server.ts";
import { probe } from "./probe.ts";
import { recordedServer } from "./recorded-server.ts";
import { LaunchError, serverFolder } from "./server-folder.ts";
import { stopServer } from "./stop-server.ts";

export type ConnectionState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  /** An older server finishes these jobs before a new one takes its place. */
  | { readonly kind: "retiring"; readonly jobs: Health["jobs"] }
  | { readonly kind: "ready"; readonly jobs: Health["jobs"] }
  /**
   * The health thread answers, the main loop is silent. `isStuck` when for long enough that the
   * user should be asked whether to go on waiting.
   */
  | {
      readonly kind: "busy";
      readonly silentMs: number;
      readonly jobs: Health["jobs"];
      readonly isStuck: boolean;
    }
  /** Alive, but gives no health answer. */
  | { readonly kind: "unresponsive"; readonly isStuck: boolean }
  | { readonly kind: "failed"; readonly message: string };

export interface ConnectionOptions extends Omit<EnsureOptions, "signal" | "onWaiting"> {
  readonly onState?: (state: ConnectionState) => void;
  readonly onEvent?: (event: ServerEvent) => void;
}

const watchMs = 2_000;
const busyAfterMs = 1_500;
const reconnectMs = 250;
const defaultPatienceMs = 120_000;
/** Servers that end one after another: something else is wrong. */
const maxServersPerCall = 3;

export class Connection implements ToolClient {
  readonly #options: ConnectionOptions;
  readonly #patienceMs: number;
  #state: ConnectionState = { kind: "stopped" };
  /** The server being connected to, or connected. */
  #client: Promise<ServerClient> | undefined;
  #live: ServerClient | undefined;
  #leave = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#patienceMs = options.unresponsiveMs ?? defaultPatienceMs;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Path of the server's log. */
  get log(): string {
    return this.#folder.log;
  }

  async call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task: TaskOptions = {},
  ): Promise<ToolOutput<N>> {
    const id = randomUUID();
    /** The server that may have begun the call, which no other may begin again. */
    let begunBy: string | undefined;
    for (let servers = 1; ; ) {
      const client = await this.#connected();
      const { instanceId } = client.server;
      if (begunBy !== undefined && begunBy !== instanceId) throw lost(name, id);
      try {
        return await client.call(name, input, task, id);
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        task.signal?.throwIfAborted();
        if (!readOnlyTools.has(name) && !error.isUnheard) begunBy = instanceId;
        if (this.#live === client && (await this.#isThere(client))) {
          // The same server knows the request if it got it, and joins us to its job.
          await sleep(reconnectMs, undefined, { ...(task.signal && { signal: task.signal }) });
          continue;
        }
        this.#forget(client);
        if (begunBy !== undefined || servers++ >= maxServersPerCall) throw lost(name, id, error);
      }
    }
  }

  /**
   * Cancels a job of this workspace's server, whoever started it; of an older one too, which is
   * waited for.
   * @throws ConnectionError when the server did not say that it heard of it.
   */
  async cancel(jobId: string): Promise<void> {
    const recorded = this.#live ? undefined : await recordedServer(this.#folder);
    const client = this.#live ?? (recorded && new ServerClient(recorded.server));
    await client?.cancel(jobId);
  }

  /** A server that has gone is followed by another, which goes on with its captures. */
  async wake(): Promise<void> {
    await this.#connected();
  }

  /** Ends the recorded server, identity checked; a later call starts another. */
  async stop(): Promise<void> {
    const recorded = await recordedServer(this.#folder);
    this.#disconnect();
    if (!recorded || (await probe(recorded)).kind === "gone") return;
    if (await stopServer(recorded)) return;
    throw new LaunchError(`The server (pid ${recorded.process.pid}) could not be ended.`);
  }

  /** Ends the recorded server, identity checked, and starts a new one. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#connected();
  }

  /** Lets go of the server, which leaves by itself when nobody uses it. */
  dispose(): void {
    this.#disconnect();
  }

  get #folder() {
    return serverFolder(this.#options.workspace);
  }

  #connected(): Promise<ServerClient> {
    this.#client ??= this.#connect(this.#leave.signal);
    return this.#client;
  }

  async #connect(signal: AbortSignal): Promise<ServerClient> {
    this.#show({ kind: "starting" });
    try {
      const client = await ensureServer({
        ...this.#options,
        signal,
        onWaiting: (waiting) => {
          if (waiting.kind === "retiring") this.#show(waiting);
          else this.#show({ kind: "unresponsive", isStuck: false });
        },
      });
      this.#live = client;
      this.#show({ kind: "ready", jobs: [] });
      void this.#watch(client, signal);
      void this.#listen(client, signal);
      return client;
    } catch (error) {
      if (signal.aborted) throw error;
      this.#client = undefined;
      const message = error instanceof Error ? error.message : String(error);
      const isStuck = error instanceof UnresponsiveError;
      this.#show(isStuck ? { kind: "unresponsive", isStuck } : { kind: "failed", message });
      throw error;
    }
  }

  /** Tells busy from ready while connected, and gone from both. */
  async #watch(client: ServerClient, signal: AbortSignal): Promise<void> {
    let silentSince: number | undefined;
    while (!signal.aborted) {
      await sleep(watchMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      try {
        const health = await client.health();
        if (signal.aborted) return;
        silentSince = undefined;
        this.#show(stateOf(health, this.#patienceMs));
      } catch {
        const isThere = await this.#isThere(client);
        if (signal.aborted) return;
        if (!isThere) return this.#forget(client);
        silentSince ??= performance.now();
        const isStuck = performance.now() - silentSince >= this.#patienceMs;
        this.#show({ kind: "unresponsive", isStuck });
      }
    }
  }

  async #listen(client: ServerClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of client.events(signal)) this.#hear(event);
      } catch {
        // The connection broke: whether the server is gone is for `#watch` to say.
      }
      await sleep(reconnectMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #hear(event: ServerEvent): void {
    if (event.kind === "jobs" && this.#state.kind === "ready") {
      this.#show({ kind: "ready", jobs: event.jobs });
    }
    this.#options.onEvent?.(event);
  }

  /** Whether this very server still runs, however it is. */
  async #isThere(client: ServerClient): Promise<boolean> {
    const recorded = await recordedServer(this.#folder);
    if (recorded?.server.instanceId !== client.server.instanceId) return false;
    return (await isSame(recorded.process)) !== "gone";
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

/** Wedged is a loop that is silent for long while no job tells of progress either. */
export function stateOf({ silentMs, jobs }: Health, patienceMs: number): ConnectionState {
  if (silentMs <= busyAfterMs) return { kind: "ready", jobs };
  const isStuck = silentMs >= patienceMs && jobs.every(({ quietMs }) => quietMs >= patienceMs);
  return { kind: "busy", silentMs, jobs, isStuck };
}

function lost(name: string, id: string, cause?: unknown): ToolError {
  const message = `The server ended during ${name} (job ${id}). Whether it took effect is not known.`;
  return new ToolError("connection-lost", message, { cause });
}
