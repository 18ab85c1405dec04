/** One question for every kind of target: what to profile? */
import * as vscode from "vscode";
import { chosenNode, selectNode } from "./node-choice.ts";
import type { Plan } from "./recorder.ts";
import { programFile } from "./targets/current-file.ts";
import { launchConfigurations } from "./targets/launch-configurations.ts";
import { npmScripts } from "./targets/npm-scripts.ts";
import { inspectorAddress, runningProcess } from "./targets/running-process.ts";
import { tasks } from "./targets/tasks.ts";

/** A row of the list; a plan that needs another question asks it when chosen. */
export interface TargetItem extends vscode.QuickPickItem {
  /** The same target in a later list has the same id. */
  readonly id?: string;
  readonly plan?: () => Promise<Plan | undefined>;
}

const lastKey = "lastTarget";

/**
 * @param file the file to offer first, by default the active editor's
 * @param memory where the last choice is kept: it is offered first the next time
 * @returns `undefined` when the user went away
 */
export async function pickTarget(
  memory: vscode.Memento,
  file = vscode.window.activeTextEditor?.document.uri,
): Promise<Plan | undefined> {
  const chosen = await vscode.window.showQuickPick(targetItems(file, memory), {
    title: vscode.l10n.t("Start Profiling"),
    placeHolder: vscode.l10n.t("What should be profiled?"),
    matchOnDescription: true,
  });
  if (chosen?.id !== undefined) await memory.update(lastKey, chosen.id);
  return chosen?.plan?.();
}

async function targetItems(
  file: vscode.Uri | undefined,
  memory: vscode.Memento,
): Promise<TargetItem[]> {
  const node = await chosenNode();
  const scripts = await npmScripts(node.path, file);
  const programs = [
    section(vscode.l10n.t("current file"), programFile(file, node)),
    section(vscode.l10n.t("npm scripts"), scripts),
    section(vscode.l10n.t("launch configurations"), launchConfigurations(node.path)),
  ];
  const last = memory.get<string>(lastKey);
  const again = programs.flat().filter(({ id }) => id !== undefined && id === last);
  return [
    ...section(vscode.l10n.t("profiled last"), again),
    ...programs.flatMap((items) => without(items, again)),
    ...section(vscode.l10n.t("more"), [
      {
        label: vscode.l10n.t("$(tasklist) Task…"),
        description: vscode.l10n.t("one of this workspace's tasks, and all it starts"),
        plan: tasks,
      },
      {
        label: vscode.l10n.t("$(server-process) Running Node.js Process…"),
        description: vscode.l10n.t("through its inspector, without a restart"),
        plan: runningProcess,
      },
      {
        label: vscode.l10n.t("$(plug) Inspector Address…"),
        description: vscode.l10n.t("a program started with --inspect"),
        plan: inspectorAddress,
      },
    ]),
    ...section(vscode.l10n.t("profiled with"), [
      {
        label: vscode.l10n.t("$(settings-gear) Node.js {0}", node.text),
        description: vscode.l10n.t("choose another"),
        plan: async () => {
          await selectNode();
          return pickTarget(memory, file);
        },
      },
    ]),
  ];
}

function section(label: string, items: readonly TargetItem[]): TargetItem[] {
  if (items.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

/** A section without the rows that stand elsewhere; nothing when none is left. */
function without(items: readonly TargetItem[], others: readonly TargetItem[]): TargetItem[] {
  const left = items.filter((item) => !others.includes(item));
  return left.some(({ plan }) => plan) ? left : [];
}
