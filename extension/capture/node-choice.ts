/** Which Node profiles: the setting's, else the first on PATH. Shown, and can be changed. */
import * as vscode from "vscode";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";

const setting = "node.path";

export interface NodeChoice {
  /** Absolute path; absent for the first on PATH. */
  readonly path: string | undefined;
  /** Absent when it does not run, or there is none. */
  readonly version: string | undefined;
  /** Version and path, or what is wrong with it. */
  readonly text: string;
}

export async function chosenNode(): Promise<NodeChoice> {
  return describe(settingOfNode());
}

function settingOfNode(): string | undefined {
  return configuration().get<string>(setting)?.trim() || undefined;
}

async function describe(path: string | undefined): Promise<NodeChoice> {
  const { findNode } = await import("../on-demand.ts");
  try {
    const node = await findNode(path, process.env["PATH"] ?? "");
    return { path, version: node.version, text: `${node.version} (${node.path})` };
  } catch {
    const text =
      path === undefined ? vscode.l10n.t("none on PATH") : vscode.l10n.t("{0} does not run", path);
    return { path, version: undefined, text };
  }
}

/** Asks for a Node among those installed, or a file, and remembers it. */
export async function selectNode(): Promise<void> {
  requireTrust();
  const chosen = await vscode.window.showQuickPick(nodeItems(), {
    title: vscode.l10n.t("Select Node.js for Profiling"),
    placeHolder: vscode.l10n.t("Programs are profiled with this Node.js"),
    matchOnDescription: true,
  });
  if (!chosen) return;
  const path = chosen.path ?? (await browseForNode());
  if (path !== undefined) await configuration().update(setting, path || undefined, settingTarget());
}

interface NodeItem extends vscode.QuickPickItem {
  /** Empty for the first on PATH, absent to choose a file. */
  readonly path?: string;
}

async function nodeItems(): Promise<NodeItem[]> {
  const { findNodes } = await import("../on-demand.ts");
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const found = await withProgress(vscode.l10n.t("Looking for Node.js"), ({ signal }) =>
    findNodes(folders, signal),
  );
  const current = settingOfNode();
  const mark = (isCurrent: boolean) => (isCurrent ? "$(check) " : "$(blank) ");
  return [
    {
      label: `${mark(current === undefined)}${vscode.l10n.t("The first on PATH")}`,
      description: (await describe(undefined)).text,
      path: "",
    },
    ...found.map(({ path, version }) => ({
      label: `${mark(current === path)}${version}`,
      description: path,
      path,
    })),
    { label: vscode.l10n.t("$(folder-opened) Browse…") },
  ];
}

async function browseForNode(): Promise<string | undefined> {
  const openLabel = vscode.l10n.t("Select");
  const title = vscode.l10n.t("Select the Node.js Program");
  const [file] = (await vscode.window.showOpenDialog({ title, openLabel })) ?? [];
  return file?.fsPath;
}

/** This machine's settings, since a path means nothing on another; but what overrides them, first. */
function settingTarget(): vscode.ConfigurationTarget {
  const { workspaceValue } = configuration().inspect(setting) ?? {};
  const { Global, Workspace } = vscode.ConfigurationTarget;
  return workspaceValue === undefined ? Global : Workspace;
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("hangscope");
}
