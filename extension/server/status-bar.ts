/** One short item at the left: what is being recorded, else how the server is. */
import * as vscode from "vscode";
import type { App, Recording, ServerState } from "../app.ts";

/** What the item shows. */
export interface Appearance {
  readonly text: string;
  /** One sentence, for the eyes and for screen readers. */
  readonly label: string;
  readonly command: string;
  readonly background?: "warning" | "error";
}

const tickMs = 1_000;

export function createStatusBar({ server, recorder }: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Left, 20);
  item.name = "Hangscope";
  const show = () => {
    const { text, label, command, background } = appearance(recorder.current, server.state);
    item.text = text;
    item.tooltip = tooltip(label, recorder.current !== undefined);
    item.command = command;
    item.backgroundColor =
      background && new vscode.ThemeColor(`statusBarItem.${background}Background`);
    item.accessibilityInformation = { label: `Hangscope: ${label}` };
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

export function appearance(recording: Recording | undefined, state: ServerState): Appearance {
  const trouble = troubleOf(state);
  if (!recording) {
    const text = trouble ? `$(flame) ${trouble.icon}` : `$(${idleIcon(state)})`;
    return { text, label: describeState(state), command: "hangscope.showMenu", ...trouble };
  }
  const elapsed = elapsedSince(recording.startedAt);
  const label = vscode.l10n.t("Profiling {0} for {1}. Click to stop.", recording.title, elapsed);
  return { text: `$(record) ${elapsed}`, label, command: "hangscope.stopProfiling" };
}

function idleIcon({ kind }: ServerState): string {
  return kind === "starting" || kind === "retiring" || kind === "busy" ? "loading~spin" : "flame";
}

function troubleOf(state: ServerState) {
  if (state.kind === "unresponsive" || (state.kind === "busy" && state.isStuck)) {
    return { icon: "$(warning)", background: "warning" } as const;
  }
  if (state.kind === "failed") return { icon: "$(error)", background: "error" } as const;
  return undefined;
}

export function describeState(state: ServerState): string {
  switch (state.kind) {
    case "stopped":
      return vscode.l10n.t("ready to profile");
    case "starting":
      return vscode.l10n.t("the server is starting");
    case "retiring":
      return vscode.l10n.t(
        "an older server finishes {0} before it is replaced",
        toolsOf(state.jobs),
      );
    case "ready":
      return vscode.l10n.t("the server is running");
    case "busy": {
      const doing = toolsOf(state.jobs);
      const seconds = Math.round(state.silentMs / 1000);
      return vscode.l10n.t("the server has been busy with {0} for {1} s", doing, seconds);
    }
    case "unresponsive":
      return vscode.l10n.t("the server is alive but does not answer");
    case "failed":
      return vscode.l10n.t("the server did not start: {0}", state.message);
  }
}

function toolsOf(jobs: readonly { readonly tool: string }[]): string {
  return jobs.map(({ tool }) => tool).join(", ") || vscode.l10n.t("its work");
}

function elapsedSince(startedAt: number): string {
  const seconds = Math.max(0, Math.floor((Date.now() - startedAt) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tooltip(label: string, recording: boolean): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: ["hangscope.showServerLog", "hangscope.captures.focus"] };
  text.appendMarkdown("**Hangscope** · ").appendText(label);
  if (recording) return text;
  const captures = vscode.l10n.t("Recent captures");
  const log = vscode.l10n.t("Server log");
  return text.appendMarkdown(
    `\n\n[$(history) ${captures}](command:hangscope.captures.focus) · ` +
      `[$(output) ${log}](command:hangscope.showServerLog)`,
  );
}
