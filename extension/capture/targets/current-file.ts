/** The file in the active editor, run by Node. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { TargetItem } from "../pick-target.ts";

const runnable = /\.[cm]?[jt]sx?$/;

export function currentFile(node: string | undefined): TargetItem[] {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== "file" || !runnable.test(uri.path)) return [];
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const title = vscode.workspace.asRelativePath(uri, false);
  return [
    {
      label: vscode.l10n.t("$(file-code) {0}", title),
      description: vscode.l10n.t("current file"),
      plan: async () => {
        await vscode.window.activeTextEditor?.document.save();
        return {
          title,
          target: {
            kind: "command",
            argv: ["node", uri.fsPath],
            cwd: folder?.uri.fsPath ?? dirname(uri.fsPath),
            ...(node !== undefined && { node }),
          },
        };
      },
    },
  ];
}
