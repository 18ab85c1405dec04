/** Commands on profile files: open one, symbolize a log. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";

/** @param uri the Explorer's or the editor's resource, when the command came from there */
export async function openProfile({ active }: App, uri?: vscode.Uri): Promise<void> {
  const chosen =
    uri ??
    (await pick(vscode.l10n.t("Open Profile"), [
      "log",
      "v8log",
      "cpuprofile",
      "json",
      "xml",
      "hangscope-trace",
      "hangscope-hang",
      // On macOS it looks like a file.
      "trace",
    ]));
  if (!chosen) return;
  // A folder: no editor can open it.
  if (chosen.path.replace(/\/$/, "").endsWith(".trace")) {
    await vscode.commands.executeCommand("hangscope.openAppleTrace", chosen);
  } else {
    await active.open(chosen);
  }
}

/** @param uri the Explorer's resource, when the command came from there */
export async function symbolizeLog({ server, active }: App, uri?: vscode.Uri): Promise<void> {
  requireTrust();
  const log = uri ?? (await pick(vscode.l10n.t("Symbolize V8 Log"), ["log", "v8log"]));
  if (!log) return;
  const output = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save the Symbolized Profile"),
    defaultUri: log.with({ path: `${log.path.replace(/(-v8)?\.(v8)?log$/, "")}.cpuprofile` }),
    filters: { [vscode.l10n.t("CPU Profile")]: ["cpuprofile"] },
  });
  if (!output) return;
  await symbolize(server, log, output);
  const open = vscode.l10n.t("Open");
  const done = vscode.l10n.t("{0} is written.", vscode.workspace.asRelativePath(output));
  if ((await vscode.window.showInformationMessage(done, open)) === open) await active.open(output);
}

async function symbolize(
  server: App["server"],
  log: vscode.Uri,
  output: vscode.Uri,
): Promise<void> {
  if (log.scheme !== "file" || output.scheme !== "file") {
    throw new UserError(
      vscode.l10n.t("Only files on a disk can be symbolized: copy the log there."),
    );
  }
  const folders = vscode.workspace.workspaceFolders ?? [];
  const input = {
    log: log.fsPath,
    output: output.fsPath,
    workspaceFolders: folders.map(({ uri }) => uri.fsPath),
  };
  const title = vscode.l10n.t("Symbolizing {0}", vscode.workspace.asRelativePath(log));
  await withProgress(title, (task) => server.call("v8.symbolize", input, task));
}

async function pick(title: string, extensions: string[]): Promise<vscode.Uri | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t("Open"),
      filters: { [vscode.l10n.t("Profiles")]: extensions, [vscode.l10n.t("All files")]: ["*"] },
    })) ?? [];
  return uri;
}
