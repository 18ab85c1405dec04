/** Runs a program as a task in a terminal: its output and input belong to the user. */
import * as vscode from "vscode";
import type { StartedCapture } from "../../src/capture/v8/capture.ts";

export interface RunningProgram {
  /** Settles when the program has ended, by itself or not. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

/** The command that `v8.start` prepared, as it says. */
export function runInTerminal(
  { argv, env, title }: StartedCapture,
  cwd: string,
): Promise<RunningProgram> {
  const [program, ...args] = argv as [string, ...string[]];
  const task = new vscode.Task(
    { type: "process" },
    vscode.TaskScope.Workspace,
    title,
    "Hangscope",
    new vscode.ProcessExecution(program, args, { cwd, env: { ...env } }),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    focus: false,
    clear: true,
  };
  return runTask(task);
}

export async function runTask(task: vscode.Task): Promise<RunningProgram> {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const execution = await vscode.tasks.executeTask(task);
  const listener = vscode.tasks.onDidEndTask(({ execution: other }) => {
    if (other !== execution) return;
    listener.dispose();
    resolve();
  });
  return {
    ended,
    async end() {
      if (vscode.tasks.taskExecutions.includes(execution)) execution.terminate();
      // A terminal that was closed by hand says nothing more.
      await Promise.race([ended, new Promise((later) => setTimeout(later, 3_000))]);
    },
  };
}
