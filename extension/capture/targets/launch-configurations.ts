/** `launch.json` entries that start a Node program. */
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { z } from "zod";
import { UserError } from "../../commands.ts";
import type { TargetItem } from "../pick-target.ts";
import type { Plan } from "../recorder.ts";

const configurationSchema = z.object({
  name: z.string(),
  type: z.enum(["node", "pwa-node"]),
  request: z.literal("launch"),
  program: z.string().optional(),
  args: z.union([z.array(z.string()), z.string()]).default([]),
  runtimeArgs: z.array(z.string()).default([]),
  runtimeExecutable: z.string().nullish(),
  cwd: z.string().optional(),
  env: z.record(z.string(), z.string().nullable()).default({}),
});
type Configuration = z.output<typeof configurationSchema>;

export function launchConfigurations(node: string | undefined): TargetItem[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
    vscode.workspace
      .getConfiguration("launch", folder.uri)
      .get<unknown[]>("configurations", [])
      .map((entry) => configurationSchema.safeParse(entry).data)
      .filter((entry) => entry !== undefined)
      .map((entry) => ({
        label: vscode.l10n.t("$(debug-alt) {0}", entry.name),
        description: entry.program ?? entry.runtimeExecutable ?? "",
        plan: async () => planOf(entry, folder, node),
      })),
  );
}

function planOf(
  entry: Configuration,
  folder: vscode.WorkspaceFolder,
  node: string | undefined,
): Plan {
  const fill = (text: string) => substitute(text, entry.name, folder);
  const cwd = fill(entry.cwd ?? folder.uri.fsPath);
  const args = typeof entry.args === "string" ? entry.args.split(/\s+/) : entry.args;
  const program = entry.program === undefined ? [] : [absolute(fill(entry.program), cwd)];
  const env = Object.entries(entry.env).filter(([, value]) => value !== null);
  return {
    title: entry.name,
    target: {
      kind: "command",
      argv: [
        fill(entry.runtimeExecutable ?? "node"),
        ...entry.runtimeArgs.map(fill),
        ...program,
        ...args.filter((arg) => arg !== "").map(fill),
      ],
      cwd,
      env: Object.fromEntries(env.map(([name, value]) => [name, fill(value!)])),
      ...(node !== undefined && { node }),
    },
  };
}

/** VS Code offers no way to ask for its variables: those that need nothing but the folder. */
function substitute(text: string, name: string, folder: vscode.WorkspaceFolder): string {
  const file = vscode.window.activeTextEditor?.document.uri.fsPath;
  const values: Record<string, string | undefined> = {
    workspaceFolder: folder.uri.fsPath,
    workspaceRoot: folder.uri.fsPath,
    workspaceFolderBasename: folder.name,
    file,
  };
  return text.replace(/\$\{([^}]+)\}/g, (whole, variable: string) => {
    const value = variable.startsWith("env:")
      ? (process.env[variable.slice("env:".length)] ?? "")
      : values[variable];
    if (value !== undefined) return value;
    const message = "Profiling cannot fill in {0} of the launch configuration “{1}”.";
    throw new UserError(vscode.l10n.t(message, whole, name));
  });
}

function absolute(path: string, cwd: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}
