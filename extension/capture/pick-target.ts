/** One question for every kind of target: what to profile? */
import * as vscode from "vscode";
import { chosenNode, describeNode } from "./node-choice.ts";
import type { Plan } from "./recorder.ts";
import { currentFile } from "./targets/current-file.ts";
import { launchConfigurations } from "./targets/launch-configurations.ts";
import { npmScripts } from "./targets/npm-scripts.ts";
import { runningProcess } from "./targets/running-process.ts";
import { tasks } from "./targets/tasks.ts";

/** A row of the list; a plan that needs another question asks it when chosen. */
export interface TargetItem extends vscode.QuickPickItem {
  readonly plan?: () => Promise<Plan | undefined>;
}

/** `undefined` when the user went away. */
export async function pickTarget(): Promise<Plan | undefined> {
  const node = await chosenNode();
  const items: TargetItem[] = [
    ...currentFile(node),
    ...section(vscode.l10n.t("npm scripts"), await npmScripts(node)),
    ...section(vscode.l10n.t("Launch configurations"), launchConfigurations(node)),
    ...section(vscode.l10n.t("More"), [
      {
        label: vscode.l10n.t("$(tasklist) Task…"),
        description: vscode.l10n.t("one of this workspace's tasks, and all it starts"),
        plan: tasks,
      },
      {
        label: vscode.l10n.t("$(plug) Running Node.js process…"),
        description: vscode.l10n.t("through its inspector, without a restart"),
        plan: runningProcess,
      },
      {
        label: vscode.l10n.t("$(settings-gear) Node.js: {0}", await describeNode(node)),
        description: vscode.l10n.t("choose another"),
        plan: async () => {
          await vscode.commands.executeCommand("hangscope.selectNode");
          return pickTarget();
        },
      },
    ]),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Start Profiling"),
    placeHolder: vscode.l10n.t("What should be profiled?"),
    matchOnDescription: true,
  });
  return chosen?.plan?.();
}

function section(label: string, items: readonly TargetItem[]): TargetItem[] {
  if (items.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
