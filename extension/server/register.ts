/** The server's commands and its place in the status bar. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";
import { showJobs } from "./jobs-menu.ts";
import { createStatusBar } from "./status-bar.ts";
import { showStatusMenu } from "./status-menu.ts";
import { StuckQuestion } from "./stuck-question.ts";

export function registerServer(app: App): vscode.Disposable {
  const { log, server } = app;
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.showServerLog", () => server.showLog()),
    registerCommand(log, "hangscope.restartServer", () => restart(app)),
    registerCommand(log, "hangscope.stopServer", () => stop(app)),
    registerCommand(log, "hangscope.showJobs", () => showJobs(server)),
    registerCommand(log, "hangscope.showMenu", () => showStatusMenu(app)),
    createStatusBar(app),
    new StuckQuestion(server, async () => {
      await vscode.commands.executeCommand("hangscope.restartServer");
    }),
  );
}

async function restart(app: App): Promise<void> {
  const question = (title: string) =>
    vscode.l10n.t("Restart the server while {0} is being profiled?", title);
  if (await mayEnd(app, question, vscode.l10n.t("Restart"))) await app.server.restart();
}

async function stop(app: App): Promise<void> {
  const question = (title: string) =>
    vscode.l10n.t("Stop the server while {0} is being profiled?", title);
  if (!(await mayEnd(app, question, vscode.l10n.t("Stop")))) return;
  // Nobody would bound what its sampler writes.
  await app.watcher.stop();
  await app.server.stop();
}

/** A capture does not survive its server. */
async function mayEnd(
  { recorder }: App,
  question: (title: string) => string,
  yes: string,
): Promise<boolean> {
  if (!recorder.current) return true;
  const detail = vscode.l10n.t("What was recorded so far cannot be collected any more.");
  const message = question(recorder.current.title);
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
