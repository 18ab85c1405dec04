/** One question for every kind of target: what to profile? */
import * as vscode from "vscode";
import type { ServerConnection } from "../app.ts";
import { chosenNode, selectNode } from "./node-choice.ts";
import type { Plan } from "./recorder.ts";
import { appleApp } from "./targets/apple-app.ts";
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
 * @param server for what it takes to list Apple's devices
 * @param file the file to offer first, by default the active editor's
 * @param memory where the last choice is kept: it is offered first the next time
 * @returns `undefined` when the user went away
 */
export async function pickTarget(
  memory: vscode.Memento,
  server: Pick<ServerConnection, "call">,
  file = vscode.window.activeTextEditor?.document.uri,
): Promise<Plan | undefined> {
  const chosen = await vscode.window.showQuickPick(targetItems(file, memory, server), {
    title: vscode.l10n.t("Start Profiling"),
    placeHolder: vscode.l10n.t("What should be profiled?"),
    matchOnDescription: true,
  });
  if (chosen?.id !== undefined) await memory.update(lastKey, chosen.id);
  return chosen?.plan?.();
}

/**
 * What can be watched for hangs: what is started.
 * @param before the command line that it was started with before
 */
export async function pickProgram(
  memory: vscode.Memento,
  before: string | undefined,
): Promise<Plan | undefined> {
  const file = vscode.window.activeTextEditor?.document.uri;
  const items = async () => [
    ...(await programItems(file, memory, "launch")),
    ...section(vscode.l10n.t("more"), [taskItem()]),
  ];
  const chosen = await vscode.window.showQuickPick(items(), {
    title: vscode.l10n.t("Launch with Hang Capture"),
    placeHolder:
      before === undefined
        ? vscode.l10n.t("What should be started, and watched for hangs?")
        : vscode.l10n.t("What should be started anew? It was: {0}", before),
    matchOnDescription: true,
  });
  if (chosen?.id !== undefined) await memory.update(lastKey, chosen.id);
  return chosen?.plan?.();
}

async function targetItems(
  file: vscode.Uri | undefined,
  memory: vscode.Memento,
  server: Pick<ServerConnection, "call">,
): Promise<TargetItem[]> {
  const node = await chosenNode();
  return [
    ...(await programItems(file, memory)),
    ...section(vscode.l10n.t("more"), [
      taskItem(),
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
      {
        label: vscode.l10n.t("$(device-mobile) Apple App…"),
        description: vscode.l10n.t("on a simulator, a device or this Mac, with Instruments"),
        plan: () => appleApp(server),
      },
    ]),
    ...section(vscode.l10n.t("profiled with"), [
      {
        label: vscode.l10n.t("$(settings-gear) Node.js {0}", node.text),
        description: vscode.l10n.t("choose another"),
        plan: async () => {
          await selectNode();
          return pickTarget(memory, server, file);
        },
      },
    ]),
  ];
}

async function programItems(
  file: vscode.Uri | undefined,
  memory: vscode.Memento,
  request?: "launch",
): Promise<TargetItem[]> {
  const node = await chosenNode();
  const scripts = await npmScripts(node.path, file);
  const programs = [
    section(vscode.l10n.t("current file"), programFile(file, node)),
    section(vscode.l10n.t("npm scripts"), scripts),
    section(vscode.l10n.t("launch configurations"), launchConfigurations(node.path, request)),
  ];
  const last = memory.get<string>(lastKey);
  const again = programs.flat().filter(({ id }) => id !== undefined && id === last);
  return [
    ...section(vscode.l10n.t("profiled last"), again),
    ...programs.flatMap((items) => without(items, again)),
  ];
}

function taskItem(): TargetItem {
  return {
    label: vscode.l10n.t("$(tasklist) Task…"),
    description: vscode.l10n.t("one of this workspace's tasks, and all it starts"),
    plan: tasks,
  };
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
