/** Nothing is started for a folder that the user has not trusted: no program, and no server. */
import * as vscode from "vscode";
import { UserError } from "./commands.ts";

/** @throws UserError with a way to the trust editor */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    vscode.l10n.t("Hangscope starts nothing in a folder that you have not trusted."),
    { title: vscode.l10n.t("Manage Trust"), command: "workbench.trust.manage" },
  );
}
