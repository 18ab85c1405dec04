/** What the compiler says, as it says it, and what came of it. */
import * as vscode from "vscode";

export class RunnerLog implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel("Hangscope Runner");

  /** A line of ours between those of the compiler. */
  say(text: string): void {
    const time = new Date().toLocaleTimeString(vscode.env.language, { timeStyle: "medium" });
    this.#channel.appendLine(`── ${time} ${text}`);
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.#channel.appendLine(line);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
