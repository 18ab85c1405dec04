/** Tells when one file has changed on disk and has stayed as it is for a moment. */
import * as vscode from "vscode";

/** A program that is being profiled writes to its log every few hundred milliseconds. */
const quietMs = 1500;

export class FileWatch implements vscode.Disposable {
  readonly #watcher: vscode.FileSystemWatcher;
  #timer: NodeJS.Timeout | undefined;

  constructor(uri: vscode.Uri, onDidSettle: () => void) {
    const folder = vscode.Uri.joinPath(uri, "..");
    const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    const pattern = new vscode.RelativePattern(folder, escapeGlob(name));
    this.#watcher = vscode.workspace.createFileSystemWatcher(pattern, false, false, true);
    const touched = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(onDidSettle, quietMs);
    };
    this.#watcher.onDidChange(touched);
    this.#watcher.onDidCreate(touched);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher.dispose();
  }
}

function escapeGlob(name: string): string {
  return name.replaceAll(/[[\]{}*?]/g, "[$&]");
}
