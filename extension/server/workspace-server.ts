/** The workspace's tool-server as the extension sees it: started on first use, never before. */
import * as vscode from "vscode";
import type { Connection } from "../../src/launcher/connection.ts";
import type { RunnerEvent } from "../../src/runner/runner-events.ts";
import type { ServerEvent } from "../../src/server/protocol.ts";
import type { TaskOptions } from "../../src/toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../../src/tools/index.ts";
import type { ServerConnection, ServerState } from "../app.ts";
import { UserError } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { isStuck } from "./patience.ts";
import { idleMs, patienceMs } from "./settings.ts";

type HangEvent = Extract<ServerEvent, { kind: "hang-captured" }>;

export class WorkspaceServer implements ServerConnection {
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly #profileUpdated = new vscode.EventEmitter<string>();
  readonly #captureEnded = new vscode.EventEmitter<string>();
  readonly #hangCaptured = new vscode.EventEmitter<HangEvent>();
  readonly #runnerTold = new vscode.EventEmitter<RunnerEvent>();
  /** Said to calls that wait for a server that does not answer. */
  readonly #tryAgain = new vscode.EventEmitter<void>();
  /** How often it was said by the user, who may be quicker than a call that is about to fail. */
  #keptWaiting = 0;
  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidUpdateProfile = this.#profileUpdated.event;
  readonly onDidEndCapture = this.#captureEnded.event;
  readonly onDidCaptureHang = this.#hangCaptured.event;
  readonly onDidTellOfRunner = this.#runnerTold.event;
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  #state: ServerState = { kind: "stopped" };
  #made: Promise<Connection> | undefined;
  /** Settles when no server is being ended: a call would find one that is about to go. */
  #ending: Promise<unknown> = Promise.resolve();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
  }

  get state(): ServerState {
    return this.#state;
  }

  async call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task?: TaskOptions,
  ): Promise<ToolOutput<N>> {
    requireTrust();
    const connection = await this.#connection();
    for (;;) {
      await this.#ending;
      const keptWaiting = this.#keptWaiting;
      try {
        return await connection.call(name, input, task);
      } catch (error) {
        // Nothing was sent. Whether to wait on is the user's to say, who is asked meanwhile.
        if (!(error instanceof Error && error.name === "UnresponsiveError")) throw error;
        if (keptWaiting === this.#keptWaiting) await this.#untilNextTry(task?.signal);
      }
    }
  }

  keepWaiting(): void {
    this.#keptWaiting++;
    this.#tryAgain.fire();
  }

  async cancel(jobId: string): Promise<void> {
    await (await this.#connection()).cancel(jobId);
  }

  async wake(): Promise<void> {
    requireTrust();
    await this.#ending;
    await (await this.#connection()).wake();
  }

  async stop(): Promise<void> {
    const connection = await this.#connection();
    await this.#end(() => connection.stop());
  }

  async restart(): Promise<void> {
    requireTrust();
    const connection = await this.#connection();
    await this.#end(() => connection.restart());
  }

  async showLog(): Promise<void> {
    const { log } = await this.#connection();
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(log), { preview: true });
    } catch {
      throw new UserError(vscode.l10n.t("The server has written no log yet."));
    }
  }

  dispose(): void {
    void this.#made?.then((connection) => connection.dispose());
    this.#tryAgain.dispose();
    this.#stateChanged.dispose();
    this.#profileUpdated.dispose();
    this.#captureEnded.dispose();
    this.#hangCaptured.dispose();
    this.#runnerTold.dispose();
  }

  /** Starts nothing by itself: the first call does. */
  #connection(): Promise<Connection> {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Loaded when first needed, so that activation does not pay for it. */
  async #make(): Promise<Connection> {
    const { Connection } = await import("../../src/launcher/connection.ts");
    const workspace = workspaceKey();
    return new Connection({
      serverScript: this.#context.asAbsolutePath("dist/server.js"),
      idleMs: idleMs(),
      unresponsiveMs: patienceMs(),
      ...(workspace !== undefined && { workspace }),
      onState: (state) => this.#show(state),
      onEvent: (event) => this.#hear(event),
    });
  }

  #show(state: ServerState): void {
    this.#log.debug(`server: ${state.kind}`);
    this.#state = state;
    this.#stateChanged.fire(state);
    if (!isStuck(state)) this.#tryAgain.fire();
  }

  #end(work: () => Promise<void>): Promise<void> {
    const ending = work();
    this.#ending = ending.catch(() => {});
    return ending;
  }

  #untilNextTry(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancelled = () => reject(signal?.reason);
    const listener = this.#tryAgain.event(() => resolve());
    signal?.addEventListener("abort", cancelled, { once: true });
    return promise.finally(() => {
      listener.dispose();
      signal?.removeEventListener("abort", cancelled);
    });
  }

  #hear(event: ServerEvent): void {
    if (event.kind === "profile-updated") this.#profileUpdated.fire(event.profileId);
    if (event.kind === "capture-ended") this.#captureEnded.fire(event.sessionId);
    if (event.kind === "hang-captured") this.#hangCaptured.fire(event);
    if ("prepareId" in event) this.#runnerTold.fire(event);
  }
}

/** One server serves every window of a folder or of a saved multi-root workspace. */
function workspaceKey(): string | undefined {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (workspaceFile?.scheme === "file") return workspaceFile.fsPath;
  return workspaceFolders?.[0]?.uri.fsPath;
}
