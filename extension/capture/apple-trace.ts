/** A `.trace` of Instruments: a folder, which no editor can open, so it is exported first. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import type { StoredCaptures } from "./stored-captures.ts";

/** @param uri the Explorer's folder, when the command came from there */
export async function openAppleTrace(
  { server, active }: App,
  captures: StoredCaptures,
  uri?: vscode.Uri,
): Promise<void> {
  requireTrust();
  const trace = uri ?? (await pickTrace());
  if (!trace) return;
  if (trace.scheme !== "file") {
    throw new UserError(vscode.l10n.t("Only a trace on a disk can be opened: copy it there."));
  }
  const { directory } = captures;
  await vscode.workspace.fs.createDirectory(directory);
  const title = vscode.l10n.t("Exporting {0}", vscode.workspace.asRelativePath(trace));
  const exportLimitSeconds = vscode.workspace
    .getConfiguration("hangscope.apple")
    .get("exportLimitSeconds", 60);
  const input = { trace: trace.fsPath, directory: directory.fsPath, exportLimitSeconds };
  const { path, warnings } = await withProgress(title, (task) =>
    server.call("apple.analyze", input, task),
  );
  await captures.prune();
  if (warnings.length > 0) void vscode.window.showWarningMessage(warnings.join(" "));
  await active.open(vscode.Uri.file(path));
}

async function pickTrace(): Promise<vscode.Uri | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("Open Apple Trace"),
      openLabel: vscode.l10n.t("Open"),
      canSelectFolders: true,
      // On macOS a trace looks like a file.
      canSelectFiles: process.platform === "darwin",
    })) ?? [];
  return uri;
}
