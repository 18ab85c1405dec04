/** The debug sessions of this window, and which processes they debug. */
import * as vscode from "vscode";

/** Those that run, by their ids: VS Code lists none, and tells of each only as it starts. */
const sessions = new Map<string, vscode.DebugSession>();

export function followDebugSessions(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((session) => sessions.set(session.id, session)),
    vscode.debug.onDidTerminateDebugSession(({ id }) => sessions.delete(id)),
  );
}

/** Names of debug sessions by the pid of what they debug, which VS Code's debugger calls them by. */
export function debuggedProcesses(): ReadonlyMap<number, string> {
  const { activeDebugSession: active } = vscode.debug;
  const all = [...sessions.values(), ...(active ? [active] : [])];
  return new Map(
    all.flatMap(({ configuration, name, parentSession }) => {
      const pid = / \[(\d+)\]$/.exec(configuration.name)?.[1];
      return pid === undefined ? [] : [[Number(pid), parentSession?.name ?? name] as const];
    }),
  );
}
