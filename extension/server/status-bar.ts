/** One short item at the left: what is being recorded, else how the server is. */
import * as vscode from "vscode";
import type { App, Recording, ServerState } from "../app.ts";
import {
  clock,
  describeBusy,
  describeJob,
  describeState,
  jobsOf,
  preparationIn,
} from "./state-text.ts";

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
/** Calls that take less are no news: their coming and going would make the tooltip flicker. */
const longCallMs = 1_000;

export function createStatusBar({ server, recorder, watcher }: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Left, 20);
  item.name = "Hangscope";
  let last = "";
  const current = () => recorder.current ?? watcher.current;
  const show = () => {
    const shown = appearance(current(), server.state, vscode.workspace.isTrusted);
    const next = JSON.stringify(shown);
    if (next === last) return;
    last = next;
    const { text, label, command, background } = shown;
    item.text = text;
    item.tooltip = tooltip(shown, current() !== undefined);
    item.command = command;
    item.backgroundColor =
      background && new vscode.ThemeColor(`statusBarItem.${background}Background`);
    item.accessibilityInformation = { label: `Hangscope: ${label}` };
  };
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    clearInterval(timer);
    timer = current() ? setInterval(show, tickMs) : undefined;
    show();
  };
  follow();
  item.show();
  return vscode.Disposable.from(
    item,
    recorder.onDidChange(follow),
    watcher.onDidChange(follow),
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
  const details = jobsOf(state)
    .filter(({ elapsedMs }) => elapsedMs >= longCallMs)
    .map(describeJob);
  const trouble = troubleOf(state);
  if (recording && !recording.isStopping) {
    const elapsed = clock(Date.now() - recording.startedAt);
    if (recording.isWatch) {
      const label = vscode.l10n.t("Watching {0} for {1}. Click to stop.", recording.title, elapsed);
      return { text: `$(eye) ${elapsed}`, label, details, command: "hangscope.stopWatching" };
    }
    const label = vscode.l10n.t("Profiling {0} for {1}. Click to stop.", recording.title, elapsed);
    return { text: `$(record) ${elapsed}`, label, details, command: "hangscope.stopProfiling" };
  }
  // The server's part from here on: what is wrong with it matters now.
  if (recording && !recording.isWatch && !trouble) {
    const label = vscode.l10n.t("collecting the profile of {0}", recording.title);
    const text = `$(loading~spin) ${vscode.l10n.t("collecting")}`;
    return { text, label, details, command: "hangscope.showMenu" };
  }
  const preparing = trouble ? undefined : preparationIn(state);
  if (preparing !== undefined) {
    const label = vscode.l10n.t("preparing a runner: {0}", preparing);
    return { text: `$(loading~spin) ${preparing}`, label, details, command: "hangscope.showMenu" };
  }
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
