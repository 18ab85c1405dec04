/** A task of the workspace, run as it is but with the capture's variables. */
import * as vscode from "vscode";
import { UserError } from "../../commands.ts";
import type { Plan } from "../recorder.ts";
import { runTask } from "../run-in-terminal.ts";

export async function tasks(): Promise<Plan | undefined> {
  const found = (await vscode.tasks.fetchTasks()).filter(({ execution }) => canCarry(execution));
  if (found.length === 0) {
    throw new UserError(vscode.l10n.t("This workspace has no task that starts a program."));
  }
  const items = found.map((task) => ({ label: task.name, description: task.source, task }));
  const title = vscode.l10n.t("Profile Which Task?");
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return chosen && planOf(chosen.task);
}

type Program = vscode.ProcessExecution | vscode.ShellExecution;

function canCarry(execution: vscode.Task["execution"]): execution is Program {
  return execution instanceof vscode.ProcessExecution || execution instanceof vscode.ShellExecution;
}

function planOf(task: vscode.Task): Plan {
  const execution = task.execution as Program;
  const cwd = execution.options?.cwd ?? folderOf(task);
  return {
    title: task.name,
    // The task starts its program itself: only its name is told.
    target: { kind: "command", argv: [task.name], cwd, env: { ...execution.options?.env } },
    run: ({ env }) => {
      const { definition, scope, name, source, problemMatchers } = task;
      const options = { ...execution.options, env: { ...execution.options?.env, ...env } };
      return runTask(
        new vscode.Task(
          definition,
          scope ?? vscode.TaskScope.Workspace,
          name,
          source,
          withOptions(execution, options),
          problemMatchers,
        ),
      );
    },
  };
}

function withOptions(
  execution: Program,
  options: vscode.ProcessExecutionOptions & vscode.ShellExecutionOptions,
): Program {
  if (execution instanceof vscode.ProcessExecution) {
    return new vscode.ProcessExecution(execution.process, execution.args, options);
  }
  const { command, commandLine, args } = execution;
  return command !== undefined
    ? new vscode.ShellExecution(command, args ?? [], options)
    : new vscode.ShellExecution(commandLine ?? "", options);
}

function folderOf({ scope }: vscode.Task): string {
  const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new UserError(vscode.l10n.t("A task needs a folder: open one first."));
  return folder.uri.fsPath;
}
