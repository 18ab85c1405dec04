/** Captures kept in the extension's own storage, never the workspace, bounded in size. */
import * as vscode from "vscode";
import {
  deleteCapture,
  listCaptures,
  pruneCaptures,
  renameCapture,
  type StoredCapture,
} from "../../src/capture/v8/storage.ts";
import type { Captures } from "../app.ts";

const bytesPerMegabyte = 1024 * 1024;

export class StoredCaptures implements Captures {
  readonly directory: vscode.Uri;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext) {
    const storage = context.storageUri ?? context.globalStorageUri;
    this.directory = vscode.Uri.joinPath(storage, "captures");
  }

  /** Newest first. */
  list(): Promise<StoredCapture[]> {
    return listCaptures(this.directory.fsPath);
  }

  async rename(id: string, title: string): Promise<void> {
    await renameCapture(this.directory.fsPath, id, title);
    this.#changed.fire();
  }

  async delete(id: string): Promise<void> {
    await deleteCapture(this.directory.fsPath, id);
    this.#changed.fire();
  }

  /** After a capture: the oldest make room. */
  async refresh(): Promise<void> {
    const maxSize = vscode.workspace
      .getConfiguration("hangscope")
      .get<number>("capture.maxSize", 2048);
    await pruneCaptures(this.directory.fsPath, maxSize * bytesPerMegabyte);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
