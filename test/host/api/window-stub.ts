/** Answers what VS Code would ask the user, and remembers what it was asked. */
import * as vscode from "vscode";

type Asking =
  | "showErrorMessage"
  | "showWarningMessage"
  | "showInformationMessage"
  | "showQuickPick"
  | "showInputBox"
  | "showOpenDialog"
  | "showSaveDialog"
  | "setStatusBarMessage"
  | "withProgress";

/** For the extension under test too: VS Code gives it and its tests the same `vscode`. */
export class WindowStub {
  readonly #originals = new Map<Asking, unknown>();

  /** @returns the arguments of each call so far */
  answer(name: Asking, respond: (...args: never[]) => unknown): unknown[][] {
    const calls: unknown[][] = [];
    const window = vscode.window as unknown as Record<Asking, unknown>;
    if (!this.#originals.has(name)) this.#originals.set(name, window[name]);
    window[name] = async (...args: never[]) => {
      calls.push(args);
      return respond(...args);
    };
    return calls;
  }

  restore(): void {
    for (const [name, original] of this.#originals) {
      (vscode.window as unknown as Record<Asking, unknown>)[name] = original;
    }
    this.#originals.clear();
  }
}
