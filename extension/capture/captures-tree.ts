/** Recent captures as rows of a tree, newest first. */
import * as vscode from "vscode";
import type { Capture, StoredCaptures } from "./stored-captures.ts";

/** A row below a capture of several processes or workers. */
export interface ProfileRow {
  readonly capture: Capture;
  readonly profile: Capture["profiles"][number];
}
export type Row = Capture | ProfileRow;

export function capturesTree(captures: StoredCaptures): vscode.TreeDataProvider<Row> {
  return {
    onDidChangeTreeData: captures.onDidChange,
    getChildren: async (row) => (row ? profilesOf(row) : captures.list()),
    getTreeItem: (row) => ("profile" in row ? profileItem(row) : captureItem(row)),
  };
}

/** The best profile stands for its capture; more than one are listed below it. */
function profilesOf(row: Row): ProfileRow[] {
  if ("profile" in row || row.profiles.length < 2) return [];
  return row.profiles.map((profile) => ({ capture: row, profile }));
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
