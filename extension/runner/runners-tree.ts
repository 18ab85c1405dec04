/** Rows of the view of runners: destinations with their state, and what is cached. */
import * as vscode from "vscode";
import { formatAge } from "../../src/results/age.ts";
import { formatBytes } from "../../src/results/format-bytes.ts";
import { placeKey } from "../../src/runner/choices.ts";
import { readyText } from "../../src/runner/ready-text.ts";
import type { DestinationRow, DestinationState, EntryRow } from "../../src/runner/rows.ts";
import { iconOf } from "./pick-destination.ts";

export interface SectionRow {
  readonly kind: "section";
  readonly id: "destinations" | "cache";
  readonly rows: readonly (DestinationRow | EntryRow)[];
}
export type Row = SectionRow | DestinationRow | EntryRow;

export function treeItem(row: Row): vscode.TreeItem {
  switch (row.kind) {
    case "section":
      return sectionItem(row);
    case "destination":
      return destinationItem(row);
    case "entry":
      return entryItem(row);
  }
}

function sectionItem({ id, rows }: SectionRow): vscode.TreeItem {
  const isCache = id === "cache";
  const label = isCache ? vscode.l10n.t("Cached Runners") : vscode.l10n.t("Destinations");
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.contextValue = id;
  if (!isCache) return item;
  const bytes = rows.reduce((sum, row) => sum + (row.kind === "entry" ? row.entry.bytes : 0), 0);
  item.description = formatBytes(bytes);
  return item;
}

function destinationItem({ choice, state }: DestinationRow): vscode.TreeItem {
  const { name, system, device } = choice;
  const item = new vscode.TreeItem(name);
  const facts = [system, describe(state)];
  item.id = placeKey(choice);
  item.contextValue = `destination-${state.kind}`;
  item.iconPath = destinationIcon(state, iconOf(choice));
  item.description = facts.join(" · ");
  item.tooltip = [name, system, device, detailOf(state)].filter((part) => part !== "").join("\n");
  item.accessibilityInformation = { label: [name, ...facts].join(", ") };
  return item;
}

function describe(state: DestinationState): string {
  switch (state.kind) {
    case "preparing":
      return vscode.l10n.t("preparing");
    case "ready":
      return state.result?.recovered ? vscode.l10n.t("ready, recovered") : vscode.l10n.t("ready");
    case "busy":
      return vscode.l10n.t("ready, at work");
    case "silent":
      return vscode.l10n.t("does not answer");
    case "failed":
      return vscode.l10n.t("failed: {0}", firstLine(state.reason));
    case "stopped":
      return vscode.l10n.t("no runner");
  }
}

function detailOf(state: DestinationState): string {
  switch (state.kind) {
    case "preparing":
    case "stopped":
      return "";
    case "failed":
      return state.reason;
    default: {
      const process = vscode.l10n.t("process {0}, port {1}", state.runner.pid, state.runner.port);
      return state.result ? `${process}\n${readyText(state.result)}` : process;
    }
  }
}

function destinationIcon({ kind }: DestinationState, usual: string): vscode.ThemeIcon {
  switch (kind) {
    case "preparing":
      return new vscode.ThemeIcon("loading~spin");
    case "ready":
    case "busy":
      return new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed"));
    case "silent":
      return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
    case "failed":
      return new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
    case "stopped":
      return new vscode.ThemeIcon(usual);
  }
}

function entryItem({ entry, title, inUse }: EntryRow): vscode.TreeItem {
  const { key, bytes, createdAt, usedAt, bad, metadata, folder } = entry;
  const item = new vscode.TreeItem(title);
  const built = Date.parse(createdAt);
  const facts = [
    ...(bad === undefined ? [] : [vscode.l10n.t("not used: {0}", firstLine(bad))]),
    formatBytes(bytes),
    ...(Number.isNaN(built) ? [] : [vscode.l10n.t("built {0}", ageOf(built))]),
    ...(inUse ? [vscode.l10n.t("in use")] : []),
    ...(metadata ? [`Xcode ${metadata.xcode.version}`] : []),
  ];
  item.id = key;
  item.contextValue = "entry";
  item.iconPath =
    bad === undefined
      ? new vscode.ThemeIcon("package")
      : new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  item.description = facts.join(" · ");
  item.tooltip = [
    ...(bad === undefined ? [] : [bad]),
    ...(metadata ? [`${metadata.scheme}, ${metadata.sdk.name} ${metadata.sdk.version}`] : []),
    ...(usedAt > 0 ? [vscode.l10n.t("used {0}", ageOf(usedAt))] : []),
    key,
    folder,
  ].join("\n");
  item.accessibilityInformation = { label: [title, ...facts].join(", ") };
  return item;
}

function ageOf(time: number): string {
  return formatAge(Date.now() - time, vscode.env.language);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}
