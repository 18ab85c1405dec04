/** Where captures are kept: the extension's own storage, never the workspace. */
import * as vscode from "vscode";
import type { Captures } from "../app.ts";

export class StoredCaptures implements Captures {
  readonly directory: vscode.Uri;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext) {
    const storage = context.storageUri ?? context.globalStorageUri;
    this.directory = vscode.Uri.joinPath(storage, "captures");
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
