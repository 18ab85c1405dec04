/** What a hot line costs and who called its function, on hover. */
import * as vscode from "vscode";
import type { WeightUnit } from "../../src/profile/profile.ts";
import type { HotFunction } from "../../src/profile/query.ts";
import { fileName, formatShare, formatWeight, shortName } from "../../src/results/format.ts";
import { type HotLine, hotLines } from "../../src/results/line-heat.ts";
import type { ActiveFindings } from "../profile/findings.ts";
import { showFrameCommand } from "../profile/show-frame.ts";
import type { ProfiledFiles } from "./profiled-files.ts";
import { setting } from "./settings.ts";

export class HotLineHover implements vscode.HoverProvider {
  readonly #files: ProfiledFiles;
  readonly #findings: ActiveFindings;

  constructor(files: ProfiledFiles, findings: ActiveFindings) {
    this.#files = files;
    this.#findings = findings;
  }

  async provideHover(
    document: vscode.TextDocument,
    { line }: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    if (!setting("heat.enabled")) return undefined;
    const file = await this.#files.of(document);
    if (!file || file.changedUnseen) return undefined;
    const hot = hotLines(file.answer).find(
      (candidate) => file.lines.now(candidate.line) === line + 1,
    );
    if (!hot) return undefined;
    const { total, weightUnit } = file.answer;
    const text = trustedMarkdown();
    text.appendMarkdown(`$(flame) ${costOf(hot, total, weightUnit)}`);
    const findings = await this.#findings.current;
    const func = findings?.functions.find((candidate) =>
      candidate.lines.some(
        ({ url, line: hotLine }) =>
          hotLine === hot.line && findings.fileOf(url)?.toString() === document.uri.toString(),
      ),
    );
    if (func) appendFunction(text, func, weightUnit);
    return new vscode.Hover(text);
  }
}

function costOf({ self, total }: HotLine, all: number, unit: WeightUnit): string {
  const words = [formatShare(self, all), formatWeight(self, unit)];
  const inLine =
    unit === "samples"
      ? vscode.l10n.t("**{0}** of all samples: {1} in this line", ...words)
      : vscode.l10n.t("**{0}** of all time: {1} in this line", ...words);
  // A call that took less than a hundredth of the line's time is noise.
  if (total < self * 1.01) return inLine;
  return vscode.l10n.t("{0}, {1} with what it calls", inLine, formatWeight(total, unit));
}

function appendFunction(text: vscode.MarkdownString, func: HotFunction, unit: WeightUnit): void {
  if (func.callers.length > 0) {
    text.appendMarkdown("\n\n");
    text.appendText(vscode.l10n.t("{0} was called from", shortName(func.name)));
    text.appendMarkdown("\n");
    for (const caller of func.callers) {
      text.appendMarkdown("\n- ");
      text.appendText(`${shortName(caller.name)}, ${callPlace(caller)}`);
      text.appendMarkdown(` — ${formatWeight(caller.time, unit)}`);
    }
  }
  const label = vscode.l10n.t("Show in the profile");
  text.appendMarkdown(`\n\n[${label}](command:${showFrameCommand}?${func.id})`);
}

/** Names come from the profile: `appendText` escapes them, and only our own command may run. */
function trustedMarkdown(): vscode.MarkdownString {
  const text = new vscode.MarkdownString("", true);
  text.isTrusted = { enabledCommands: [showFrameCommand] };
  return text;
}

function callPlace({ callUrl, callLine, url, line }: HotFunction["callers"][number]): string {
  return callLine > 0 ? `${fileName(callUrl)}:${callLine}` : `${fileName(url)}:${line}`;
}
