import * as vscode from "vscode";

const key = "artifacts.store";

/** The store of the settings, as tools take it; none is the workspace's own. */
export function storeInput(): { readonly store?: string } {
  const store = vscode.workspace.getConfiguration("hangscope").get(key, "").trim();
  return store === "" ? {} : { store };
}

export async function openArtifactSettings(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettings", `hangscope.${key}`);
}
