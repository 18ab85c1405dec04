/** The window's one capture: started on a target, its program run where the user sees it. */
import * as vscode from "vscode";
import type {
  CaptureTarget,
  StartedCapture,
  StoppedCapture,
} from "../../src/capture/v8/capture.ts";
import type { Captures, Recorder, Recording, ServerConnection } from "../app.ts";
import { withProgress } from "../progress.ts";
import { type RunningProgram, runInTerminal } from "./run-in-terminal.ts";

/** What to profile, as the user chose it. */
export interface Plan {
  readonly title: string;
  readonly target: CaptureTargetInput;
  /** How to run the program with the capture's variables; by default in a terminal of its own. */
  readonly run?: (started: StartedCapture) => Promise<RunningProgram>;
}
export type CaptureTargetInput =
  | Exclude<CaptureTarget, { kind: "command" }>
  | {
      readonly kind: "command";
      readonly argv: string[];
      readonly cwd: string;
      readonly env?: Record<string, string>;
      readonly node?: string;
    };

interface Session extends Recording {
  readonly started: StartedCapture;
  readonly program: RunningProgram | undefined;
}

export class CaptureRecorder implements Recorder {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #stopped = new vscode.EventEmitter<StoppedCapture>();
  readonly onDidChange = this.#changed.event;
  /** The capture's result, whoever ended it. */
  readonly onDidStop = this.#stopped.event;
  readonly #server: ServerConnection;
  readonly #captures: Captures;
  readonly #onError: (error: unknown) => void;
  readonly #ended: vscode.Disposable;
  #session: Session | undefined;
  #stopping: Promise<void> | undefined;

  constructor(server: ServerConnection, captures: Captures, onError: (error: unknown) => void) {
    this.#server = server;
    this.#captures = captures;
    this.#onError = onError;
    this.#ended = server.onDidEndCapture((sessionId) => {
      if (sessionId === this.#session?.started.sessionId) this.#stopQuietly();
    });
  }

  get current(): Recording | undefined {
    return this.#session;
  }

  async start({ title, target, run }: Plan): Promise<void> {
    const sampler = vscode.workspace
      .getConfiguration("hangscope")
      .get<"prof" | "cpu-prof">("capture.sampler", "prof");
    await vscode.workspace.fs.createDirectory(this.#captures.directory);
    const started = await withProgress(vscode.l10n.t("Starting to profile {0}", title), (task) =>
      this.#server.call(
        "v8.start",
        {
          target: target.kind === "command" ? { ...target, launch: "caller" } : target,
          sampler,
          directory: this.#captures.directory.fsPath,
          title,
        },
        task,
      ),
    );
    const program =
      target.kind === "command"
        ? await this.#run(started, run ?? (() => runInTerminal(started, target.cwd)))
        : undefined;
    this.#show({ title, startedAt: Date.now(), started, program });
    void program?.ended.then(() => {
      if (this.#session?.started === started) this.#stopQuietly();
    });
  }

  /** Ends the program and the capture; the result is told by `onDidStop`. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  dispose(): void {
    this.#ended.dispose();
    this.#changed.dispose();
    this.#stopped.dispose();
  }

  /** A program that cannot be run leaves no capture behind. */
  async #run(started: StartedCapture, run: NonNullable<Plan["run"]>): Promise<RunningProgram> {
    try {
      return await run(started);
    } catch (error) {
      await this.#server.call("v8.stop", { sessionId: started.sessionId });
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const { sessionId, title } = session.started;
    try {
      await session.program?.end();
      const stopped = await withProgress(
        vscode.l10n.t("Collecting the profile of {0}", title),
        (task) => this.#server.call("v8.stop", { sessionId }, task),
      );
      this.#show(undefined);
      this.#stopped.fire(stopped);
    } finally {
      this.#show(undefined);
    }
  }

  #stopQuietly(): void {
    this.stop().catch(this.#onError);
  }

  #show(session: Session | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    void vscode.commands.executeCommand("setContext", "hangscope.recording", session !== undefined);
    this.#changed.fire();
  }
}
