/** Stop Runner: the only one, the view's, or one of several. */
import * as vscode from "vscode";
import { platformNames } from "../../src/runner/platforms.ts";
import type { RunnerState, StopInput } from "../../src/runner/provider.ts";
import type { ServerConnection } from "../app.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";

type Server = Pick<ServerConnection, "call">;

/** @param given from the view */
export async function stopRunner(server: Server, given: StopInput | undefined): Promise<void> {
  requireTrust();
  const place = given ?? (await pickRunner(server));
  if (!place) return;
  const { runners } = await withProgress(vscode.l10n.t("Stopping the runner"), (task) =>
    server.call("runner.stop", place, task),
  );
  const names = runners.map(({ name }) => name).join(", ");
  if (names === "") return tellThereIsNone();
  vscode.window.setStatusBarMessage(vscode.l10n.t("$(check) Runner on {0} stopped", names), 6_000);
}

async function pickRunner(server: Server): Promise<StopInput | undefined> {
  const { runners } = await server.call("runner.status", {});
  const there = runners.filter(({ state }) => state !== "gone");
  const [first, ...more] = there;
  if (!first) tellThereIsNone();
  if (!first || more.length === 0) return first && placeOf(first);
  const items = there.map((runner) => ({
    label: `$(device-mobile) ${runner.name}`,
    description: runner.state,
    ...(runner.device !== "" && { detail: runner.device }),
    place: placeOf(runner),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Stop Runner"),
    placeHolder: vscode.l10n.t("Which runner should be stopped?"),
  });
  return chosen?.place;
}

function placeOf(runner: RunnerState): StopInput {
  const platform = platformNames.find((name) => name === runner.platform);
  return { device: runner.device, ...(platform && { platform }) };
}

function tellThereIsNone(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t("No runner is ready."));
}
