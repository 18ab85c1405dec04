/** The one notification of a hang: the verdict, and ways on from there. */
import * as vscode from "vscode";
import type { ActiveProfile } from "../app.ts";

export interface HangToTell {
  readonly verdict: string;
  /** Sentences; shown when no function could be named. */
  readonly advice: readonly string[];
  readonly stuckIn?: { readonly line: number } | undefined;
  /** What was seen, as a profile. */
  readonly profile: vscode.Uri;
  /** It is not in view yet. */
  readonly offersProfile: boolean;
  /** Looks again, by another log of V8's sampler; where there are several. */
  readonly chooseLog?: (() => Promise<void>) | undefined;
  /** The command line, where another start would tell more. */
  readonly relaunch?: string | undefined;
  /** The page's address, where a browser started from here would tell more. */
  readonly relaunchBrowser?: string | undefined;
}

export async function tellHang(hang: HangToTell, active: ActiveProfile): Promise<void> {
  const { verdict, advice, stuckIn, offersProfile, chooseLog, relaunch, relaunchBrowser } = hang;
  const text = [verdict, ...(stuckIn ? [] : advice)].join(" ");
  const go = vscode.l10n.t("Go to Line");
  const show = vscode.l10n.t("Show Report");
  const open = vscode.l10n.t("Open Profile");
  const other = vscode.l10n.t("Choose Another Log…");
  const again = vscode.l10n.t("Relaunch with Hang Capture…");
  const inBrowser = vscode.l10n.t("Relaunch Browser with Hang Capture");
  const buttons = [
    ...(stuckIn && stuckIn.line > 0 ? [go] : []),
    show,
    ...(offersProfile ? [open] : []),
    ...(chooseLog ? [other] : []),
    ...(relaunch === undefined ? [] : [again]),
    ...(relaunchBrowser === undefined ? [] : [inBrowser]),
  ];
  const chosen = await vscode.window.showWarningMessage(text, ...buttons);
  if (chosen === go) {
    // Another profile may have become the active one since.
    if (offersProfile) await active.activate(hang.profile);
    await vscode.commands.executeCommand("hangscope.goToHottestFrame");
  }
  if (chosen === show) await active.openReport(hang.profile);
  if (chosen === open) await active.open(hang.profile);
  if (chosen === other) await chooseLog?.();
  if (chosen === inBrowser) {
    await vscode.commands.executeCommand("hangscope.launchBrowser", { url: relaunchBrowser });
  }
  if (chosen === again) {
    await vscode.commands.executeCommand("hangscope.launchWithHangCapture", { relaunch });
  }
}
