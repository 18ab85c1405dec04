/** What tests of profiles share inside VS Code. */
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { shopFiles } from "../shop.ts";

export interface Shop {
  readonly profile: vscode.Uri;
  readonly text: vscode.Uri;
  readonly main: vscode.Uri;
  readonly typed: vscode.Uri;
}

/** Writes the files into a folder of the workspace, the profile last. */
export async function writeShop(name: string): Promise<Shop> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  const folder = vscode.Uri.joinPath(workspace!.uri, name);
  const file = (path: string) => vscode.Uri.joinPath(folder, path);
  for (const [path, content] of shopFiles(folder.toString())) await write(file(path), content);
  return {
    profile: file("shop.cpuprofile"),
    text: file("text.ts"),
    main: file("main.ts"),
    typed: file("src/shape.ts"),
  };
}

export async function write(uri: vscode.Uri, content: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
}

export async function activateApp(): Promise<App> {
  const extension = vscode.extensions.getExtension<App>("hangscope.hangscope");
  return extension!.activate();
}

export async function closeEverything(): Promise<void> {
  const { active } = await activateApp();
  active.clear();
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}
