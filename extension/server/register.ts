/** The server's commands and its place in the status bar. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";
import { createStatusBar } from "./status-bar.ts";

export function registerServer(app: App): vscode.Disposable {
  const { log, server } = app;
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.showServerLog", () => server.showLog()),
    registerCommand(log, "hangscope.restartServer", () => server.restart()),
    registerCommand(log, "hangscope.showMenu", showMenu),
    createStatusBar(app),
  );
}

/** What the status bar's item opens. */
async function showMenu(): Promise<void> {
  const items = [
    { label: vscode.l10n.t("$(record) Start Profiling"), command: "hangscope.startProfiling" },
    { label: vscode.l10n.t("$(folder-opened) Open Profile…"), command: "hangscope.openProfile" },
    {
      label: vscode.l10n.t("$(list-unordered) Recent Captures"),
      command: "hangscope.captures.focus",
    },
    { label: vscode.l10n.t("$(output) Show Server Log"), command: "hangscope.showServerLog" },
    { label: vscode.l10n.t("$(debug-restart) Restart Server"), command: "hangscope.restartServer" },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: "Hangscope" });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
