/** `launch.json` entries for Node: those that start a program, and those that attach to one. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import * as vscode from "vscode";
import * as z from "zod";
import { mergeEnvironments } from "../../../src/toolchain/environment.ts";
import { UserError } from "../../commands.ts";
import type { TargetItem } from "../pick-target.ts";
import type { Plan } from "../recorder.ts";
import { variableSources } from "./variable-sources.ts";
import { fillVariables, UnknownVariable } from "./variables.ts";

const type = z.enum(["node", "pwa-node"]);

const launchSchema = z.object({
  name: z.string(),
  type,
  request: z.literal("launch"),
  program: z.string().optional(),
  args: z.union([z.array(z.string()), z.string()]).default([]),
  runtimeArgs: z.array(z.string()).default([]),
  runtimeExecutable: z.string().nullish(),
  cwd: z.string().optional(),
  env: z.record(z.string(), z.string().nullable()).default({}),
  envFile: z.string().nullish(),
});
const attachSchema = z.object({
  name: z.string(),
  type,
  request: z.literal("attach"),
  address: z.string().default("127.0.0.1"),
  port: z.union([z.number(), z.string()]).default(9229),
  processId: z.unknown().optional(),
});
const configurationSchema = z.union([launchSchema, attachSchema]);

type Launch = z.output<typeof launchSchema>;
type Attach = z.output<typeof attachSchema>;

/** @param request only those that do this; both by default */
export function launchConfigurations(
  node: string | undefined,
  request?: "launch" | "attach",
): TargetItem[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
    vscode.workspace
      .getConfiguration("launch", folder.uri)
      .get<unknown[]>("configurations", [])
      .map((entry) => configurationSchema.safeParse(entry).data)
      .filter((entry) => entry !== undefined)
      .filter((entry) => request === undefined || entry.request === request)
      // One that asks for a process is our own list of processes.
      .filter((entry) => entry.request === "launch" || entry.processId === undefined)
      .map((entry) => ({
        id: `launch:${folder.uri}:${entry.name}`,
        label: vscode.l10n.t("$(debug-alt) {0}", entry.name),
        description:
          entry.request === "launch"
            ? (entry.program ?? entry.runtimeExecutable ?? "")
            : vscode.l10n.t("attaches to port {0}", entry.port),
        plan: () => planOf(entry, folder, node),
      })),
  );
}

/** @throws UserError that names what of the configuration is not supported */
export async function planOf(
  entry: Launch | Attach,
  folder: vscode.WorkspaceFolder,
  node: string | undefined,
): Promise<Plan> {
  const sources = variableSources(folder);
  const fill = (text: string) => fillVariables(text, sources);
  try {
    return entry.request === "attach"
      ? attachPlan(entry, fill)
      : await launchPlan(entry, folder, fill, node);
  } catch (error) {
    if (!(error instanceof UnknownVariable)) throw error;
    throw new UserError(
      vscode.l10n.t(
        "Profiling cannot fill in {0} of the launch configuration “{1}”: write its value there, or profile the file or npm script itself.",
        error.variable,
        entry.name,
      ),
    );
  }
}

/**
 * Of our own type, which takes what Node's does, and `script` for one of `package.json`.
 * @throws UserError that says what is wrong with it
 */
export async function planOfLaunch(
  { script, ...written }: vscode.DebugConfiguration & { readonly script?: unknown },
  folder: vscode.WorkspaceFolder,
  node: string | undefined,
): Promise<Plan> {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const started =
    script === undefined ? {} : { runtimeExecutable: npm, runtimeArgs: ["run", script] };
  const { data, error } = launchSchema.safeParse({ ...written, ...started, type: "node" });
  if (error) {
    const [issue] = error.issues;
    throw new UserError(
      vscode.l10n.t(
        "The launch configuration “{0}” is not right: {1}: {2}",
        written.name,
        issue?.path.join(".") ?? "",
        issue?.message ?? "",
      ),
    );
  }
  if (data.program === undefined && data.runtimeExecutable == null) {
    throw new UserError(
      vscode.l10n.t("The launch configuration “{0}” needs a program or a script.", written.name),
    );
  }
  return planOf(data, folder, node);
}

type Fill = (text: string) => string;

async function launchPlan(
  entry: Launch,
  folder: vscode.WorkspaceFolder,
  fill: Fill,
  node: string | undefined,
): Promise<Plan> {
  const cwd = absolute(fill(entry.cwd ?? folder.uri.fsPath), folder.uri.fsPath);
  const program = entry.program === undefined ? [] : [absolute(fill(entry.program), cwd)];
  const args = typeof entry.args === "string" ? entry.args.trim().split(/\s+/) : entry.args;
  const written = Object.entries(entry.env).filter((pair) => pair[1] !== null);
  const env = Object.fromEntries(written.map(([name, value]) => [name, fill(value!)]));
  const fromFile = entry.envFile ? await readEnvFile(fill(entry.envFile), cwd) : {};
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
      env: mergeEnvironments([fromFile, env]),
      ...(node && { node }),
    },
  };
}

async function readEnvFile(path: string, cwd: string): Promise<Record<string, string>> {
  try {
    const variables = parseEnv(await readFile(absolute(path, cwd), "utf8"));
    return variables as Record<string, string>;
  } catch {
    throw new UserError(vscode.l10n.t("The configuration's envFile {0} cannot be read.", path));
  }
}

function attachPlan(entry: Attach, fill: Fill): Plan {
  const address = `${fill(entry.address)}:${fill(String(entry.port))}`;
  return { title: entry.name, target: { kind: "inspector", address } };
}

function absolute(path: string, cwd: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}
