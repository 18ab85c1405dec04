/** Runs a program as a task in a terminal: its output and input belong to the user. */
import * as vscode from "vscode";
import type { StartedCapture } from "../../src/capture/capture.ts";

export interface RunningProgram {
  /** Settles when the program has ended, by itself or not. */
  readonly ended: Promise<unknown>;
  /**
   * Ends it and what it started: an interrupt first, so that it can write its profile.
   * @returns the exit code of a program that had ended by itself
   */
  end(): Promise<number | undefined>;
}

const source = "Hangscope";

/** The command that `v8.start` prepared, as it says. */
export function runInTerminal({ argv, cwd, env, title }: StartedCapture): Promise<RunningProgram> {
  const [program, ...args] = argv as [string, ...string[]];
  const hasFolder = vscode.workspace.workspaceFolders !== undefined;
  const task = new vscode.Task(
    { type: "process" },
    hasFolder ? vscode.TaskScope.Workspace : vscode.TaskScope.Global,
    title,
    source,
    new vscode.ProcessExecution(program, args, { cwd, env: { ...env } }),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    focus: false,
    clear: true,
    showReuseMessage: false,
  };
  return runTask(task);
}

export async function runTask(task: vscode.Task): Promise<RunningProgram> {
  return new TaskProgram(await vscode.tasks.executeTask(task));
}

/** The program of a capture that began before this window was reloaded. */
export function findRunning(title: string): RunningProgram | undefined {
  const execution = vscode.tasks.taskExecutions.find(({ task }) => task.name === title);
  return execution && new TaskProgram(execution);
}

/** How long the program gets to end after each step. */
const graceMs = 3_000;

class TaskProgram implements RunningProgram {
  readonly ended: Promise<number | undefined>;
  readonly #execution: vscode.TaskExecution;
  #pid: number | undefined;
  #hasEnded = false;

  constructor(execution: vscode.TaskExecution) {
    this.#execution = execution;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.ended = promise;
    const listeners = vscode.Disposable.from(
      vscode.tasks.onDidStartTaskProcess((event) => {
        if (event.execution === execution) this.#pid = event.processId;
      }),
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution === execution) resolve(event.exitCode);
      }),
      // Also told for a task without a process, because it could not be started.
      vscode.tasks.onDidEndTask((event) => {
        if (event.execution === execution) resolve(undefined);
      }),
    );
    void promise.then(() => {
      this.#hasEnded = true;
      listeners.dispose();
    });
  }

  async end(): Promise<number | undefined> {
    // VS Code lists a task for a while after its process has ended, and its pid is free by then.
    const isListed = vscode.tasks.taskExecutions.includes(this.#execution);
    if (this.#hasEnded || !isListed) return this.ended;
    for (const step of [() => this.#interrupt(), () => this.#execution.terminate()]) {
      await step();
      if (await settlesInTime(this.ended)) break;
    }
    return undefined;
  }

  /** What Ctrl+C in its terminal does; a program that reads keys itself gets a signal all the same. */
  async #interrupt(): Promise<void> {
    const pid = this.#pid;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      const pids = await Promise.all(vscode.window.terminals.map(({ processId }) => processId));
      vscode.window.terminals[pids.indexOf(pid)]?.sendText("\x03", false);
      return;
    }
    try {
      // A terminal's program leads a process group.
      process.kill(-pid, "SIGINT");
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function settlesInTime(promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, graceMs, false);
  });
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
