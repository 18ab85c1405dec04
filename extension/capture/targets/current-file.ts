/** A file, run by Node: JavaScript as it is, TypeScript by type stripping or by the project's tsx. */
import { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import * as vscode from "vscode";
import { stripsTypes } from "../../../src/capture/v8/node.ts";
import { UserError } from "../../commands.ts";
import type { NodeChoice } from "../node-choice.ts";
import type { TargetItem } from "../pick-target.ts";

export function programFile(uri: vscode.Uri | undefined, node: NodeChoice): TargetItem[] {
  if (uri?.scheme !== "file" || !/\.([cm]?[jt]s|tsx)$/.test(uri.path)) return [];
  const cwd = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const title = vscode.workspace.asRelativePath(uri, false);
  const item = (id: string, description: string, loader: string[] = []): TargetItem => ({
    id: `${id}:${uri}`,
    label: vscode.l10n.t("$(file-code) {0}", title),
    description,
    plan: async () => {
      await saveDocument(uri, title);
      const argv = ["node", ...loader, uri.fsPath];
      const target = { kind: "command", argv, cwd, ...(node.path && { node: node.path }) } as const;
      return { title, target };
    },
  });
  if (!/\.([cm]?ts|tsx)$/.test(uri.path)) return [item("file", vscode.l10n.t("run by Node.js"))];
  const canStrip = extname(uri.path) !== ".tsx" && stripsTypes(node.version ?? "");
  const ways = [
    ...(canStrip ? [item("file", vscode.l10n.t("run by Node.js, types stripped"))] : []),
    ...(hasTsx(cwd) ? [item("tsx", vscode.l10n.t("run by tsx"), ["--import", "tsx"])] : []),
  ];
  if (ways.length > 0) return ways;
  const missing =
    extname(uri.path) === ".tsx"
      ? vscode.l10n.t("needs tsx in this project")
      : vscode.l10n.t("needs Node.js 22.18 or newer, or tsx in this project");
  return [item("file", missing)];
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
