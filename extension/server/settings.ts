/** The settings of the server; the manifest holds the defaults. */
import * as vscode from "vscode";

interface Settings {
  readonly "server.idleMinutes": number;
  readonly "server.patienceSeconds": number;
}

export function idleMs(): number {
  return setting("server.idleMinutes") * 60_000;
}

/** How long a server may be silent before the user is asked about it. */
export function patienceMs(): number {
  return setting("server.patienceSeconds") * 1_000;
}

function setting<K extends keyof Settings>(key: K): Settings[K] {
  return vscode.workspace.getConfiguration("hangscope").get(key) as Settings[K];
}
