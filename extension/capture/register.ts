/** The capture room's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { keepEvidence } from "../artifacts/keep-evidence.ts";
import { registerCommand, reportFailure } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { openAppleTrace } from "./apple-trace.ts";
import { captureHang } from "./capture-hang.ts";
import { registerCapturesView } from "./captures-view.ts";
import { registerHangWatch } from "./hang-watch.ts";
import { selectNode } from "./node-choice.ts";
import { openProfile, symbolizeLog } from "./profile-files.ts";
import type { CaptureRecorder, Plan } from "./recorder.ts";
import { showResult } from "./show-result.ts";
import type { StoredCaptures } from "./stored-captures.ts";
import { followDebugSessions } from "./targets/debug-sessions.ts";
import { noticeV8Logs } from "./v8-log-text.ts";

interface Capturing {
  readonly recorder: CaptureRecorder;
  readonly watcher: CaptureRecorder;
  readonly captures: StoredCaptures;
}

export function registerCapture(
  app: App,
  { recorder, watcher, captures }: Capturing,
): vscode.Disposable {
  const { context, log, server, active } = app;
  /** @param given a plan, from other code, or the file whose title bar was clicked */
  const start = async (given?: Plan | vscode.Uri) => {
    requireTrust();
    const plan = given && "target" in given ? given : await askForPlan(given);
    if (plan) await recorder.start(plan);
  };
  const askForPlan = async (file: vscode.Uri | undefined) => {
    const { pickTarget } = await import("../on-demand.ts");
    return pickTarget(context.workspaceState, server, file);
  };
  const recordApp = async () => {
    requireTrust();
    const { appleApp } = await import("../on-demand.ts");
    const plan = await appleApp(server);
    if (plan) await recorder.start(plan);
  };
  const showDevices = async () => {
    requireTrust();
    const { pickDevice } = await import("../on-demand.ts");
    const device = await pickDevice(server, vscode.l10n.t("Copy the identifier of a device"));
    if (!device?.udid) return;
    await vscode.env.clipboard.writeText(device.udid);
    const copied = vscode.l10n.t("$(copy) The identifier of {0} is in the clipboard", device.name);
    vscode.window.setStatusBarMessage(copied, 6000);
  };
  const refuse = () => recorder.current && recorder.refusal(recorder.current.title);
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.startProfiling", start, { refuse }),
    registerCommand(log, "hangscope.recordAppleApp", recordApp, { refuse }),
    registerCommand(log, "hangscope.listAppleDevices", showDevices),
    registerCommand(log, "hangscope.openAppleTrace", (uri?: vscode.Uri) =>
      openAppleTrace(app, captures, uri),
    ),
    registerCommand(log, "hangscope.captureHang", (given?: Parameters<typeof captureHang>[2]) =>
      captureHang(app, captures, given),
    ),
    registerCommand(log, "hangscope.stopProfiling", () => recorder.stop(), {
      refuse: () => (recorder.current ? undefined : vscode.l10n.t("Nothing is being profiled.")),
    }),
    registerCommand(log, "hangscope.symbolizeLog", (uri?: vscode.Uri) => symbolizeLog(app, uri)),
    registerCommand(log, "hangscope.openProfile", (uri?: vscode.Uri) => openProfile(app, uri)),
    registerCommand(log, "hangscope.selectNode", selectNode),
    registerHangWatch(app, { watcher, captures }),
    registerCapturesView(app, captures),
    followDebugSessions(),
    noticeV8Logs(active, context.globalState),
    recorder.onDidStop((outcome) => {
      keepEvidence(
        app,
        outcome.profiles.map(({ path }) => path),
        outcome.title,
      );
      const shown = Promise.all([captures.prune(), showResult(outcome, active)]);
      shown.catch((error: unknown) => reportFailure(log, "show the capture", error));
    }),
  );
}
