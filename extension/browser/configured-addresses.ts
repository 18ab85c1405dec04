/** What the launch configurations for Chrome and Edge open. */
import * as vscode from "vscode";
import * as z from "zod";
import { variableSources } from "../capture/targets/variable-sources.ts";
import { fillVariables, UnknownVariable } from "../capture/targets/variables.ts";

const configurationSchema = z.object({
  type: z.enum(["chrome", "pwa-chrome", "msedge", "pwa-msedge"]),
  request: z.literal("launch"),
  url: z.string().min(1),
});

export function configuredAddresses(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
    vscode.workspace
      .getConfiguration("launch", folder.uri)
      .get<unknown[]>("configurations", [])
      .flatMap((entry) => configurationSchema.safeParse(entry).data?.url ?? [])
      .flatMap((url) => filled(url, folder)),
  );
}

/** Nothing where a variable is unknown here. */
function filled(url: string, folder: vscode.WorkspaceFolder): string[] {
  try {
    return [fillVariables(url, variableSources(folder))];
  } catch (error) {
    if (error instanceof UnknownVariable) return [];
    throw error;
  }
}
