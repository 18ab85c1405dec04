/** What a capture's end shows: the best profile by itself, the rest and what went wrong in words. */
import * as vscode from "vscode";
import type { CapturedProfile, StoppedCapture } from "../../src/capture/v8/capture.ts";
import type { ActiveProfile } from "../app.ts";

export async function showResult(
  { profiles, warnings, unprofiled }: StoppedCapture,
  active: ActiveProfile,
): Promise<void> {
  const [best, ...others] = profiles;
  if (best) await active.open(vscode.Uri.file(best.path));
  const missed = unprofiled.map(({ pid, command }) => `${command} (${pid})`);
  const sentences = [
    ...warnings,
    ...(missed.length > 0
      ? [vscode.l10n.t("Not profiled, because they went round our Node: {0}.", missed.join(", "))]
      : []),
  ];
  if (sentences.length > 0) void vscode.window.showWarningMessage(sentences.join(" "));
  if (others.length > 0) void offerOthers(others, active);
}

async function offerOthers(
  others: readonly CapturedProfile[],
  active: ActiveProfile,
): Promise<void> {
  const choose = vscode.l10n.t("Choose…");
  const message = vscode.l10n.t("{0} more processes or workers were profiled.", others.length);
  if ((await vscode.window.showInformationMessage(message, choose)) !== choose) return;
  const items = others.map((profile) => ({
    label: profile.title,
    description: vscode.l10n.t("process {0} · {1} samples", profile.pid, profile.samples),
    profile,
  }));
  const title = vscode.l10n.t("Open Profile");
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen) await active.open(vscode.Uri.file(chosen.profile.path));
}
