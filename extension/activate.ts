/**
 * Where VS Code enters: builds the App and lets every room register itself. Nothing is read,
 * started or waited for here; a room does its work when it is first asked.
 */
import * as vscode from "vscode";
import type { ActiveProfile, App, Recorder } from "./app.ts";
import { registerCapture } from "./capture/register.ts";
import { StoredCaptures } from "./capture/stored-captures.ts";
import { registerServer } from "./server/register.ts";
import { WorkspaceServer } from "./server/workspace-server.ts";

/** Gives the App: what tests look at and drive. */
export function activate(context: vscode.ExtensionContext): App {
  const log = vscode.window.createOutputChannel("Hangscope", { log: true });
  const server = new WorkspaceServer();
  const captures = new StoredCaptures(context);
  const recorder: Recorder = { current: undefined, onDidChange: () => log, dispose: () => {} };
  const active = provisionalActiveProfile();
  const app: App = { context, log, server, active, captures, recorder };
  context.subscriptions.push(
    log,
    server,
    captures,
    recorder,
    active,
    registerServer(app),
    registerCapture(app),
  );
  return app;
}

/** Replaced by the profile room's own; its rooms then register here as the others do. */
function provisionalActiveProfile(): ActiveProfile {
  const changed = new vscode.EventEmitter<undefined>();
  return {
    current: undefined,
    onDidChange: changed.event,
    async open(uri) {
      const viewType = /\.cpuprofile$/.test(uri.path) ? "hangscope.cpuprofile" : "hangscope.v8log";
      await vscode.commands.executeCommand("vscode.openWith", uri, viewType);
    },
    reveal: async () => {},
    clear: () => {},
    dispose: () => changed.dispose(),
  };
}
