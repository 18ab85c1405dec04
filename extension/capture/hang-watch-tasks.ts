/** Tasks of type `hangscope-watch`: a program in its own terminal, what hangs told in the task's. */
import * as vscode from "vscode";
import type { ServerConnection } from "../app.ts";
import { UserError } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { chosenNode } from "./node-choice.ts";
import type { CaptureRecorder, Outcome } from "./recorder.ts";

const taskType = "hangscope-watch";

export function registerWatchTasks(
  watcher: CaptureRecorder,
  server: Pick<ServerConnection, "onDidCaptureHang">,
): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    // What to watch is the user's to write down.
    provideTasks: () => [],
    resolveTask: ({ definition, scope, name }) =>
      new vscode.Task(
        definition,
        scope ?? vscode.TaskScope.Workspace,
        name,
        taskType,
        new vscode.CustomExecution(
          async (resolved) => new WatchTerminal(resolved, name, watcher, server),
        ),
        [],
      ),
  });
}

class WatchTerminal implements vscode.Pseudoterminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  readonly #definition: vscode.TaskDefinition;
  readonly #name: string;
  readonly #watcher: CaptureRecorder;
  readonly #listeners: vscode.Disposable;
  #isStarted = false;

  constructor(
    definition: vscode.TaskDefinition,
    name: string,
    watcher: CaptureRecorder,
    server: Pick<ServerConnection, "onDidCaptureHang">,
  ) {
    this.#definition = definition;
    this.#name = name;
    this.#watcher = watcher;
    this.#listeners = vscode.Disposable.from(
      server.onDidCaptureHang(({ sessionId, verdict, report }) => {
        if (this.#isStarted && sessionId === watcher.sessionId) this.#say(`${verdict}\n${report}`);
      }),
      watcher.onDidStop((outcome) => {
        if (this.#isStarted) this.#end(outcome);
      }),
    );
  }

  open(): void {
    this.#start().catch((error: Error) => {
      this.#say(error.message);
      this.#finish(1);
    });
  }

  /** The user ended the task. */
  close(): void {
    if (this.#isStarted) void this.#watcher.stop();
    this.#listeners.dispose();
  }

  async #start(): Promise<void> {
    requireTrust();
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (!folder) throw new UserError(vscode.l10n.t("A task needs a folder: open one first."));
    const { path } = await chosenNode();
    const configuration = { ...this.#definition, name: this.#name, request: "launch" };
    const { planOfLaunch } = await import("../on-demand.ts");
    const plan = await planOfLaunch(configuration, folder, path);
    await this.#watcher.start(plan);
    this.#isStarted = true;
    this.#say(vscode.l10n.t("{0} is watched for hangs.", this.#name));
  }

  #end({ hangs = [], warnings, exitCode }: Outcome): void {
    for (const warning of warnings) this.#say(warning);
    this.#say(vscode.l10n.t("It ended. Hangs that were captured: {0}", hangs.length));
    this.#finish(exitCode ?? 0);
  }

  #finish(exitCode: number): void {
    this.#isStarted = false;
    this.#listeners.dispose();
    this.#closed.fire(exitCode);
  }

  #say(text: string): void {
    this.#written.fire(`${text.replaceAll("\n", "\r\n")}\r\n`);
  }
}
