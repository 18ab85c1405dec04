/** A Node process that runs already: from a list, or by its inspector's address. */
import * as vscode from "vscode";
import type { NodeProcess } from "../../../src/toolchain/processes.ts";
import { UserError } from "../../commands.ts";
import { withProgress } from "../../progress.ts";
import type { Plan } from "../recorder.ts";

/** Busiest first. */
export async function runningProcess(): Promise<Plan | undefined> {
  const processes = await userProcesses();
  if (processes.length === 0) {
    throw new UserError(
      vscode.l10n.t("No other Node.js process of yours is running: start the program first."),
    );
  }
  const items = processes.map((found) => ({
    label: vscode.l10n.t("$(server-process) {0}", shortCommand(found.commandLine)),
    description: [
      String(found.pid),
      ...(found.cpu === undefined ? [] : [vscode.l10n.t("{0} % CPU", Math.round(found.cpu * 100))]),
      ...(found.inspector === undefined ? [] : [vscode.l10n.t("inspector {0}", found.inspector)]),
    ].join(" · "),
    ...(found.cwd !== undefined && { detail: found.cwd }),
    found,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Profile Which Process?"),
    placeHolder: vscode.l10n.t("Busiest first. The process goes on when profiling stops."),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!chosen) return undefined;
  const { pid, inspector, commandLine } = chosen.found;
  return {
    title: shortCommand(commandLine),
    target: inspector ? { kind: "inspector", address: inspector } : { kind: "process", pid },
  };
}

/** Without those that VS Code and we run ourselves. */
async function userProcesses(): Promise<NodeProcess[]> {
  const { listNodeProcesses } = await import("../../../src/toolchain/processes.ts");
  const all = await withProgress(vscode.l10n.t("Looking for Node.js processes"), ({ signal }) =>
    listNodeProcesses(signal),
  );
  const own = vscode.extensions.getExtension("hangscope.hangscope")?.extensionPath;
  const folders = [vscode.env.appRoot, ...(own === undefined ? [] : [`${own}/dist`])];
  return all.filter(({ commandLine }) => !folders.some((folder) => commandLine.includes(folder)));
}

export async function inspectorAddress(): Promise<Plan | undefined> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t("Profile Through an Inspector"),
    prompt: vscode.l10n.t("Address of a program on this machine that was started with --inspect"),
    value: "127.0.0.1:9229",
    validateInput: (value) =>
      isAddress(value.trim())
        ? undefined
        : vscode.l10n.t("Write host:port, or the ws:// address that the program printed."),
  });
  if (address === undefined) return undefined;
  const target = { kind: "inspector", address: address.trim() } as const;
  return { title: vscode.l10n.t("inspector {0}", target.address), target };
}

function isAddress(text: string): boolean {
  return /^wss?:\/\/\S+$/.test(text) || /^(\S+|\[[\da-f:]+\]):\d{1,5}$/i.test(text);
}

/** Names instead of paths: the end of a long command line says more than its start. */
function shortCommand(commandLine: string): string {
  const names = commandLine
    .split(/\s+/)
    .map((part) => part.replace(/^.*[\\/](?=[^\\/])/, ""))
    .join(" ");
  return names.length > 80 ? `${names.slice(0, 79)}…` : names;
}
