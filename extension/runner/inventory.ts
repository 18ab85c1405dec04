/** What the view of runners shows, asked of the server when somebody looks, and never in between. */
import * as vscode from "vscode";
import { choicesAmong } from "../../src/runner/choices.ts";
import type { Inventory } from "../../src/runner/rows.ts";
import { isOnPath } from "../../src/toolchain/on-path.ts";
import type { ServerConnection } from "../app.ts";
import { cacheFolder } from "./settings.ts";

type Server = Pick<ServerConnection, "call">;

export interface Taken extends Inventory {
  /** What could not be asked, and why. */
  readonly warnings: readonly string[];
  /** There are no Apple tools at all. */
  readonly withoutXcode: boolean;
}

const nothing: Taken = {
  choices: [],
  runners: [],
  entries: [],
  warnings: [],
  withoutXcode: false,
};

/** @param known devices that were listed before: to list them runs programs */
export async function takeInventory(
  server: Server,
  known: Inventory["choices"] | undefined,
): Promise<Taken> {
  if (!vscode.workspace.isTrusted) return nothing;
  // No server is started where there is nothing to ask it.
  if (!(await mayHaveXcode())) return { ...nothing, withoutXcode: true };
  const warnings: string[] = [];
  let withoutXcode = false;
  /** What can be told is told without the rest. */
  const orNone = async <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await asked;
    } catch (error) {
      const { code, message } = error as Error & { readonly code?: unknown };
      if (code === "no-xcode") withoutXcode = true;
      else warnings.push(message);
      return [];
    }
  };
  const [choices, runners, entries] = await Promise.all([
    known ?? orNone(choicesOf(server, warnings)),
    orNone(runnersOf(server)),
    orNone(entriesOf(server)),
  ]);
  return { choices, runners, entries, warnings, withoutXcode };
}

async function runnersOf(server: Server) {
  return (await server.call("runner.status", {})).runners;
}

async function entriesOf(server: Server) {
  const cacheDir = cacheFolder();
  const input = { action: "list", ...(cacheDir !== undefined && { cacheDir }) } as const;
  return (await server.call("runner.cache", input)).entries;
}

async function choicesOf(server: Server, warnings: string[]) {
  const answer = await server.call("apple.devices", {});
  warnings.push(...answer.warnings);
  return choicesAmong(answer.devices);
}

async function mayHaveXcode(): Promise<boolean> {
  return process.platform === "darwin" || isOnPath("xcrun", process.env["PATH"]);
}
