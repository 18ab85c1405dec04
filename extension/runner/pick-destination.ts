/** Where should the runner run? The place chosen last stands first. */
import * as vscode from "vscode";
import { type Choice, choicesAmong, type Place, placeKey } from "../../src/runner/choices.ts";
import type { ServerConnection } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";

const lastKey = "lastRunnerDestination";

/** The place chosen last in this workspace. */
export function lastPlace(memory: vscode.Memento): Place | undefined {
  return memory.get<Place>(lastKey);
}

export async function rememberPlace(
  memory: vscode.Memento,
  { platform, device }: Place,
): Promise<void> {
  const place: Place = { platform, device };
  await memory.update(lastKey, place);
}

/** @returns `undefined` when the user went away */
export async function pickDestination(
  server: Pick<ServerConnection, "call">,
  memory: vscode.Memento,
): Promise<Choice | undefined> {
  const { devices, warnings } = await withProgress(
    vscode.l10n.t("Looking for simulators and devices"),
    (task) => server.call("apple.devices", {}, task),
  );
  if (warnings.length > 0) void vscode.window.showWarningMessage(warnings.join(" "));
  const choices = choicesAmong(devices);
  if (choices.length === 0) {
    throw new UserError(vscode.l10n.t("There is no simulator to prepare. Make one in Xcode."));
  }
  const last = lastPlace(memory);
  const isLast = (choice: Choice) => last !== undefined && placeKey(choice) === placeKey(last);
  const row = (choice: Choice) => ({
    label: `$(${iconOf(choice)}) ${choice.name}`,
    description: choice.system,
    ...(choice.device !== "" && { detail: choice.device }),
    choice,
  });
  const [again, others] = [choices.filter(isLast), choices.filter((each) => !isLast(each))];
  const items: (vscode.QuickPickItem & { readonly choice?: Choice })[] = [
    ...section(vscode.l10n.t("prepared last"), again.map(row)),
    ...section(vscode.l10n.t("destinations"), others.map(row)),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Prepare Runner"),
    placeHolder: vscode.l10n.t("Where should the runner run?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.choice;
}

export function iconOf({ kind }: Pick<Choice, "kind">): string {
  return kind === "host" ? "device-desktop" : "device-mobile";
}

function section<T extends vscode.QuickPickItem>(label: string, rows: readonly T[]) {
  if (rows.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}
