/** Colours the lines that take the time and writes their time behind them. */
import * as vscode from "vscode";
import { formatShare, formatWeight } from "../../src/results/format.ts";
import { heatSteps, hotLines } from "../../src/results/line-heat.ts";
import type { ProfiledFile, ProfiledFiles } from "./profiled-files.ts";
import { onDidChangeSettings, setting } from "./settings.ts";

/** Only lines worth scrolling to are marked beside the scroll bar. */
const fromStepInRuler = 3;

export class LineHeat implements vscode.Disposable {
  readonly #files: ProfiledFiles;
  /** By step, the coolest first. Made when first used. */
  #types: readonly vscode.TextEditorDecorationType[] | undefined;
  readonly #subscriptions: vscode.Disposable;

  constructor(files: ProfiledFiles) {
    this.#files = files;
    this.#subscriptions = vscode.Disposable.from(
      files.onDidChange((document) => this.#refresh(document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#refresh()),
      onDidChangeSettings("heat", () => this.#refresh()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const type of this.#types ?? []) type.dispose();
  }

  #refresh(document?: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!document || editor.document === document) void this.#draw(editor);
    }
  }

  async #draw(editor: vscode.TextEditor): Promise<void> {
    const file = setting("heat.enabled") ? await this.#files.of(editor.document) : undefined;
    // Heat on a wrong line would be a lie; the lenses say that the file has changed.
    const decorations = file && !file.changedUnseen ? heatOf(file, editor.document) : [];
    if (decorations.length === 0 && !this.#types) return;
    this.#types ??= Array.from({ length: heatSteps }, (_, i) => decorationType(i + 1));
    this.#types.forEach((type, i) => {
      editor.setDecorations(type, decorations[i] ?? []);
    });
  }
}

/** By step, the coolest first. */
function heatOf(
  { answer, lines }: ProfiledFile,
  document: vscode.TextDocument,
): vscode.DecorationOptions[][] {
  const steps: vscode.DecorationOptions[][] = Array.from({ length: heatSteps }, () => []);
  for (const { line, step, self } of hotLines(answer)) {
    const now = lines.now(line);
    if (now === undefined || now > document.lineCount) continue;
    const contentText = `${formatShare(self, answer.total)} · ${formatWeight(self, answer.weightUnit)}`;
    steps[step - 1]!.push({
      range: document.lineAt(now - 1).range,
      renderOptions: { after: { contentText } },
    });
  }
  return steps;
}

function decorationType(step: number): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(`hangscope.heat${step}Background`),
    ...(step >= fromStepInRuler && {
      overviewRulerColor: new vscode.ThemeColor("hangscope.heatOverviewRuler"),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
    }),
    after: {
      color: new vscode.ThemeColor("hangscope.heatForeground"),
      margin: "0 0 0 3ch",
    },
  });
}
