/** What the status bar's item opens: the commands that make sense now. */
import * as vscode from "vscode";
import type { App, ServerState } from "../app.ts";
import { describeState, jobsOf, preparationIn } from "./state-text.ts";

interface MenuItem extends vscode.QuickPickItem {
  readonly command: string;
}

export async function showStatusMenu({ server, recorder, watcher, active }: App): Promise<void> {
  const trusted = vscode.workspace.isTrusted;
  const when = (condition: boolean, item: MenuItem) => (condition ? [item] : []);
  const recording = recorder.current !== undefined;
  const items: MenuItem[] = [
    ...when(recording, {
      label: vscode.l10n.t("$(debug-stop) Stop Profiling"),
      command: "hangscope.stopProfiling",
    }),
    ...when(trusted && !recording, {
      label: vscode.l10n.t("$(record) Start Profiling"),
      command: "hangscope.startProfiling",
    }),
    ...when(watcher.current !== undefined, {
      label: vscode.l10n.t("$(debug-stop) Stop Watching"),
      command: "hangscope.stopWatching",
    }),
    ...when(trusted && watcher.current === undefined, {
      label: vscode.l10n.t("$(eye) Launch with Hang Capture…"),
      command: "hangscope.launchWithHangCapture",
    }),
    ...when(active.current !== undefined, {
      label: vscode.l10n.t("$(flame) Go to Hottest Frame"),
      command: "hangscope.goToHottestFrame",
    }),
    {
      label: vscode.l10n.t("$(folder-opened) Open Profile…"),
      command: "hangscope.openProfile",
    },
    {
      label: vscode.l10n.t("$(history) Show Recent Captures"),
      command: "hangscope.captures.focus",
    },
    ...when(trusted, {
      label: vscode.l10n.t("$(settings-gear) Select Node.js for Profiling…"),
      command: "hangscope.selectNode",
    }),
    ...when(jobsOf(server.state).length > 0, {
      label: vscode.l10n.t("$(tasklist) Show Jobs…"),
      command: "hangscope.showJobs",
    }),
    ...when(preparationIn(server.state) !== undefined, {
      label: vscode.l10n.t("$(output) Show Runner Log"),
      command: "hangscope.showRunnerLog",
    }),
    {
      label: vscode.l10n.t("$(output) Show Server Log"),
      command: "hangscope.showServerLog",
    },
    ...when(trusted, {
      label: vscode.l10n.t("$(debug-restart) Restart Server"),
      command: "hangscope.restartServer",
    }),
    ...when(trusted && isThere(server.state), {
      label: vscode.l10n.t("$(debug-stop) Stop Server"),
      command: "hangscope.stopServer",
    }),
    ...when(!trusted, {
      label: vscode.l10n.t("$(workspace-untrusted) Manage Workspace Trust"),
      command: "workbench.trust.manage",
    }),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Hangscope: {0}", describeState(server.state)),
  });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}

function isThere({ kind }: ServerState): boolean {
  return kind !== "stopped" && kind !== "starting" && kind !== "failed";
}
