/** A task of the workspace, run as it is but with the capture's variables. */
import * as vscode from "vscode";
import { mergeEnvironments } from "../../../src/toolchain/environment.ts";
import { UserError } from "../../commands.ts";
import { withProgress } from "../../progress.ts";
import type { Plan } from "../recorder.ts";
import { runTask } from "../run-in-terminal.ts";

export async function tasks(): Promise<Plan | undefined> {
  const all = await withProgress(
    vscode.l10n.t("Looking for tasks"),
    async () => await vscode.tasks.fetchTasks(),
  );
  const found = all.filter(({ execution }) => canCarry(execution));
  if (found.length === 0) {
    throw new UserError(
      vscode.l10n.t("This workspace has no task that starts a program: write one in tasks.json."),
    );
  }
  const items = found.map((task) => ({
    label: task.name,
    description: dependsOnOthers(task)
      ? vscode.l10n.t("{0} · without the tasks it depends on", task.source)
      : task.source,
    ...(task.detail !== undefined && { detail: task.detail }),
    task,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Profile Which Task?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen && planOf(chosen.task);
}

type Program = vscode.ProcessExecution | vscode.ShellExecution;

/** Only a process or a shell takes variables. */
function canCarry(execution: vscode.Task["execution"]): execution is Program {
  return execution instanceof vscode.ProcessExecution || execution instanceof vscode.ShellExecution;
}

/** A task with other variables is a task of its own: VS Code does not know its dependencies. */
function dependsOnOthers({ name, scope }: vscode.Task): boolean {
  const folder = typeof scope === "object" ? scope.uri : undefined;
  const written = vscode.workspace
    .getConfiguration("tasks", folder)
    .get<{ label?: string; dependsOn?: unknown }[]>("tasks", []);
  return written.some(({ label, dependsOn }) => label === name && dependsOn !== undefined);
}

export function planOf(task: vscode.Task): Plan {
  const execution = task.execution as Program;
  const cwd = folderOf(task);
  const variables = { ...execution.options?.env };
  return {
    title: task.name,
    // The task starts its program itself: only its name is told.
    target: { kind: "command", argv: [`task ${task.name}`], cwd, env: variables },
    run: ({ env }) => {
      const { definition, scope, name, source, problemMatchers } = task;
      const options = { ...execution.options, env: mergeEnvironments([variables, env]) };
      const copy = new vscode.Task(
        definition,
        scope ?? vscode.TaskScope.Workspace,
        name,
        source,
        withOptions(execution, options),
        problemMatchers,
      );
      copy.presentationOptions = task.presentationOptions;
      return runTask(copy);
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
  return commandLine
    ? new vscode.ShellExecution(commandLine, options)
    : new vscode.ShellExecution(command ?? "", args ?? [], options);
}

/** Its own working folder may be written with variables, and matters only for where npm looks. */
function folderOf({ scope }: vscode.Task): string {
  const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new UserError(vscode.l10n.t("A task needs a folder: open one first."));
  return folder.uri.fsPath;
}
