/** Lenses above hot functions; a click shows the function in the profile's view. */
import * as vscode from "vscode";
import { declarationLine } from "../../src/results/declaration-line.ts";
import { formatShare, formatWeight } from "../../src/results/format.ts";
import { type FunctionLens, functionLenses } from "../../src/results/function-lenses.ts";
import { showFrameCommand } from "../profile/show-frame.ts";
import { plain } from "../profile/source-files.ts";
import type { ProfiledFile, ProfiledFiles } from "./profiled-files.ts";
import { setting } from "./settings.ts";

export class FunctionLensProvider implements vscode.CodeLensProvider {
  readonly #files: ProfiledFiles;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(files: ProfiledFiles, changes: vscode.Event<void>) {
    this.#files = files;
    this.onDidChangeCodeLenses = changes;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!setting("codeLens.enabled")) return [];
    const file = await this.#files.of(document);
    if (!file) return [];
    const functions = functionsNow(document, file);
    const { total } = file.answer;
    return functionLenses({ functions, total }, setting("codeLens.threshold") / 100).map((lens) => {
      const at = new vscode.Position(lens.func.line - 1, Math.max(0, lens.func.column - 1));
      return new vscode.CodeLens(new vscode.Range(at, at), lensCommand(lens, file));
    });
  }
}

/** The functions that are still there, on the lines where they stand since the last changes. */
function functionsNow(document: vscode.TextDocument, { answer, lines }: ProfiledFile) {
  const textOf = (line: number) => document.lineAt(line - 1).text;
  return answer.functions.flatMap((func) => {
    const known = func.line > 0 ? lines.now(func.line) : undefined;
    if (known === undefined || known > document.lineCount) return [];
    const line = func.column > 0 ? known : declarationLine(textOf, func.name, known);
    return [{ ...func, line }];
  });
}

function lensCommand({ func, needsName }: FunctionLens, file: ProfiledFile): vscode.Command {
  const { total, weightUnit } = file.answer;
  const changed = file.changedUnseen || file.lines.changed;
  const times = vscode.l10n.t(
    "self {0} ({1}), total {2} ({3})",
    formatWeight(func.self, weightUnit),
    formatShare(func.self, total),
    formatWeight(func.total, weightUnit),
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
