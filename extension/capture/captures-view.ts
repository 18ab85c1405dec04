/** The view of recent captures, and what can be done with one. */
import { join } from "node:path";
import * as vscode from "vscode";
import type { ActiveProfile, App } from "../app.ts";
import { registerCommand, UserError } from "../commands.ts";
import { revealFolder } from "../reveal-folder.ts";
import { capturesTree, type Row } from "./captures-tree.ts";
import type { Capture, StoredCaptures } from "./stored-captures.ts";

export function registerCapturesView(
  { log, active, recorder, watcher }: App,
  captures: StoredCaptures,
): vscode.Disposable {
  const actions = Object.entries(captureActions(captures, active));
  return vscode.Disposable.from(
    vscode.window.registerTreeDataProvider("hangscope.captures", capturesTree(captures)),
    recorder.onDidChange(() => captures.refresh()),
    watcher.onDidChange(() => captures.refresh()),
    ...actions.map(([name, run]) => registerCommand(log, `hangscope.captures.${name}`, run)),
  );
}

/**
 * By the name of their commands.
 * @throws UserError without a row: key bindings bring none.
 */
export function captureActions(
  captures: StoredCaptures,
  active: Pick<ActiveProfile, "open">,
): Record<"open" | "rename" | "delete" | "reveal", (row?: Row) => Promise<void>> {
  return {
    open: async (row) => active.open(profileUri(chosen(row))),
    rename: async (row) => rename(captures, captureOf(row)),
    delete: async (row) => remove(captures, captureOf(row)),
    reveal: async (row) => revealFolder(captureOf(row).directory),
  };
}

function chosen(row: Row | undefined): Row {
  if (row) return row;
  throw new UserError(vscode.l10n.t("Choose a capture in the Hangscope view first."));
}

/** @throws UserError without a row. */
export function captureOf(row: Row | undefined): Capture {
  const given = chosen(row);
  return "profile" in given ? given.capture : given;
}

function profileUri(row: Row): vscode.Uri {
  const { directory, profiles, underWay } = captureOf(row);
  const profile = "profile" in row ? row.profile : profiles[0];
  if (profile) return vscode.Uri.file(join(directory, profile.file));
  throw new UserError(
    underWay
      ? vscode.l10n.t("This capture is still being recorded: stop it first.")
      : vscode.l10n.t("This capture has no profile: nothing was recorded."),
  );
}

async function rename(captures: StoredCaptures, { id, title }: Capture): Promise<void> {
  const name = await vscode.window.showInputBox({
    prompt: vscode.l10n.t("New name of the capture"),
    value: title,
    validateInput: (value) =>
      value.trim() === "" ? vscode.l10n.t("A capture needs a name.") : undefined,
  });
  if (name !== undefined) await captures.rename(id, name.trim());
}

async function remove(captures: StoredCaptures, { id, title }: Capture): Promise<void> {
  const yes = vscode.l10n.t("Delete");
  const message = vscode.l10n.t("Delete the capture “{0}”?", title);
  const detail = vscode.l10n.t("Its profiles are removed from disk.");
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer === yes) await captures.delete(id);
}
