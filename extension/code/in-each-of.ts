/** How many samples of a capture found the same. */
import * as vscode from "vscode";

/** "in each of 6 samples", within a sentence. */
export function inEachOf(samples: number): string {
  return samples === 1
    ? vscode.l10n.t("in the only sample")
    : vscode.l10n.t("in each of {0} samples", samples);
}
