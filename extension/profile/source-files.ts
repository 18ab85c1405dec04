/** Finds the files that profiles name, and stands on a line of them. */
import * as vscode from "vscode";
import { shortName } from "../../src/results/format.ts";
import { candidatesBelow, sourcePlace } from "../../src/results/source-place.ts";
import type { SourcePosition } from "../../webview/protocol.ts";
import { columnForSource } from "./columns.ts";

/**
 * The file that a profile's URL means on this machine: the one it names, else the one that
 * stands at the same place in a workspace folder. Nothing when there is none.
 */
export async function findSource(url: string): Promise<vscode.Uri | undefined> {
  const place = sourcePlace(url);
  if (place.kind === "internal") return undefined;
  if (place.kind === "path") {
    const uri = vscode.Uri.file(place.path);
    if (await isFile(uri)) return uri;
  }
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    for (const candidate of candidatesBelow(folder.uri.path, place.path)) {
      const uri = vscode.Uri.joinPath(folder.uri, candidate);
      if (await isFile(uri)) return uri;
    }
  }
  return undefined;
}

/** Opens the source of a position; says quietly why when there is none. */
export async function goToSource(
  position: SourcePosition,
  besides?: vscode.ViewColumn,
): Promise<vscode.TextEditor | undefined> {
  const uri = await findSource(position.url);
  if (uri) return showPosition(uri, position, besides);
  const message =
    sourcePlace(position.url).kind === "internal"
      ? vscode.l10n.t("$(info) This code belongs to the runtime and has no file to open")
      : vscode.l10n.t("$(info) {0} is not on this machine", plain(position.url));
  vscode.window.setStatusBarMessage(message, 6000);
  return undefined;
}

/** Stands on a line (1-based, 0 for unknown) and lights it up for a moment. */
export async function showPosition(
  uri: vscode.Uri,
  { line, column }: Pick<SourcePosition, "line" | "column">,
  besides?: vscode.ViewColumn,
): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.lineAt(Math.min(Math.max(line, 1), document.lineCount) - 1);
  const character =
    column > 0 && at.lineNumber === line - 1
      ? Math.min(column - 1, at.text.length)
      : at.firstNonWhitespaceCharacterIndex;
  const start = new vscode.Position(at.lineNumber, character);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnForSource(uri, besides),
    selection: new vscode.Range(start, start),
  });
  editor.revealRange(at.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  flash(editor, at.range);
  if (line > document.lineCount) {
    vscode.window.setStatusBarMessage(
      vscode.l10n.t("$(info) The file has no line {0} any more: it changed since", line),
      6000,
    );
  }
  return editor;
}

/** Names come from the profile: they must not turn into icons where VS Code draws icons. */
export function plain(name: string): string {
  return shortName(name).replaceAll("$(", "$\u200b(");
}

function flash(editor: vscode.TextEditor, range: vscode.Range): void {
  const light = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    borderColor: new vscode.ThemeColor("editor.rangeHighlightBorder"),
  });
  editor.setDecorations(light, [range]);
  setTimeout(() => light.dispose(), 900);
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}
