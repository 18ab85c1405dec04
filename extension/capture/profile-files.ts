/** Commands on profile files: open one, symbolize a log. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { withProgress } from "../progress.ts";

/** @param uri the Explorer's resource, when the command came from there */
export async function openProfile({ active }: App, uri?: vscode.Uri): Promise<void> {
  const chosen =
    uri ?? (await pick(vscode.l10n.t("Open Profile"), ["log", "v8log", "cpuprofile", "json"]));
  if (chosen) await active.open(chosen);
}

export async function symbolizeLog({ server, active }: App, uri?: vscode.Uri): Promise<void> {
  const log = uri ?? (await pick(vscode.l10n.t("Symbolize V8 Log"), ["log", "v8log"]));
  if (!log) return;
  const output = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save the Symbolized Profile"),
    defaultUri: log.with({ path: `${log.path.replace(/(-v8)?\.(v8)?log$/, "")}.cpuprofile` }),
    filters: { [vscode.l10n.t("CPU Profile")]: ["cpuprofile"] },
  });
  if (!output) return;
  const workspaceFolders = (vscode.workspace.workspaceFolders ?? []).map(
    ({ uri: { fsPath } }) => fsPath,
  );
  await withProgress(vscode.l10n.t("Symbolizing"), (task) =>
    server.call("v8.symbolize", { log: log.fsPath, output: output.fsPath, workspaceFolders }, task),
  );
  const open = vscode.l10n.t("Open");
  const done = vscode.l10n.t("{0} is written.", vscode.workspace.asRelativePath(output));
  if ((await vscode.window.showInformationMessage(done, open)) === open) await active.open(output);
}

async function pick(title: string, extensions: string[]): Promise<vscode.Uri | undefined> {
  const filters = { [vscode.l10n.t("Profiles")]: extensions };
  const [uri] = (await vscode.window.showOpenDialog({ title, filters })) ?? [];
  return uri;
}
