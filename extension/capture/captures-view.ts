/** The list of recent captures, and what can be done with one. */
import { join } from "node:path";
import * as vscode from "vscode";
import { isUnderWay, type StoredCapture } from "../../src/capture/v8/storage.ts";
import type { App } from "../app.ts";
import { registerCommand, UserError } from "../commands.ts";
import type { StoredCaptures } from "./stored-captures.ts";

export function registerCapturesView(
  { log, active }: App,
  captures: StoredCaptures,
): vscode.Disposable {
  const provider: vscode.TreeDataProvider<StoredCapture> = {
    onDidChangeTreeData: captures.onDidChange,
    getChildren: (parent) => (parent ? [] : captures.list()),
    getTreeItem: rowOf,
  };
  const open = async (capture: StoredCapture) => {
    const [best] = capture.profiles;
    if (!best) throw new UserError(vscode.l10n.t("This capture has no profile."));
    await active.open(vscode.Uri.file(join(capture.directory, best.file)));
  };
  return vscode.Disposable.from(
    vscode.window.registerTreeDataProvider("hangscope.captures", provider),
    registerCommand(log, "hangscope.captures.open", open),
    registerCommand(log, "hangscope.captures.rename", (capture: StoredCapture) =>
      rename(captures, capture),
    ),
    registerCommand(log, "hangscope.captures.delete", (capture: StoredCapture) =>
      remove(captures, capture),
    ),
    registerCommand(log, "hangscope.captures.reveal", ({ directory }: StoredCapture) =>
      vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(directory)),
    ),
  );
}

function rowOf(capture: StoredCapture): vscode.TreeItem {
  const row = new vscode.TreeItem(capture.title);
  const when = new Date(capture.startedAt);
  row.id = capture.id;
  row.iconPath = new vscode.ThemeIcon(isUnderWay(capture) ? "record" : "flame");
  row.description = isUnderWay(capture)
    ? vscode.l10n.t("recording")
    : `${when.toLocaleTimeString()} · ${megabytes(capture.bytes)}`;
  row.tooltip = new vscode.MarkdownString()
    .appendText(`${capture.command}\n\n`)
    .appendText(`${when.toLocaleString()} · Node ${capture.node?.version ?? "?"}`);
  row.command = {
    command: "hangscope.captures.open",
    title: vscode.l10n.t("Open"),
    arguments: [capture],
  };
  row.accessibilityInformation = { label: `${capture.title}, ${when.toLocaleString()}` };
  return row;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function rename(captures: StoredCaptures, { id, title }: StoredCapture): Promise<void> {
  const prompt = vscode.l10n.t("New name of the capture");
  const name = await vscode.window.showInputBox({ prompt, value: title });
  if (name?.trim()) await captures.rename(id, name.trim());
}

async function remove(captures: StoredCaptures, { id, title }: StoredCapture): Promise<void> {
  const yes = vscode.l10n.t("Delete");
  const message = vscode.l10n.t("Delete the capture “{0}”?", title);
  const detail = vscode.l10n.t("Its profiles are removed from disk.");
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer === yes) await captures.delete(id);
}
