/** Which Node profiles: the setting's, else the first on PATH. Shown, and can be changed. */
import * as vscode from "vscode";
import { withProgress } from "../progress.ts";

const setting = "node.path";

/** Absolute path, or `undefined` for the first on PATH. */
export async function chosenNode(): Promise<string | undefined> {
  return configuration().get<string>(setting) || undefined;
}

export async function describeNode(path: string | undefined): Promise<string> {
  if (path === undefined) return vscode.l10n.t("the first on PATH");
  const { nodeVersion } = await import("../../src/toolchain/nodes.ts");
  try {
    return `${await nodeVersion(path)} (${path})`;
  } catch {
    return vscode.l10n.t("{0}, which does not run", path);
  }
}

/** Asks for a Node among those installed, or a file, and remembers it. */
export async function selectNode(): Promise<void> {
  const { findNodes } = await import("../../src/toolchain/nodes.ts");
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const found = await withProgress(vscode.l10n.t("Looking for Node.js"), (task) =>
    findNodes(folders, task.signal),
  );
  const first = { label: vscode.l10n.t("The first on PATH"), path: "" };
  const browse = { label: vscode.l10n.t("$(folder-opened) Browse…"), path: undefined };
  const items = found.map(({ path, version }) => ({ label: version, description: path, path }));
  const chosen = await vscode.window.showQuickPick([first, ...items, browse], {
    title: vscode.l10n.t("Select Node.js for Profiling"),
    matchOnDescription: true,
  });
  if (!chosen) return;
  const path = chosen.path ?? (await browseForNode());
  if (path === undefined) return;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const where = vscode.workspace.workspaceFolders ? Workspace : Global;
  await configuration().update(setting, path || undefined, where);
}

async function browseForNode(): Promise<string | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ openLabel: "Select" })) ?? [];
  return file?.fsPath;
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("hangscope");
}
