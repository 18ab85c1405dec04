/** The scripts of each workspace folder's `package.json`, with every Node process they start. */
import * as vscode from "vscode";
import { z } from "zod";
import type { TargetItem } from "../pick-target.ts";

const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

export async function npmScripts(node: string | undefined): Promise<TargetItem[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const items = await Promise.all(folders.map((folder) => scriptsOf(folder, node)));
  return items.flat();
}

async function scriptsOf(
  folder: vscode.WorkspaceFolder,
  node: string | undefined,
): Promise<TargetItem[]> {
  return Object.entries(await readScripts(folder.uri)).map(([name, script]) => ({
    label: vscode.l10n.t("$(json) {0}", name),
    description: script,
    plan: async () => ({
      title: `npm run ${name}`,
      target: {
        kind: "command",
        argv: [process.platform === "win32" ? "npm.cmd" : "npm", "run", name],
        cwd: folder.uri.fsPath,
        ...(node !== undefined && { node }),
      },
    }),
  }));
}

/** A folder without a readable manifest has no scripts. */
async function readScripts(folder: vscode.Uri): Promise<Record<string, string>> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "package.json"));
    const manifest = manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return manifest.data?.scripts ?? {};
  } catch {
    return {};
  }
}
