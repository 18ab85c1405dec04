/** One short item at the left: what is being recorded, else how the server is. */
import * as vscode from "vscode";
import type { App, Recording, ServerState } from "../app.ts";
import { clock, describeBusy, describeJob, describeState, jobsOf } from "./state-text.ts";

/** What the item shows. */
export interface Appearance {
  readonly text: string;
  /** One sentence, for the eyes and for screen readers. */
  readonly label: string;
  /** What the server does, a line for each job. */
  readonly details: readonly string[];
  readonly command: string;
  readonly background?: "warning" | "error";
}

const tickMs = 1_000;

export function createStatusBar({ server, recorder }: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Left, 20);
  item.name = "Hangscope";
  const show = () => {
    const shown = appearance(recorder.current, server.state, vscode.workspace.isTrusted);
    const { text, label, command, background } = shown;
    item.text = text;
    item.tooltip = tooltip(shown, recorder.current !== undefined);
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
    vscode.workspace.onDidGrantWorkspaceTrust(show),
    new vscode.Disposable(() => clearInterval(timer)),
  );
}

export function appearance(
  recording: Recording | undefined,
  state: ServerState,
  isTrusted: boolean,
): Appearance {
  const details = jobsOf(state).map(describeJob);
  if (recording) {
    const elapsed = clock(Date.now() - recording.startedAt);
    const label = vscode.l10n.t("Profiling {0} for {1}. Click to stop.", recording.title, elapsed);
    return { text: `$(record) ${elapsed}`, label, details, command: "hangscope.stopProfiling" };
  }
  const trouble = troubleOf(state);
  const icon = trouble ? `$(flame) ${trouble.icon}` : `$(${idleIcon(state)})`;
  const text = state.kind === "busy" ? `${icon} ${describeBusy(state)}` : icon;
  const label = describeState(state, isTrusted);
  return { text, label, details, command: "hangscope.showMenu", ...trouble };
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

function tooltip({ label, details }: Appearance, recording: boolean): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: ["hangscope.showServerLog", "hangscope.captures.focus"] };
  text.appendMarkdown("**Hangscope** · ").appendText(label);
  for (const line of details) text.appendMarkdown("\n\n").appendText(line);
  if (recording) return text;
  const captures = vscode.l10n.t("Recent captures");
  const log = vscode.l10n.t("Server log");
  return text.appendMarkdown(
    `\n\n[$(history) ${captures}](command:hangscope.captures.focus) · ` +
      `[$(output) ${log}](command:hangscope.showServerLog)`,
  );
}
