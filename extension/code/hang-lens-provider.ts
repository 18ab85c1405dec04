/** A lens on the line that a program was stuck on; a click shows its function in the view. */
import * as vscode from "vscode";
import { formatTime } from "../../src/results/format.ts";
import { type HangLens, hangLenses } from "../../src/results/hang-lenses.ts";
import type { ActiveFindings, Findings } from "../profile/findings.ts";
import { showFrameCommand } from "../profile/show-frame.ts";
import { inEachOf } from "./in-each-of.ts";
import type { ProfiledFiles } from "./profiled-files.ts";
import { setting } from "./settings.ts";

export class HangLensProvider implements vscode.CodeLensProvider {
  readonly #files: ProfiledFiles;
  readonly #findings: ActiveFindings;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(files: ProfiledFiles, findings: ActiveFindings, changes: vscode.Event<void>) {
    this.#files = files;
    this.#findings = findings;
    this.onDidChangeCodeLenses = changes;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!setting("codeLens.enabled")) return [];
    const findings = await this.#findings.current;
    if (!findings || findings.hangs.length === 0) return [];
    const path = document.uri.toString();
    const lenses = hangLenses(findings.hangs, (url) => findings.fileOf(url)?.toString() === path);
    if (lenses.length === 0) return [];
    const file = await this.#files.of(document);
    return lenses.flatMap((lens) => {
      const { frameLine } = lens.frame;
      const line = file ? file.lines.now(frameLine) : frameLine;
      if (line === undefined || line > document.lineCount) return [];
      const at = new vscode.Position(line - 1, 0);
      return [new vscode.CodeLens(new vscode.Range(at, at), command(lens, findings))];
    });
  }
}

function command(lens: HangLens, findings: Findings): vscode.Command {
  return {
    command: showFrameCommand,
    arguments: [lens.frame.id],
    title: `$(warning) ${describe(lens, findings)}`,
    tooltip: vscode.l10n.t("Show in {0}", findings.profile.title),
  };
}

/** Of a capture, samples are told and never times, unless somebody has watched it hang. */
function describe({ hangs, duration, busy }: HangLens, { weightUnit, account }: Findings): string {
  if (weightUnit !== "samples") {
    const time = formatTime(duration);
    return hangs === 1
      ? vscode.l10n.t("stuck here {0}", time)
      : vscode.l10n.t("stuck here {0}, in {1} hangs", time, hangs);
  }
  const ms = account?.unresponsiveMs;
  return ms === undefined
    ? vscode.l10n.t("stuck here, {0}", inEachOf(busy))
    : vscode.l10n.t("stuck here {0}", formatTime(ms * 1000));
}
