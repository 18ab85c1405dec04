/** The server's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";

export function registerServer({ log, server }: App): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.showServerLog", () => server.showLog()),
    registerCommand(log, "hangscope.restartServer", () => server.restart()),
  );
}
