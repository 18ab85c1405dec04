/** A file, run by Node: JavaScript as it is, TypeScript by type stripping or by the project's tsx. */
import { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../commands.ts";
import type { TargetItem } from "../pick-target.ts";

export function programFile(uri: vscode.Uri | undefined, node: string | undefined): TargetItem[] {
  if (uri?.scheme !== "file" || !/\.([cm]?[jt]s|tsx)$/.test(uri.path)) return [];
  const cwd = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const title = vscode.workspace.asRelativePath(uri, false);
  const item = (description: string, loader: string[], id: string): TargetItem => ({
    id: `${id}:${uri}`,
    label: vscode.l10n.t("$(file-code) {0}", title),
    description,
    plan: async () => {
      await saveDocument(uri, title);
      const argv = ["node", ...loader, uri.fsPath];
      return { title, target: { kind: "command", argv, cwd, ...(node && { node }) } };
    },
  });
  const byNode = vscode.l10n.t("run by Node.js");
  if (!/\.([cm]?ts|tsx)$/.test(uri.path)) return [item(byNode, [], "file")];
  const byTsx = item(vscode.l10n.t("run by tsx"), ["--import", "tsx"], "tsx");
  if (extname(uri.path) === ".tsx") return [byTsx];
  const stripped = item(vscode.l10n.t("run by Node.js, types stripped"), [], "file");
  return hasTsx(cwd) ? [stripped, byTsx] : [stripped];
}

async function saveDocument(uri: vscode.Uri, title: string): Promise<void> {
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === `${uri}`);
  if (!open?.isDirty || (await open.save())) return;
  throw new UserError(vscode.l10n.t("{0} could not be saved, so it was not profiled.", title));
}

function hasTsx(folder: string): boolean {
  try {
    createRequire(`${folder}/package.json`).resolve("tsx");
    return true;
  } catch {
    return false;
  }
}
