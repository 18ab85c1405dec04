/** What can be done with cached runners, from the view. */
import * as vscode from "vscode";
import { formatBytes } from "../../src/results/format-bytes.ts";
import type { ToolInput } from "../../src/tools/index.ts";
import type { ServerConnection } from "../app.ts";
import { UserError } from "../commands.ts";
import { revealFolder } from "../reveal-folder.ts";
import { requireTrust } from "../trust.ts";
import type { Row } from "./runners-tree.ts";
import { cacheFolder, maxCacheBytes } from "./settings.ts";

type CacheInput = ToolInput<"runner.cache">;

/**
 * By the end of their commands' names.
 * @throws UserError without a row where one is needed: key bindings bring none.
 */
export function cacheActions(
  server: Pick<ServerConnection, "call">,
  refresh: () => void,
): Record<"delete" | "prune" | "clean" | "reveal", (row?: Row) => Promise<void>> {
  const ask = async (input: CacheInput) => {
    const cacheDir = cacheFolder();
    try {
      return await server.call("runner.cache", {
        ...input,
        ...(cacheDir !== undefined && { cacheDir }),
      });
    } finally {
      refresh();
    }
  };
  const removed = async (input: CacheInput) => {
    const { removed: keys, entries } = await ask(input);
    const left = formatBytes(entries.reduce((sum, { bytes }) => sum + bytes, 0));
    vscode.window.setStatusBarMessage(
      vscode.l10n.t("$(trash) {0} cached runners removed, {1} left", keys.length, left),
      6_000,
    );
  };
  return {
    async delete(row) {
      const { key, bytes } = entryOf(row).entry;
      const question = vscode.l10n.t("Delete the cached runner ({0})?", formatBytes(bytes));
      const detail = vscode.l10n.t("It is built again when it is needed.");
      if (await confirms(question, detail)) await removed({ action: "remove", key });
    },
    async prune() {
      requireTrust();
      await removed({ action: "prune", maxBytes: maxCacheBytes() });
    },
    async clean() {
      requireTrust();
      const question = vscode.l10n.t("Delete all cached runners?");
      const detail = vscode.l10n.t("Those that run stay; the others are built again when needed.");
      if (await confirms(question, detail)) await removed({ action: "clean" });
    },
    async reveal(row) {
      await revealFolder(entryOf(row).entry.folder);
    },
  };
}

function entryOf(row: Row | undefined) {
  if (row?.kind === "entry") return row;
  throw new UserError(vscode.l10n.t("Choose a cached runner in the Hangscope view first."));
}

async function confirms(question: string, detail: string): Promise<boolean> {
  const yes = vscode.l10n.t("Delete");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
