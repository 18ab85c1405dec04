/** Which of VS Code's own terminals, tasks and debug sessions a process belongs to. */
import * as vscode from "vscode";
import { ancestorAmong, type Parents } from "../../../src/toolchain/process-parents.ts";

/** Those that run, by their ids: VS Code lists none, and tells of each only as it starts. */
const sessions = new Map<string, vscode.DebugSession>();

export function followDebugSessions(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((session) => sessions.set(session.id, session)),
    vscode.debug.onDidTerminateDebugSession(({ id }) => sessions.delete(id)),
  );
}

/** Names of debug sessions by the pid of what they debug, which VS Code's debugger calls them by. */
function debuggedProcesses(): ReadonlyMap<number, string> {
  const { activeDebugSession: active } = vscode.debug;
  const all = [...sessions.values(), ...(active ? [active] : [])];
  return new Map(
    all.flatMap(({ configuration, name, parentSession }) => {
      const pid = / \[(\d+)\]$/.exec(configuration.name)?.[1];
      return pid === undefined ? [] : [[Number(pid), parentSession?.name ?? name] as const];
    }),
  );
}

/** @returns what to say of a process, and nothing for one that VS Code did not start. */
export async function processOrigins(
  parents: Parents,
): Promise<(pid: number) => string | undefined> {
  const terminals = new Map<number, string>();
  await Promise.all(
    vscode.window.terminals.map(async ({ name, processId }) => {
      const pid = await processId;
      if (pid !== undefined) terminals.set(pid, name);
    }),
  );
  const debugged = debuggedProcesses();
  const pids = new Set([...terminals.keys(), ...debugged.keys()]);
  return (pid) => {
    const found = ancestorAmong(pids, pid, parents);
    if (found === undefined) return undefined;
    const session = debugged.get(found);
    if (session !== undefined) return vscode.l10n.t("debugged: {0}", session);
    return vscode.l10n.t("terminal: {0}", terminals.get(found) ?? "");
  };
}
