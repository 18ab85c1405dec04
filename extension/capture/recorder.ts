/**
 * The window's one capture of a kind: started on a target, its program run where the user sees it.
 * A profile is there at the end; a watch captures what hangs meanwhile.
 */
import * as vscode from "vscode";
import type { StartedCapture, StoppedCapture } from "../../src/capture/capture.ts";
import { mergeEnvironments } from "../../src/toolchain/environment.ts";
import type { ToolInput } from "../../src/tools/index.ts";
import type { Recorder, Recording, ServerConnection } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { findRunning, type RunningProgram, runInTerminal } from "./run-in-terminal.ts";
import type { StoredCaptures } from "./stored-captures.ts";

/** What to profile, as the user chose it. */
export interface Plan {
  readonly title: string;
  readonly target: ToolInput<"v8.start">["target"] | AppleTarget;
  /** How to run the program with the capture's variables; by default in a terminal of its own. */
  readonly run?: (started: StartedCapture) => Promise<RunningProgram>;
}

/** What `apple.start` takes, but where to put it. */
type AppleTarget = { readonly kind: "apple" } & Omit<
  ToolInput<"apple.start">,
  "directory" | "title"
>;

/** How a capture ended. */
export interface Outcome extends Omit<StoppedCapture, "exitCode" | "output"> {
  readonly title: string;
  /** Of a program of this window that ended by itself. */
  readonly exitCode: number | undefined;
}

interface Session extends Recording {
  readonly sessionId: string;
  readonly program: RunningProgram | undefined;
  readonly stopTool: "v8.stop" | "apple.stop";
}

/** `savedKey` outlives a reload of the window, as the capture itself does. */
const kinds = {
  profile: { savedKey: "recording", contextKey: "hangscope.recording" },
  watch: { savedKey: "watching", contextKey: "hangscope.watching" },
} as const;
type Saved = Pick<Session, "sessionId" | "title" | "startedAt" | "stopTool">;

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
  readonly #kind: keyof typeof kinds;
  readonly #ended: vscode.Disposable;
  #session: Session | undefined;
  #starting = false;
  #stopping: Promise<void> | undefined;

  constructor(
    server: ServerConnection,
    captures: StoredCaptures,
    memory: vscode.Memento,
    onError: (error: unknown) => void,
    kind: keyof typeof kinds = "profile",
  ) {
    this.#kind = kind;
    this.#server = server;
    this.#captures = captures;
    this.#memory = memory;
    this.#onError = onError;
    this.#ended = server.onDidEndCapture((sessionId) => {
      if (sessionId === this.#session?.sessionId) this.#stopQuietly();
    });
    // A restarted extension host finds the window's keys as its predecessor left them.
    this.#setContext(false);
    const saved = memory.get<Saved>(kinds[kind].savedKey);
    if (saved) void this.#resume(saved).catch(onError);
  }

  get current(): Recording | undefined {
    return this.#session;
  }

  /** Of the capture, as the server knows it. */
  get sessionId(): string | undefined {
    return this.#session?.sessionId;
  }

  /** @throws UserError while another capture is under way. */
  async start(plan: Plan): Promise<void> {
    const other = this.#session?.title ?? (this.#starting ? plan.title : undefined);
    if (other !== undefined) {
      throw new UserError(this.refusal(other));
    }
    this.#starting = true;
    try {
      await this.#start(plan);
    } finally {
      this.#starting = false;
    }
  }

  refusal(title: string): string {
    return this.#kind === "watch"
      ? vscode.l10n.t("{0} is being watched: stop that first.", title)
      : vscode.l10n.t("{0} is being profiled: stop that first.", title);
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
    const common = { directory: directory.fsPath, title };
    const isWatch = this.#kind === "watch";
    const doing = isWatch
      ? vscode.l10n.t("Starting to watch {0}", title)
      : vscode.l10n.t("Starting to profile {0}", title);
    const started = await withProgress(doing, (task) => {
      if (target.kind !== "apple") {
        const how = isWatch ? { watch: watch() } : { sampler: sampler() };
        const input = { ...common, target: asCaller(target), ...how };
        return this.#server.call("v8.start", input, task);
      }
      const { kind: _kind, ...recorded } = target;
      return this.#server.call("apple.start", { ...common, ...recorded }, task);
    });
    const { sessionId } = started;
    const program = target.kind === "command" ? await this.#run(started, run) : undefined;
    const stopTool = target.kind === "apple" ? "apple.stop" : "v8.stop";
    this.#show({ sessionId, title, startedAt: Date.now(), program, stopTool, isWatch });
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
    const isWatch = this.#kind === "watch";
    if (underWay) this.#show({ ...saved, program: findRunning(saved.title), isWatch });
    else await this.#memory.update(kinds[this.#kind].savedKey, undefined);
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const { sessionId, title, stopTool } = session;
    this.#show({ ...session, isStopping: true });
    try {
      const outcome = await withProgress(
        this.#kind === "watch"
          ? vscode.l10n.t("Ending the watch over {0}", title)
          : vscode.l10n.t("Collecting the profile of {0}", title),
        async (task) => {
          if (session.program) task.onProgress?.({ message: vscode.l10n.t("Ending the program") });
          const exitCode = await session.program?.end();
          const stopped = await this.#server.call(stopTool, { sessionId }, task);
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
      stopTool: session.stopTool,
    };
    void this.#memory.update(kinds[this.#kind].savedKey, saved);
    this.#setContext(session !== undefined);
    this.#changed.fire();
  }

  #setContext(value: boolean): void {
    void vscode.commands.executeCommand("setContext", kinds[this.#kind].contextKey, value);
  }
}

/**
 * The program runs here, not in the server, which may have been started by another window or by a
 * shell. What it extends has to be this window's; the call itself tells the PATH.
 */
function asCaller(target: ToolInput<"v8.start">["target"]): ToolInput<"v8.start">["target"] {
  if (target.kind !== "command") return target;
  const { NODE_OPTIONS } = process.env;
  const env = mergeEnvironments([{ NODE_OPTIONS }, target.env ?? {}]);
  return { ...target, launch: "caller", env };
}

function sampler(): "prof" | "cpu-prof" {
  return vscode.workspace.getConfiguration("hangscope").get("capture.sampler", "prof");
}

function watch() {
  const seconds = vscode.workspace
    .getConfiguration("hangscope")
    .get("hangCapture.afterSeconds", 10);
  const folders = vscode.workspace.workspaceFolders ?? [];
  return { afterMs: seconds * 1_000, workspaceFolders: folders.map(({ uri }) => uri.fsPath) };
}
