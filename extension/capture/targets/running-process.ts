/** A Node process that runs already: from a list, or by its inspector's address. */
import * as vscode from "vscode";
import { shortCommand } from "../../../src/results/short-command.ts";
import { processParents } from "../../../src/toolchain/process-parents.ts";
import { listNodeProcesses, type NodeProcess } from "../../../src/toolchain/processes.ts";
import { UserError } from "../../commands.ts";
import { withProgress } from "../../progress.ts";
import type { Plan } from "../recorder.ts";
import { processOrigins } from "./process-origins.ts";

export async function runningProcess(): Promise<Plan | undefined> {
  const found = await chooseProcess({
    title: vscode.l10n.t("Profile Which Process?"),
    placeHolder: vscode.l10n.t("Busiest first. The process goes on when profiling stops."),
  });
  if (!found) return undefined;
  const { pid, inspector, commandLine } = found;
  return {
    title: shortCommand(commandLine),
    target: inspector ? { kind: "inspector", address: inspector } : { kind: "process", pid },
  };
}

/** Busiest first. */
export async function chooseProcess(
  options: Pick<vscode.QuickPickOptions, "title" | "placeHolder">,
): Promise<NodeProcess | undefined> {
  const items = await processItems();
  if (items.length === 0) throw noProcess();
  const chosen = await vscode.window.showQuickPick(items, {
    ...options,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.found;
}

export function noProcess(): UserError {
  return new UserError(
    vscode.l10n.t("No other Node.js process of yours is running: start the program first."),
  );
}

/** A longer one would leave a list no room for what tells two of them apart. */
const longestLabel = 40;

export interface ProcessItem extends vscode.QuickPickItem {
  readonly found: NodeProcess;
}

/** Busiest first. */
export async function processItems(): Promise<ProcessItem[]> {
  const { processes, originOf } = await userProcesses();
  return processes.map((found) => ({
    label: vscode.l10n.t("$(server-process) {0}", shortCommand(found.commandLine, longestLabel)),
    description: [
      String(found.pid),
      ...(found.cpu === undefined ? [] : [vscode.l10n.t("{0} % CPU", Math.round(found.cpu * 100))]),
      ...[originOf(found.pid)].filter((origin) => origin !== undefined),
      ...(found.inspector === undefined ? [] : [vscode.l10n.t("inspector {0}", found.inspector)]),
    ].join(" · "),
    ...(found.cwd !== undefined && { detail: found.cwd }),
    found,
  }));
}

/** Without those that VS Code and we run ourselves. */
async function userProcesses(): Promise<{
  readonly processes: readonly NodeProcess[];
  readonly originOf: (pid: number) => string | undefined;
}> {
  const [all, parents] = await withProgress(
    vscode.l10n.t("Looking for Node.js processes"),
    ({ signal }) => Promise.all([listNodeProcesses(signal), processParents(signal)]),
  );
  const own = vscode.extensions.getExtension("hangscope.hangscope")?.extensionPath;
  const folders = [vscode.env.appRoot, ...(own === undefined ? [] : [`${own}/dist`])];
  const processes = all.filter(
    ({ commandLine }) => !folders.some((folder) => commandLine.includes(folder)),
  );
  return { processes, originOf: await processOrigins(parents) };
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
