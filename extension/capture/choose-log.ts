/** Another log of V8's sampler than the one that was taken for the stuck thread's. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { LogCandidate, LogExclusion } from "../../src/formats/hang-capture/hang-file.ts";
import { fileName, formatSamples } from "../../src/results/format.ts";

const exclusions: Readonly<Record<LogExclusion, string>> = {
  "before-launch": vscode.l10n.t("from before the launch"),
  "no-beginning": vscode.l10n.t("its beginning is gone"),
  "not-picked": vscode.l10n.t("another one was picked"),
  unreadable: vscode.l10n.t("cannot be read"),
  quiet: vscode.l10n.t("nothing of the last seconds"),
  idle: vscode.l10n.t("idle"),
  "not-read": vscode.l10n.t("not read"),
  "other-script": vscode.l10n.t("another script"),
  "fewer-samples": vscode.l10n.t("fewer samples"),
};

/** @returns its absolute path. */
export async function chooseLog(candidates: readonly LogCandidate[]): Promise<string | undefined> {
  const items = candidates.map(({ path, samples, scriptUrl, excluded }) => ({
    label: `$(file) ${scriptUrl === undefined ? basename(path) : fileName(scriptUrl)}`,
    description: [
      vscode.l10n.t("{0} in the last 2 s", formatSamples(samples)),
      ...(excluded === undefined ? [vscode.l10n.t("was chosen")] : [exclusions[excluded]]),
    ].join(" · "),
    ...(scriptUrl !== undefined && { detail: `${basename(path)} · ${placeOf(scriptUrl)}` }),
    path,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Which Log Is the Stuck Thread's?"),
    placeHolder: vscode.l10n.t("The program is looked at once more, by the log that you choose."),
    matchOnDetail: true,
  });
  return chosen?.path;
}

/** Of a script: relative to the workspace where it is in it. */
function placeOf(url: string): string {
  const uri = url.startsWith("file:") ? vscode.Uri.parse(url) : url;
  return vscode.workspace.asRelativePath(uri, false);
}
