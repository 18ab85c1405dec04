/** One short item at the left: what is being recorded, else how the server is. */
import * as vscode from "vscode";
import type { App, Recording, ServerState } from "../app.ts";

interface Appearance {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string;
  readonly background?: "warning" | "error";
}

const tickMs = 1_000;

export function createStatusBar({ server, recorder }: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Left, 20);
  item.name = "Hangscope";
  const show = () => {
    const { text, tooltip, command, background } = recorder.current
      ? whileRecording(recorder.current)
      : whileIdle(server.state);
    item.text = text;
    item.tooltip = tooltip;
    item.command = command;
    item.backgroundColor =
      background && new vscode.ThemeColor(`statusBarItem.${background}Background`);
    item.accessibilityInformation = { label: `Hangscope: ${tooltip}` };
  };
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    clearInterval(timer);
    timer = recorder.current ? setInterval(show, tickMs) : undefined;
    show();
  };
  follow();
  item.show();
  return vscode.Disposable.from(
    item,
    recorder.onDidChange(follow),
    server.onDidChangeState(show),
    new vscode.Disposable(() => clearInterval(timer)),
  );
}

function whileRecording({ title, startedAt }: Recording): Appearance {
  const seconds = Math.floor((Date.now() - startedAt) / 1000);
  const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return {
    text: `$(record) ${elapsed}`,
    tooltip: vscode.l10n.t("Profiling {0} for {1}. Click to stop.", title, elapsed),
    command: "hangscope.stopProfiling",
  };
}

function whileIdle(state: ServerState): Appearance {
  const menu = "hangscope.showMenu";
  switch (state.kind) {
    case "stopped":
      return { text: "$(flame)", tooltip: vscode.l10n.t("Ready to profile."), command: menu };
    case "starting":
      return {
        text: "$(loading~spin) Hangscope",
        tooltip: vscode.l10n.t("The server is starting."),
        command: menu,
      };
    case "ready":
      return { text: "$(flame)", tooltip: vscode.l10n.t("The server runs."), command: menu };
    case "busy": {
      const seconds = Math.round(state.silentMs / 1000);
      const doing = state.job ?? vscode.l10n.t("its work");
      return {
        text: "$(flame) $(watch)",
        tooltip: vscode.l10n.t("The server has been busy with {0} for {1} s.", doing, seconds),
        command: menu,
      };
    }
    case "unresponsive":
      return {
        text: "$(flame) $(warning)",
        tooltip: vscode.l10n.t("The server is alive but does not answer."),
        command: menu,
        background: "warning",
      };
    case "failed":
      return {
        text: "$(flame) $(error)",
        tooltip: vscode.l10n.t("The server did not start: {0}", state.message),
        command: menu,
        background: "error",
      };
  }
}
