/** Which editor column a source or a profile view goes to, so that both stay in sight. */
import * as vscode from "vscode";

/**
 * The column for a source: where it is on screen already, else the active column, and never
 * `besides`.
 */
export function columnForSource(
  uri: vscode.Uri,
  besides: vscode.ViewColumn | undefined = columnOfActiveView(),
): vscode.ViewColumn {
  const groups = vscode.window.tabGroups.all.filter(({ viewColumn }) => viewColumn !== besides);
  const showing = groups.find(({ activeTab }) => isTextOf(activeTab, uri));
  if (showing) return showing.viewColumn;
  if (besides === undefined) return vscode.ViewColumn.Active;
  const open = groups.find(({ tabs }) => tabs.some((tab) => isTextOf(tab, uri)));
  const other = open ?? groups.find(({ activeTab }) => isText(activeTab)) ?? groups[0];
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** The column for a profile: beside the source that is being looked at. */
export function columnForView(uri: vscode.Uri): vscode.ViewColumn {
  const { activeTabGroup, all } = vscode.window.tabGroups;
  const { activeTab } = activeTabGroup;
  if (!isText(activeTab) || isTextOf(activeTab, uri)) return vscode.ViewColumn.Active;
  const withView = all.find((group) => isView(group.activeTab));
  return withView?.viewColumn ?? vscode.ViewColumn.Beside;
}

function columnOfActiveView(): vscode.ViewColumn | undefined {
  const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  return isView(activeTab) ? viewColumn : undefined;
}

function isView(tab: vscode.Tab | undefined): boolean {
  return tab?.input instanceof vscode.TabInputCustom && tab.input.viewType.startsWith("hangscope.");
}

function isText(tab: vscode.Tab | undefined): boolean {
  return tab?.input instanceof vscode.TabInputText;
}

function isTextOf(tab: vscode.Tab | undefined, uri: vscode.Uri): boolean {
  return tab?.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
}
