/** What this window fills `${…}` variables with. */
import * as vscode from "vscode";
import type { VariableSources } from "./variables.ts";

/** @param folder the one whose `launch.json` or `tasks.json` asks */
export function variableSources(folder: vscode.WorkspaceFolder): VariableSources {
  const editor = vscode.window.activeTextEditor;
  const others = (vscode.workspace.workspaceFolders ?? []).filter((other) => other !== folder);
  return {
    folders: [folder, ...others].map(({ name, uri }) => ({ name, path: uri.fsPath })),
    ...(editor && {
      file: editor.document.uri.fsPath,
      line: editor.selection.active.line + 1,
      selectedText: editor.document.getText(editor.selection),
    }),
    env: process.env,
    setting: (name) => vscode.workspace.getConfiguration(undefined, folder.uri).get(name),
  };
}
