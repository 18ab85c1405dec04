/** What the server works on, for every window, terminal and agent; each can be cancelled. */
import * as vscode from "vscode";
import type { ServerConnection, ServerJob } from "../app.ts";
import { describeProgress, jobsOf } from "./state-text.ts";

interface JobItem extends vscode.QuickPickItem {
  readonly job: ServerJob;
}

export async function showJobs(server: Pick<ServerConnection, "state" | "cancel">): Promise<void> {
  const items = jobsOf(server.state).map(
    (job): JobItem => ({ label: job.tool, description: describeProgress(job), job }),
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("The server has nothing to do."));
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Hangscope: Jobs"),
    placeHolder: vscode.l10n.t("Choose a job to cancel it"),
  });
  if (!chosen) return;
  const yes = vscode.l10n.t("Cancel Job");
  const message = vscode.l10n.t("Cancel {0}?", chosen.label);
  const detail = vscode.l10n.t("It may belong to another window, to a terminal or to an agent.");
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer === yes) await server.cancel(chosen.job.id);
}
