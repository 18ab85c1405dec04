/** Captures kept in the extension's own storage, never the workspace, bounded in size. */
import * as vscode from "vscode";
import type { StoredCapture } from "../../src/capture/storage.ts";
import type { Captures } from "../app.ts";

export interface Capture extends StoredCapture {
  readonly underWay: boolean;
}

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
  async list(): Promise<Capture[]> {
    const { isUnderWay, listCaptures } = await storage();
    const captures = await listCaptures(this.directory.fsPath);
    return captures.map((capture) => ({ ...capture, underWay: isUnderWay(capture) }));
  }

  async rename(id: string, title: string): Promise<void> {
    const { renameCapture } = await storage();
    await renameCapture(this.directory.fsPath, id, title);
    this.refresh();
  }

  async delete(id: string): Promise<void> {
    const { deleteCapture } = await storage();
    await deleteCapture(this.directory.fsPath, id);
    this.refresh();
  }

  /** After a capture: the oldest make room. */
  async prune(): Promise<void> {
    const { pruneCaptures } = await storage();
    const maxSize = vscode.workspace
      .getConfiguration("hangscope")
      .get<number>("capture.maxSize", 2048);
    await pruneCaptures(this.directory.fsPath, maxSize * bytesPerMegabyte);
    this.refresh();
  }

  refresh(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** Loaded when first needed, so that activation does not pay for it. */
function storage() {
  return import("../../src/capture/storage.ts");
}
