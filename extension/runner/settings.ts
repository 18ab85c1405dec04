/** The settings of runners; the manifest holds the defaults. */
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { ToolInput } from "../../src/tools/index.ts";

type PrepareInput = ToolInput<"runner.prepare">;

const bytesPerMegabyte = 1_000_000;

interface Settings {
  readonly project: string;
  readonly scheme: string;
  readonly test: string;
  readonly buildSettings: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly cacheDir: string;
  /** Megabytes. */
  readonly maxCacheSize: number;
}

/** What is asked of every preparation in this window. */
export function prepareSettings(): Omit<PrepareInput, "platform"> {
  const { project, scheme, test, buildSettings, timeoutSeconds } = all();
  const cacheDir = cacheFolder();
  return {
    ...(project !== "" && { project: inWorkspace(project) }),
    ...(scheme !== "" && { scheme }),
    ...(test !== "" && { test }),
    settings: { ...buildSettings },
    timeoutMs: timeoutSeconds * 1_000,
    ...(cacheDir !== undefined && { cacheDir }),
    maxCacheBytes: maxCacheBytes(),
  };
}

export function maxCacheBytes(): number {
  return all().maxCacheSize * bytesPerMegabyte;
}

/** `undefined` for the user's own. */
export function cacheFolder(): string | undefined {
  const { cacheDir } = all();
  return cacheDir === "" ? undefined : inWorkspace(cacheDir);
}

/** A relative path is meant from the first folder. */
export function inWorkspace(path: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return isAbsolute(path) || !folder ? path : join(folder.uri.fsPath, path);
}

function all(): Settings {
  return vscode.workspace.getConfiguration("hangscope").get("runner") as Settings;
}
