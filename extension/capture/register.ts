/** The capture room's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand, UserError } from "../commands.ts";

export function registerCapture({ log, active }: App): vscode.Disposable {
  const later = () => {
    throw new UserError("Not built yet.");
  };
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.startProfiling", later),
    registerCommand(log, "hangscope.stopProfiling", later),
    registerCommand(log, "hangscope.symbolizeLog", later),
    registerCommand(log, "hangscope.openProfile", (uri: vscode.Uri) => active.open(uri)),
    registerCommand(log, "hangscope.selectNode", later),
    registerCommand(log, "hangscope.captures.open", later),
    registerCommand(log, "hangscope.captures.rename", later),
    registerCommand(log, "hangscope.captures.delete", later),
    registerCommand(log, "hangscope.captures.reveal", later),
  );
}
