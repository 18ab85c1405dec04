/** One list of all that may be stuck: Node processes, and pages of browsers started from here. */
import * as vscode from "vscode";
import type { ServerConnection } from "../app.ts";
import { noProcess, processItems } from "../capture/targets/running-process.ts";
import { pageItems } from "./page-items.ts";

export type StuckTarget =
  | { readonly pid: number }
  | { readonly page: string; readonly browserId: string };

/** Pages that do not answer first, then the processes, busiest first, then the other pages. */
export async function chooseStuck(
  server: Pick<ServerConnection, "call">,
): Promise<StuckTarget | undefined> {
  const [{ stuck, others }, processes] = await Promise.all([pageItems(server), processItems()]);
  const rows = processes.map(({ found, ...row }) => ({ ...row, target: { pid: found.pid } }));
  const items = [...stuck, ...rows, ...others];
  if (items.length === 0) throw noProcess();
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("What Is Stuck?"),
    placeHolder: vscode.l10n.t("Busiest first. It goes on afterwards."),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.target;
}
