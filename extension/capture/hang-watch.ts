/** *Launch with Hang Capture*: a program that is watched, and what the window says when it hangs. */
import * as vscode from "vscode";
import type { CapturedHang } from "../../src/capture/session-watch.ts";
import type { ActiveProfile, App } from "../app.ts";
import { keepEvidence } from "../artifacts/keep-evidence.ts";
import { registerCommand, reportFailure } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { registerWatchDebugger } from "./hang-watch-debugger.ts";
import { registerWatchTasks } from "./hang-watch-tasks.ts";
import type { CaptureRecorder, Outcome, Plan } from "./recorder.ts";
import type { StoredCaptures } from "./stored-captures.ts";
import { tellHang } from "./tell-hang.ts";

export function registerHangWatch(
  app: App,
  { watcher, captures }: { watcher: CaptureRecorder; captures: StoredCaptures },
): vscode.Disposable {
  const { context, log, server, active } = app;
  /** @param given a plan, from other code, or the command line of what should be started anew */
  const launch = async (given?: Plan | { readonly relaunch: string | undefined }) => {
    requireTrust();
    const plan = given && "target" in given ? given : await askForPlan(given?.relaunch);
    if (plan) await watcher.start(plan);
  };
  const askForPlan = async (before: string | undefined) => {
    const { pickProgram } = await import("../on-demand.ts");
    return pickProgram(context.workspaceState, before);
  };
  const tell = (hang: CapturedHang) =>
    showHang(hang, active).catch((error: unknown) => reportFailure(log, "show the hang", error));
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.launchWithHangCapture", launch, {
      refuse: () => watcher.current && watcher.refusal(watcher.current.title),
    }),
    registerCommand(log, "hangscope.stopWatching", () => watcher.stop(), {
      refuse: () => (watcher.current ? undefined : vscode.l10n.t("Nothing is being watched.")),
    }),
    registerWatchDebugger(watcher),
    registerWatchTasks(watcher, server),
    server.onDidCaptureHang((event) => {
      // Those of other windows and terminals are told there.
      if (event.sessionId !== watcher.sessionId) return;
      captures.refresh();
      keepEvidence(app, [event.path], watcher.current?.title ?? event.title);
      void tell(event);
    }),
    server.onDidChangeState(({ kind }) => {
      if (kind !== "stopped" || !watcher.current || watcher.current.isStopping) return;
      server.wake().catch((error: unknown) => reportFailure(log, "watch on", error));
    }),
    watcher.onDidStop((outcome) => {
      sumUp(outcome);
      void captures.prune();
    }),
  );
}

/** Its results stand on the code; what the user works in stays as it is. */
async function showHang(hang: CapturedHang, active: ActiveProfile): Promise<void> {
  const { verdict, stuckIn, path } = hang;
  const profile = vscode.Uri.file(path);
  if (stuckIn) await active.activate(profile);
  await tellHang({ verdict, advice: [], stuckIn, profile, offersProfile: true }, active);
}

function sumUp({ title, hangs = [], warnings }: Outcome): void {
  if (warnings.length > 0) void vscode.window.showWarningMessage(warnings.join(" "));
  vscode.window.setStatusBarMessage(endOf(title, hangs.length), 6000);
}

function endOf(title: string, hangs: number): string {
  if (hangs === 0) return vscode.l10n.t("$(eye) {0} ended: no hang was noticed", title);
  return hangs === 1
    ? vscode.l10n.t("$(eye) {0} ended: one hang was captured", title)
    : vscode.l10n.t("$(eye) {0} ended: {1} hangs were captured", title, hangs);
}
