/** The scripts of a `package.json`, with every Node process they start. */
import * as vscode from "vscode";
import * as z from "zod";
import type { TargetItem } from "../pick-target.ts";

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  packageManager: z.string().optional(),
});
type Manifest = z.output<typeof manifestSchema>;

/** Of each workspace folder, and of the package that `file` belongs to. */
export async function npmScripts(
  node: string | undefined,
  file: vscode.Uri | undefined,
): Promise<TargetItem[]> {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const own = file && (await packageOf(file));
  const folders = own && !roots.some((root) => `${root}` === `${own}`) ? [own, ...roots] : roots;
  const items = await Promise.all(
    folders.map((folder) => scriptsOf(folder, node, folders.length > 1)),
  );
  return items.flat();
}

async function scriptsOf(
  folder: vscode.Uri,
  node: string | undefined,
  nameFolder: boolean,
): Promise<TargetItem[]> {
  const manifest = await readManifest(folder);
  const names = Object.entries(manifest?.scripts ?? {});
  if (!manifest || names.length === 0) return [];
  const manager = await packageManager(folder, manifest);
  const where = nameFolder ? ` · ${vscode.workspace.asRelativePath(folder)}` : "";
  return names.map(([name, script]) => ({
    id: `script:${folder}:${name}`,
    label: vscode.l10n.t("$(json) {0}", name),
    description: `${script}${where}`,
    plan: async () => ({
      title: `${manager} run ${name}`,
      target: {
        kind: "command",
        argv: [process.platform === "win32" ? `${manager}.cmd` : manager, "run", name],
        cwd: folder.fsPath,
        ...(node && { node }),
      },
    }),
  }));
}

/** The nearest folder above with a manifest, inside the file's workspace folder. */
async function packageOf(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri;
  if (!root) return undefined;
  let folder = vscode.Uri.joinPath(file, "..");
  while (folder.path.startsWith(`${root.path}/`)) {
    if (await readManifest(folder)) return folder;
    folder = vscode.Uri.joinPath(folder, "..");
  }
  return undefined;
}

/** Nothing for a folder without a readable manifest. */
async function readManifest(folder: vscode.Uri): Promise<Manifest | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "package.json"));
    return manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}

const managers = ["npm", "pnpm", "yarn"] as const;
type Manager = (typeof managers)[number];

const lockFiles = { "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn" } as const;

/** VS Code's own setting for it, else the manifest's, else whose lock file is there. */
async function packageManager(folder: vscode.Uri, manifest: Manifest): Promise<Manager> {
  const setting = vscode.workspace.getConfiguration("npm", folder).get<string>("packageManager");
  const named = [setting, manifest.packageManager?.split("@")[0]];
  const told = managers.find((manager) => named.includes(manager));
  if (told) return told;
  for (const [file, manager] of Object.entries(lockFiles)) {
    if (await exists(vscode.Uri.joinPath(folder, file))) return manager;
  }
  return "npm";
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
