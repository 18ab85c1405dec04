/** Lenses above hot functions; a click shows the function in the profile's view. */
import * as vscode from "vscode";
import { formatShare, formatTime } from "../../src/results/format.ts";
import { type FunctionLens, functionLenses } from "../../src/results/function-lenses.ts";
import { showFrameCommand } from "../profile/show-frame.ts";
import { plain } from "../profile/source-files.ts";
import type { ProfiledFile, ProfiledFiles } from "./profiled-files.ts";
import { onDidChangeSettings, setting } from "./settings.ts";

export class FunctionLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #files: ProfiledFiles;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(files: ProfiledFiles) {
    this.#files = files;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      // VS Code itself asks again when a document was edited.
      files.onDidChange((document) => document ?? this.#changed.fire()),
      onDidChangeSettings("codeLens", () => this.#changed.fire()),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!setting("codeLens.enabled")) return [];
    const file = await this.#files.of(document);
    if (!file) return [];
    return functionLenses(file.answer, setting("codeLens.threshold") / 100).flatMap((lens) => {
      const line = file.lines.now(lens.func.line);
      if (line === undefined || line > document.lineCount) return [];
      const at = new vscode.Position(line - 1, Math.max(0, lens.func.column - 1));
      return [new vscode.CodeLens(new vscode.Range(at, at), lensCommand(lens, file))];
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function lensCommand({ func, needsName }: FunctionLens, file: ProfiledFile): vscode.Command {
  const { total } = file.answer;
  const changed = file.changedUnseen || file.lines.changed;
  const times = vscode.l10n.t(
    "self {0} ({1}), total {2} ({3})",
    formatTime(func.self),
    formatShare(func.self, total),
    formatTime(func.total),
    formatShare(func.total, total),
  );
  const named = needsName ? `${plain(func.name)}: ${times}` : times;
  return {
    command: showFrameCommand,
    arguments: [func.id],
    title: `$(flame) ${named}${changed ? vscode.l10n.t(", before the last changes") : ""}`,
    tooltip: changed
      ? vscode.l10n.t(
          "Show in {0}. The file has changed since it was profiled.",
          file.profile.title,
        )
      : vscode.l10n.t("Show in {0}", file.profile.title),
  };
}
