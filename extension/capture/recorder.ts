/** The window's one capture: started on a target, its program run where the user sees it. */
import * as vscode from "vscode";
import type { StartedCapture, StoppedCapture } from "../../src/capture/v8/capture.ts";
import type { ToolInput } from "../../src/tools/index.ts";
import type { Recorder, Recording, ServerConnection } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { findRunning, type RunningProgram, runInTerminal } from "./run-in-terminal.ts";
import type { StoredCaptures } from "./stored-captures.ts";

/** What to profile, as the user chose it. */
export interface Plan {
  readonly title: string;
  readonly target: ToolInput<"v8.start">["target"];
  /** How to run the program with the capture's variables; by default in a terminal of its own. */
  readonly run?: (started: StartedCapture) => Promise<RunningProgram>;
}

/** How a capture ended. */
export interface Outcome extends Omit<StoppedCapture, "exitCode" | "output"> {
  readonly title: string;
  /** Of a program of this window that ended by itself. */
  readonly exitCode: number | undefined;
}

interface Session extends Recording {
  readonly sessionId: string;
  readonly program: RunningProgram | undefined;
}

/** Outlives a reload of the window, as the capture itself does. */
const savedKey = "recording";
type Saved = Pick<Session, "sessionId" | "title" | "startedAt">;

export class CaptureRecorder implements Recorder {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #stopped = new vscode.EventEmitter<Outcome>();
  readonly onDidChange = this.#changed.event;
  /** The capture's result, whoever ended it. */
  readonly onDidStop = this.#stopped.event;
  readonly #server: ServerConnection;
  readonly #captures: StoredCaptures;
  readonly #memory: vscode.Memento;
  readonly #onError: (error: unknown) => void;
  readonly #ended: vscode.Disposable;
  #session: Session | undefined;
  #starting = false;
  #stopping: Promise<void> | undefined;

  constructor(
    server: ServerConnection,
    captures: StoredCaptures,
    memory: vscode.Memento,
    onError: (error: unknown) => void,
  ) {
    this.#server = server;
    this.#captures = captures;
    this.#memory = memory;
    this.#onError = onError;
    this.#ended = server.onDidEndCapture((sessionId) => {
      if (sessionId === this.#session?.sessionId) this.#stopQuietly();
    });
    // A restarted extension host finds the window's keys as its predecessor left them.
    setRecordingKey(false);
    const saved = memory.get<Saved>(savedKey);
    if (saved) void this.#resume(saved).catch(onError);
  }

  get current(): Recording | undefined {
    return this.#session;
  }

  /** @throws UserError while another capture is under way. */
  async start(plan: Plan): Promise<void> {
    const other = this.#session?.title ?? (this.#starting ? plan.title : undefined);
    if (other !== undefined) {
      throw new UserError(vscode.l10n.t("{0} is being profiled: stop that first.", other));
    }
    this.#starting = true;
    try {
      await this.#start(plan);
    } finally {
      this.#starting = false;
    }
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

  async #start({ title, target, run = runInTerminal }: Plan): Promise<void> {
    const { directory } = this.#captures;
    await vscode.workspace.fs.createDirectory(directory);
    const started = await withProgress(vscode.l10n.t("Starting to profile {0}", title), (task) =>
      this.#server.call(
        "v8.start",
        { target: asCaller(target), sampler: sampler(), directory: directory.fsPath, title },
        task,
      ),
    );
    const { sessionId } = started;
    const program = target.kind === "command" ? await this.#run(started, run) : undefined;
    this.#show({ sessionId, title, startedAt: Date.now(), program });
    void program?.ended.then(() => {
      if (this.#session?.sessionId === sessionId) this.#stopQuietly();
    });
  }

  /** A program that cannot be run leaves no capture behind. */
  async #run(started: StartedCapture, run: NonNullable<Plan["run"]>): Promise<RunningProgram> {
    try {
      return await run(started);
    } catch (error) {
      await this.#server.call("v8.stop", { sessionId: started.sessionId });
      await this.#captures.delete(started.sessionId);
      throw error;
    }
  }

  async #resume(saved: Saved): Promise<void> {
    const captures = await this.#captures.list();
    const underWay = captures.some(({ id, underWay }) => id === saved.sessionId && underWay);
    if (this.#session) return;
    if (underWay) this.#show({ ...saved, program: findRunning(saved.title) });
    else await this.#memory.update(savedKey, undefined);
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const { sessionId, title } = session;
    try {
      const outcome = await withProgress(
        vscode.l10n.t("Collecting the profile of {0}", title),
        async (task) => {
          task.onProgress?.({ message: vscode.l10n.t("Ending the program") });
          const exitCode = await session.program?.end();
          const stopped = await this.#server.call("v8.stop", { sessionId }, task);
          return { ...stopped, title, exitCode };
        },
      );
      this.#show(undefined);
      this.#stopped.fire(outcome);
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
    const saved: Saved | undefined = session && {
      sessionId: session.sessionId,
      title: session.title,
      startedAt: session.startedAt,
    };
    void this.#memory.update(savedKey, saved);
    setRecordingKey(session !== undefined);
    this.#changed.fire();
  }
}

/**
 * The program runs here, not in the server. Its Node is looked up with the PATH of this window:
 * the server may have been started by another, or by a shell.
 */
function asCaller(target: Plan["target"]): Plan["target"] {
  if (target.kind !== "command") return target;
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      /^(path|node_options)$/i.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    ...target,
    launch: "caller",
    env: { ...Object.fromEntries(inherited), ...target.env },
  };
}

function setRecordingKey(value: boolean): void {
  void vscode.commands.executeCommand("setContext", "hangscope.recording", value);
}

function sampler(): "prof" | "cpu-prof" {
  return vscode.workspace.getConfiguration("hangscope").get("capture.sampler", "prof");
}
