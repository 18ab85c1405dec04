/** Notices V8 logs under any name that were opened as text, and offers their profile instead. */
import * as vscode from "vscode";
import type { ActiveProfile } from "../app.ts";

const key = "hangscope.textIsV8Log";
const offeredKey = "offeredTextAsProfile";

/** @param memory where it is kept that the offer was made: the editor's title has it ever after */
export function noticeV8Logs(active: ActiveProfile, memory: vscode.Memento): vscode.Disposable {
  const look = (editor: vscode.TextEditor | undefined) => {
    const isLog = editor !== undefined && isV8Log(editor.document);
    void vscode.commands.executeCommand("setContext", key, isLog);
    if (isLog && !memory.get(offeredKey)) void offer(editor.document.uri, active, memory);
  };
  look(vscode.window.activeTextEditor);
  return vscode.window.onDidChangeActiveTextEditor(look);
}

function isV8Log(document: vscode.TextDocument): boolean {
  return document.uri.scheme === "file" && document.lineAt(0).text.startsWith("v8-version,");
}

async function offer(
  uri: vscode.Uri,
  active: ActiveProfile,
  memory: vscode.Memento,
): Promise<void> {
  await memory.update(offeredKey, true);
  const open = vscode.l10n.t("Open as Profile");
  const message = vscode.l10n.t(
    "This file is a V8 log. Its profile can be opened here and from the editor's title.",
  );
  if ((await vscode.window.showInformationMessage(message, open)) === open) await active.open(uri);
}
