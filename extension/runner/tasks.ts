/** Tasks of type `hangscope`: prepare a runner, or build it anew. */
import * as vscode from "vscode";
import { platformNames } from "../../src/runner/platforms.ts";
import type { PrepareRequest, RunnerPreparations } from "./preparations.ts";
import { PrepareTerminal } from "./prepare-terminal.ts";
import { inWorkspace } from "./settings.ts";

const taskType = "hangscope";
const taskNames = ["prepare", "clean"] as const;

export function registerTasks(preparations: RunnerPreparations): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: () =>
      vscode.workspace.isTrusted
        ? platformNames.flatMap((platform) =>
            taskNames.map((task) =>
              taskOf({ type: taskType, task, platform }, vscode.TaskScope.Workspace, preparations),
            ),
          )
        : [],
    resolveTask: ({ definition, scope }) =>
      taskOf(definition, scope ?? vscode.TaskScope.Workspace, preparations),
  });
}

function taskOf(
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  preparations: RunnerPreparations,
): vscode.Task {
  const { task: name, platform } = definition;
  // With the variables of tasks.json filled in.
  const execution = new vscode.CustomExecution(
    async (resolved) => new PrepareTerminal(preparations, () => requestOf(resolved)),
  );
  const task = new vscode.Task(definition, scope, `${name} ${platform}`, taskType, execution, []);
  task.group = name === "clean" ? vscode.TaskGroup.Rebuild : vscode.TaskGroup.Build;
  task.detail =
    name === "clean"
      ? vscode.l10n.t("Builds the runner, whatever is cached, and launches it")
      : vscode.l10n.t("Makes an XCUITest runner ready: from the cache, or built");
  return task;
}

/** Loaded when a task runs, so that activation does not pay for it. @throws RunnerError */
async function requestOf(definition: vscode.TaskDefinition): Promise<PrepareRequest> {
  const { readTask } = await import("../on-demand.ts");
  const { project, sources, ...request } = readTask(definition);
  return {
    ...request,
    ...(project !== undefined && { project: inWorkspace(project) }),
    ...(sources !== undefined && { sources: sources.map(inWorkspace) }),
  };
}
