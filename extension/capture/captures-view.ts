/** The list of recent captures, and what can be done with one. */
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand, UserError } from "../commands.ts";
import type { Capture, StoredCaptures } from "./stored-captures.ts";

/** A row below a capture of several processes or workers. */
interface ProfileRow {
  readonly capture: Capture;
  readonly profile: Capture["profiles"][number];
}
type Row = Capture | ProfileRow;

export function registerCapturesView(
  { log, active, recorder }: App,
  captures: StoredCaptures,
): vscode.Disposable {
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: captures.onDidChange,
    getChildren: async (row) => (row ? profilesOf(row) : captures.list()),
    getTreeItem: (row) => ("profile" in row ? profileItem(row) : captureItem(row)),
  };
  const command = (name: "open" | "rename" | "delete" | "reveal", run: (row: Row) => unknown) =>
    registerCommand(log, `hangscope.captures.${name}`, (row?: Row) => {
      if (!row) throw new UserError(vscode.l10n.t("Choose a capture in the Hangscope view first."));
      return run(row);
    });
  return vscode.Disposable.from(
    vscode.window.registerTreeDataProvider("hangscope.captures", provider),
    recorder.onDidChange(() => captures.refresh()),
    command("open", (row) => active.open(profileUri(row))),
    command("rename", (row) => rename(captures, captureOf(row))),
    command("delete", (row) => remove(captures, captureOf(row))),
    command("reveal", (row) => reveal(row)),
  );
}

function captureOf(row: Row): Capture {
  return "profile" in row ? row.capture : row;
}

/** The best profile stands for its capture; more than one are listed below it. */
function profilesOf(row: Row): ProfileRow[] {
  if ("profile" in row || row.profiles.length < 2) return [];
  return row.profiles.map((profile) => ({ capture: row, profile }));
}

function profileUri(row: Row): vscode.Uri {
  const { directory, profiles, underWay } = captureOf(row);
  const profile = "profile" in row ? row.profile : profiles[0];
  if (profile) return vscode.Uri.file(join(directory, profile.file));
  throw new UserError(
    underWay
      ? vscode.l10n.t("This capture is still being recorded: stop it first.")
      : vscode.l10n.t("This capture has no profile: nothing was recorded."),
  );
}

function captureItem(capture: Capture): vscode.TreeItem {
  const { title, profiles, underWay, bytes, command, node } = capture;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(title, profiles.length > 1 ? Collapsed : None);
  const started = new Date(capture.startedAt);
  const facts = underWay
    ? [vscode.l10n.t("recording")]
    : [whenOf(started), ...durationOf(capture), sizeOf(bytes)];
  item.id = capture.id;
  item.contextValue = underWay ? "recording" : "capture";
  item.iconPath = new vscode.ThemeIcon(underWay ? "record" : "flame");
  item.description = facts.join(" · ");
  item.tooltip = [
    command,
    started.toLocaleString(vscode.env.language),
    ...(node ? [`Node.js ${node.version} (${node.path})`] : []),
    vscode.l10n.t("Profiles: {0}", profiles.length),
  ].join("\n");
  item.accessibilityInformation = { label: [title, ...facts].join(", ") };
  item.command = openCommand(capture);
  return item;
}

function profileItem(row: ProfileRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.profile.title);
  item.id = `${row.capture.id}/${row.profile.file}`;
  item.contextValue = "profile";
  item.iconPath = new vscode.ThemeIcon("file");
  item.description = vscode.l10n.t("process {0}", row.profile.pid);
  item.command = openCommand(row);
  return item;
}

function openCommand(row: Row): vscode.Command {
  return { command: "hangscope.captures.open", title: vscode.l10n.t("Open"), arguments: [row] };
}

/** Today's by its time, older ones by their day. */
function whenOf(date: Date): string {
  const today = new Date().toDateString() === date.toDateString();
  const style: Intl.DateTimeFormatOptions = today
    ? { timeStyle: "short" }
    : { dateStyle: "medium" };
  return date.toLocaleString(vscode.env.language, style);
}

function durationOf({ startedAt, endedAt }: Capture): string[] {
  if (endedAt === undefined) return [];
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  if (seconds < 60) return [vscode.l10n.t("{0} s", Math.round(seconds))];
  return [vscode.l10n.t("{0} min", Math.round(seconds / 60))];
}

function sizeOf(bytes: number): string {
  const megabytes = bytes / 1e6;
  return vscode.l10n.t("{0} MB", megabytes.toFixed(megabytes < 10 ? 1 : 0));
}

async function rename(captures: StoredCaptures, { id, title }: Capture): Promise<void> {
  const name = await vscode.window.showInputBox({
    prompt: vscode.l10n.t("New name of the capture"),
    value: title,
    validateInput: (value) =>
      value.trim() === "" ? vscode.l10n.t("A capture needs a name.") : undefined,
  });
  if (name !== undefined) await captures.rename(id, name.trim());
}

async function remove(captures: StoredCaptures, { id, title }: Capture): Promise<void> {
  const yes = vscode.l10n.t("Delete");
  const message = vscode.l10n.t("Delete the capture “{0}”?", title);
  const detail = vscode.l10n.t("Its profiles are removed from disk.");
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer === yes) await captures.delete(id);
}

/** A remote machine has no file explorer to show: there the path is what helps. */
async function reveal(row: Row): Promise<void> {
  const { directory } = captureOf(row);
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop) {
    await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(directory));
    return;
  }
  await vscode.env.clipboard.writeText(directory);
  const message = vscode.l10n.t("The folder's path is in the clipboard: {0}", directory);
  void vscode.window.showInformationMessage(message);
}
