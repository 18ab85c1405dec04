/** What a capture's end shows: the best profile by itself, the rest and what went wrong in words. */
import * as vscode from "vscode";
import type { CapturedProfile } from "../../src/capture/capture.ts";
import type { ActiveProfile } from "../app.ts";
import type { Outcome } from "./recorder.ts";

export async function showResult(outcome: Outcome, active: ActiveProfile): Promise<void> {
  const [best, ...others] = outcome.profiles;
  if (best) await active.open(vscode.Uri.file(best.path));
  const problems = problemsOf(outcome);
  if (problems.length > 0) void vscode.window.showWarningMessage(problems.join(" "));
  if (others.length > 0) void offerOthers(others, active);
}

/** Sentences: why there is little or nothing, and what to do about it. */
export function problemsOf({ profiles, warnings, unprofiled, exitCode }: Outcome): string[] {
  const failed = profiles.length === 0 && exitCode !== undefined && exitCode !== 0;
  const missed = unprofiled.map(({ pid, command }) => `${command} (${pid})`).join(", ");
  return [
    ...(failed
      ? [vscode.l10n.t("The program left with code {0}: its terminal says more.", exitCode)]
      : []),
    ...warnings,
    ...(missed
      ? [vscode.l10n.t("Not profiled, because they were started past our Node: {0}.", missed)]
      : []),
  ];
}

async function offerOthers(
  others: readonly CapturedProfile[],
  active: ActiveProfile,
): Promise<void> {
  const choose = vscode.l10n.t("Choose…");
  const message =
    others.length === 1
      ? vscode.l10n.t("One more process or worker was profiled: {0}.", others[0]!.title)
      : vscode.l10n.t("{0} more processes or workers were profiled.", others.length);
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
