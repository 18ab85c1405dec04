/** A Node process that runs already, busiest first. */
import * as vscode from "vscode";
import { UserError } from "../../commands.ts";
import { withProgress } from "../../progress.ts";
import type { Plan } from "../recorder.ts";

export async function runningProcess(): Promise<Plan | undefined> {
  const { listNodeProcesses } = await import("../../../src/toolchain/processes.ts");
  const processes = await withProgress(vscode.l10n.t("Looking for Node.js processes"), (task) =>
    listNodeProcesses(task.signal),
  );
  if (processes.length === 0) {
    throw new UserError(vscode.l10n.t("No other Node.js process of yours is running."));
  }
  const items = processes.map((found) => ({
    label: vscode.l10n.t("$(server-process) {0}", shortCommand(found.commandLine)),
    description: [
      found.pid,
      ...(found.cpu === undefined ? [] : [`${Math.round(found.cpu * 100)} % CPU`]),
    ].join(" · "),
    detail: found.cwd ?? "",
    found,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Profile Which Process?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!chosen) return undefined;
  const { pid, inspector, commandLine } = chosen.found;
  return {
    title: shortCommand(commandLine),
    target:
      inspector === undefined
        ? { kind: "process", pid }
        : { kind: "inspector", address: inspector },
  };
}

/** The end of a long command line says more than its start. */
function shortCommand(commandLine: string): string {
  const [program, ...args] = commandLine.split(/\s+/);
  const names = [program ?? "", ...args].map((part) => part.replace(/^.*[\\/](?=[^\\/])/, ""));
  return names.join(" ").slice(0, 80);
}
