/** Finds the Node that a command will be run with, and what flags its entry file needs. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, extname, isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { hookName } from "../../toolchain/hook-name.ts";
import { run } from "../../toolchain/run.ts";
import { CaptureError } from "../capture-error.ts";

export interface NodeInstallation {
  /** Absolute path of the executable itself, not of a version manager's wrapper. */
  readonly path: string;
  /** Without the `v`. */
  readonly version: string;
}

const howToGet = 'Install Node (https://nodejs.org) or choose one with "Hangscope: Select Node".';

/** Whether a program's path or name is Node's. */
export function isNode(program: string): boolean {
  return /^node(js)?(\.exe)?$/i.test(basename(program));
}

/**
 * The given Node, else the first on `path` (a PATH variable) that is not a shim of ours.
 * @throws CaptureError `no-node`; ToolError when what was found does not run.
 */
export async function findNode(
  given: string | undefined,
  path: string,
  signal?: AbortSignal,
): Promise<NodeInstallation> {
  const candidate = given ?? nodeOnPath(path);
  if (!candidate) throw new CaptureError("no-node", `No "node" is on PATH. ${howToGet}`);
  const print = "JSON.stringify({ path: process.execPath, version: process.versions.node })";
  const { stdout } = await run({ command: candidate, howToGet }, ["-p", print], {
    // The caller's own options may not suit this Node, or print something.
    env: { NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined },
    timeoutMs: 10_000,
    // It has nothing to put in order.
    killAfterMs: 1_000,
    ...(signal && { signal }),
  });
  return JSON.parse(stdout) as NodeInstallation;
}

function nodeOnPath(path: string): string | undefined {
  const name = process.platform === "win32" ? "node.exe" : "node";
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !existsSync(join(folder, hookName)))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Flags without which this Node does not run the entry file in `args`: `tsx` of the workspace
 * for TypeScript that it cannot strip itself. None when the caller already brings a loader.
 * @throws CaptureError `no-typescript`.
 */
export function typeScriptFlags(
  node: NodeInstallation,
  args: readonly string[],
  cwd: string,
): string[] {
  const loader = /^(-r|--require|--import|--loader|--experimental-(loader|strip-types))(=|$)/;
  const entry = args.find((arg) => !arg.startsWith("-"));
  if (!entry || args.slice(0, args.indexOf(entry)).some((arg) => loader.test(arg))) return [];
  const extension = extname(entry);
  if (![".ts", ".mts", ".cts", ".tsx"].includes(extension)) return [];
  if (extension !== ".tsx" && stripsTypes(node.version)) return [];
  try {
    const tsx = createRequire(join(cwd, "package.json")).resolve("tsx");
    return ["--import", pathToFileURL(tsx).href];
  } catch {
    throw new CaptureError(
      "no-typescript",
      `Node ${node.version} cannot run ${basename(entry)}: choose Node 22.18 or newer (without JSX), ` +
        'or install tsx in the workspace ("npm install --save-dev tsx").',
    );
  }
}

/** From 22.18 and 23.6 on, without a flag. */
export function stripsTypes(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}
