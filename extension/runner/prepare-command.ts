/** Prepare Runner: where, how far it is, and what came of it. */
import * as vscode from "vscode";
import type { Choice } from "../../src/runner/choices.ts";
import type { PrepareResult } from "../../src/runner/prepare-result.ts";
import type { App } from "../app.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { pickDestination, rememberPlace } from "./pick-destination.ts";
import type { RunnerPreparations } from "./preparations.ts";

const toldMs = 10_000;

/** @param given from the view; otherwise it is asked for */
export async function prepareRunner(
  { context, server }: Pick<App, "context" | "server">,
  preparations: RunnerPreparations,
  given: Choice | undefined,
  clean: boolean,
): Promise<void> {
  requireTrust();
  const choice = given ?? (await pickDestination(server, context.workspaceState));
  if (!choice) return;
  await rememberPlace(context.workspaceState, choice);
  const { platform, device, name } = choice;
  const result = await withProgress(
    vscode.l10n.t("Preparing a runner on {0}", name),
    (task) => preparations.run({ platform, ...(device !== "" && { device }), clean }, task),
    { log: { title: vscode.l10n.t("Show Log"), command: "hangscope.showRunnerLog" } },
  );
  void tell(result, name);
}

async function tell(result: PrepareResult, name: string): Promise<void> {
  if (result.warnings.length > 0) {
    void vscode.window.showWarningMessage(result.warnings.join(" "));
  }
  if (result.ok) {
    vscode.window.setStatusBarMessage(`$(check) ${successText(result)}`, toldMs);
    return;
  }
  const showLog = vscode.l10n.t("Show Log");
  const showProblems = vscode.l10n.t("Show Problems");
  const hasErrors = result.diagnostics.some(({ severity }) => severity === "error");
  const message = vscode.l10n.t("No runner on {0}. {1}", name, result.failure.message);
  const buttons = hasErrors ? [showProblems, showLog] : [showLog];
  const button = await vscode.window.showErrorMessage(message, ...buttons);
  if (button === showLog) await vscode.commands.executeCommand("hangscope.showRunnerLog");
  if (button === showProblems) {
    await vscode.commands.executeCommand("workbench.actions.view.problems");
  }
}

/** Short enough for the status bar; why something had to be recovered stands in the log. */
export function successText({
  runner,
  artifact,
  started,
  recovered,
  timings,
}: Extract<PrepareResult, { ok: true }>): string {
  if (started === "running") return vscode.l10n.t("Runner on {0} runs already", runner.name);
  const seconds = (timings.total / 1000).toFixed(1);
  const how = {
    restored: vscode.l10n.t("restored"),
    built: vscode.l10n.t("built"),
    rebuilt: vscode.l10n.t("rebuilt"),
  }[artifact];
  const facts = [how, ...(recovered ? [vscode.l10n.t("recovered")] : [])].join(", ");
  return vscode.l10n.t("Runner ready on {0}: {1}, in {2} s", runner.name, facts, seconds);
}
