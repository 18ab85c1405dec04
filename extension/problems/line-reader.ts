/** Single lines of files that need not be open, each file read once. */
import * as vscode from "vscode";

/** Larger ones are bundles, where a line's text helps nobody. */
const maxBytes = 4_000_000;

export class LineReader {
  readonly #files = new Map<string, Promise<readonly string[]>>();

  /** The text of a line (1-based); empty when the file or the line is not there. */
  async read(uri: vscode.Uri, line: number): Promise<string> {
    const key = uri.toString();
    const lines = this.#files.get(key) ?? readLines(uri);
    this.#files.set(key, lines);
    return (await lines)[line - 1] ?? "";
  }
}

async function readLines(uri: vscode.Uri): Promise<readonly string[]> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > maxBytes) return [];
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split(/\r\n|\r|\n/);
  } catch {
    return [];
  }
}
