/** The server's commands and its place in the status bar. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";
import { createStatusBar } from "./status-bar.ts";
import { showStatusMenu } from "./status-menu.ts";

export function registerServer(app: App): vscode.Disposable {
  const { log, server } = app;
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.showServerLog", () => server.showLog()),
    registerCommand(log, "hangscope.restartServer", () => restart(app)),
    registerCommand(log, "hangscope.showMenu", () => showStatusMenu(app)),
    createStatusBar(app),
  );
}

/** A capture does not survive its server. */
async function restart({ server, recorder }: App): Promise<void> {
  if (recorder.current) {
    const yes = vscode.l10n.t("Restart");
    const message = vscode.l10n.t(
      "Restart the server while {0} is being profiled?",
      recorder.current.title,
    );
    const detail = vscode.l10n.t("What was recorded so far cannot be collected any more.");
    const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
    if (answer !== yes) return;
  }
  await server.restart();
}
