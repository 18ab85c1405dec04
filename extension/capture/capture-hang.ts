/** *Capture What It's Stuck On*: names the function, and shows what was seen. */
import * as vscode from "vscode";
import { shortTitle } from "../../src/formats/hang-capture/short-title.ts";
import type { ToolInput, ToolOutput } from "../../src/tools/index.ts";
import type { App } from "../app.ts";
import { keepEvidence } from "../artifacts/keep-evidence.ts";
import type { StuckTarget } from "../browser/choose-stuck.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import type { StoredCaptures } from "./stored-captures.ts";
import { tellHang } from "./tell-hang.ts";

type HangReport = ToolOutput<"hang.capture">;
type Stuck = StuckTarget | { readonly inspector: string };

/**
 * @param given a process, page or inspector, from other code; the user chooses otherwise
 * @param log of V8's sampler, to go by in place of the densest one
 */
export async function captureHang(
  app: App,
  captures: StoredCaptures,
  given?: Stuck,
  log?: string,
): Promise<void> {
  requireTrust();
  const { server, active } = app;
  const target = given ?? (await choose(server));
  if (!target) return;
  const { directory } = captures;
  await vscode.workspace.fs.createDirectory(directory);
  const folders = vscode.workspace.workspaceFolders ?? [];
  const input = {
    target: targetOf(target),
    ...(log !== undefined && { log }),
    directory: directory.fsPath,
    workspaceFolders: folders.map(({ uri }) => uri.fsPath),
  };
  const report = await withProgress(vscode.l10n.t("Looking at what it is stuck on"), (task) =>
    server.call("hang.capture", input, task),
  );
  await captures.prune();
  const profile = vscode.Uri.file(report.artifacts.find(({ kind }) => kind === "hang")!.path);
  if (report.looks > 0) await active.open(profile);
  const { verdict, advice, stuckIn, title } = report;
  keepEvidence(
    app,
    report.artifacts.map(({ path }) => path),
    shortTitle(report),
  );
  const hang = {
    verdict,
    advice,
    stuckIn,
    profile,
    offersProfile: false,
    relaunchBrowser: wasLate(report) ? report.page : undefined,
    chooseLog: anotherLog(report, (path) => captureHang(app, captures, target, path)),
    relaunch: "pid" in target && wouldTellMore(report) ? title : undefined,
  };
  void tellHang(hang, active);
}

/** Nothing where there is one log, or none. */
function anotherLog(
  { steps }: HangReport,
  lookAgain: (path: string) => Promise<void>,
): (() => Promise<void>) | undefined {
  const candidates = steps.find(({ step }) => step === "sampler")?.candidates ?? [];
  if (candidates.length < 2) return undefined;
  return async () => {
    const { chooseLog } = await import("../on-demand.ts");
    const path = await chooseLog(candidates);
    if (path !== undefined) await lookAgain(path);
  };
}

async function choose(server: App["server"]): Promise<Stuck | undefined> {
  const { chooseStuck } = await import("../on-demand.ts");
  return chooseStuck(server);
}

function targetOf(stuck: Stuck): ToolInput<"hang.capture">["target"] {
  if ("pid" in stuck) return { kind: "process", pid: stuck.pid };
  if ("page" in stuck) return { kind: "page", ...stuck };
  return { kind: "inspector", address: stuck.inspector };
}

/** A page that a browser of ours would have had a debugger on. */
function wasLate({ steps }: HangReport): boolean {
  return steps.some(({ reason }) => reason === "connected-late");
}

/** Started with V8's sampler on, its log would have named the caller. */
function wouldTellMore({ stuckIn, responsive, steps }: HangReport): boolean {
  const isArmed = !steps.some(({ step, reason }) => step === "sampler" && reason === "not-armed");
  return !isArmed && !responsive && stuckIn?.by !== "pause";
}
