/** Shows a folder in the system's file manager. */
import * as vscode from "vscode";

/** A remote machine has no file explorer to show: there the path is what helps. */
export async function revealFolder(folder: string): Promise<void> {
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop) {
    await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(folder));
    return;
  }
  await vscode.env.clipboard.writeText(folder);
  const message = vscode.l10n.t("The folder's path is in the clipboard: {0}", folder);
  void vscode.window.showInformationMessage(message);
}
