/** Pages of browsers that were started from here, as rows of a list. */
import * as vscode from "vscode";
import type { ServerConnection } from "../app.ts";

export interface PageItem extends vscode.QuickPickItem {
  readonly target: { readonly page: string; readonly browserId: string };
}

/** Those that do not answer, and those that do. */
export async function pageItems(
  server: Pick<ServerConnection, "call">,
): Promise<{ readonly stuck: PageItem[]; readonly others: PageItem[] }> {
  const { browsers } = await server.call("browser.list", {});
  const pages = browsers.flatMap(({ browserId, pages }) =>
    pages.map(({ title, url, answers }) => ({
      answers,
      item: {
        label: vscode.l10n.t("$(browser) {0}", title || url),
        description: answers ? vscode.l10n.t("page") : vscode.l10n.t("page · does not answer"),
        detail: url,
        target: { page: url, browserId },
      },
    })),
  );
  return {
    stuck: pages.filter(({ answers }) => !answers).map(({ item }) => item),
    others: pages.filter(({ answers }) => answers).map(({ item }) => item),
  };
}
