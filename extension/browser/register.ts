/** The browser room's commands. */
import type * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";
import type { LaunchRequest } from "./launch-browser.ts";

export function registerBrowser(app: App): vscode.Disposable {
  return registerCommand(app.log, "hangscope.launchBrowser", async (given?: LaunchRequest) => {
    const { launchBrowser } = await import("../on-demand.ts");
    return launchBrowser(app, given);
  });
}
