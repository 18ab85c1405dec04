/** Which of VS Code's own terminals, tasks and debug sessions a process belongs to. */
import * as vscode from "vscode";
import { ancestorAmong, type Parents } from "../../../src/toolchain/process-parents.ts";
import { debuggedProcesses } from "./debug-sessions.ts";

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
