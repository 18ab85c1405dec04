/** Finds the Node.js versions of this machine: on PATH, and where version managers keep them. */
import { glob, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "./run.ts";

export interface InstalledNode {
  /** Absolute path. */
  readonly path: string;
  /** Such as `24.21.0`. */
  readonly version: string;
}

const howToGet = "Install Node.js, or choose another with the setting hangscope.node.path.";

/**
 * The version a Node executable reports.
 * @throws ToolError when it is missing or is not Node.
 */
export async function nodeVersion(path: string, signal?: AbortSignal): Promise<string> {
  const tool = { command: path, howToGet };
  const { stdout } = await run(tool, ["--version"], {
    timeoutMs: 10_000,
    // The host may run us as Electron's Node, or under another's options.
    env: { NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined },
    ...(signal && { signal }),
  });
  return stdout.trim().replace(/^v/, "");
}

/** Absolute paths that a shell would try for `node`, in its order. */
function nodesOnPath(env: NodeJS.ProcessEnv): string[] {
  const name = process.platform === "win32" ? "node.exe" : "node";
  // Windows spells the variable in more than one way; its `process.env` finds them all.
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name));
}

/** Glob patterns, with forward slashes. */
function placesOfManagers(env: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  if (process.platform === "win32") {
    const local = env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
    const roaming = env["APPDATA"] ?? join(home, "AppData", "Roaming");
    return [
      join(env["ProgramFiles"] ?? "C:\\Program Files", "nodejs", "node.exe"),
      join(env["NVM_HOME"] ?? join(roaming, "nvm"), "v*", "node.exe"),
      join(
        env["FNM_DIR"] ?? join(roaming, "fnm"),
        "node-versions",
        "*",
        "installation",
        "node.exe",
      ),
      join(env["VOLTA_HOME"] ?? join(local, "Volta"), "tools", "image", "node", "*", "node.exe"),
    ];
  }
  const data = env["XDG_DATA_HOME"] ?? join(home, ".local", "share");
  const fnm = ["node-versions", "*", "installation", "bin", "node"];
  return [
    "/usr/local/bin/node",
    "/usr/bin/node",
    "/opt/homebrew/bin/node",
    "/opt/homebrew/opt/node@*/bin/node",
    join(env["NVM_DIR"] ?? join(home, ".nvm"), "versions", "node", "*", "bin", "node"),
    join(env["FNM_DIR"] ?? join(data, "fnm"), ...fnm),
    join(home, "Library", "Application Support", "fnm", ...fnm),
    join(env["VOLTA_HOME"] ?? join(home, ".volta"), "tools", "image", "node", "*", "bin", "node"),
    join(env["ASDF_DATA_DIR"] ?? join(home, ".asdf"), "installs", "nodejs", "*", "bin", "node"),
    join(data, "mise", "installs", "node", "*", "bin", "node"),
  ];
}

/**
 * Every Node that can be run, once each: those on PATH in its order, then the newest first.
 * @param folders Absolute paths of projects, which may bring their own Node.
 */
export async function findNodes(
  folders: readonly string[],
  signal?: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<InstalledNode[]> {
  const own = folders.map((folder) => join(folder, "node_modules", "node", "bin", "node"));
  const candidates = [...nodesOnPath(env), ...own];
  const onPath = candidates.length;
  for (const place of placesOfManagers(env)) {
    for await (const path of glob(place)) candidates.push(path);
  }
  const found = await runnable(candidates, signal);
  signal?.throwIfAborted();
  const firstOfManagers = found.filter(({ index }) => index < onPath).length;
  return [
    ...found.slice(0, firstOfManagers),
    ...found.slice(firstOfManagers).sort((a, b) => compareVersions(b.version, a.version)),
  ].map(({ path, version }) => ({ path, version }));
}

/** Those that are there and answer, without a second path to the same file. */
async function runnable(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(InstalledNode & { readonly index: number })[]> {
  const seen = new Set<string>();
  const found: { path: string; version: string; index: number }[] = [];
  for (const [index, path] of paths.entries()) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    const version = await nodeVersion(path, signal).catch(() => undefined);
    if (version) found.push({ path, version, index });
  }
  return found;
}

/** Negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
