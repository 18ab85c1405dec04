/** The settings of results in code. */
import * as vscode from "vscode";

interface Settings {
  readonly "codeLens.enabled": boolean;
  /** Percent. */
  readonly "codeLens.threshold": number;
  readonly "heat.enabled": boolean;
  readonly "problems.enabled": boolean;
  /** Percent. */
  readonly "problems.threshold": number;
}

/** A setting of ours; the manifest holds the defaults. */
export function setting<K extends keyof Settings>(key: K): Settings[K] {
  return vscode.workspace.getConfiguration("hangscope").get(key) as Settings[K];
}

export function onDidChangeSettings(
  group: "codeLens" | "heat" | "problems",
  run: () => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`hangscope.${group}`)) run();
  });
}
