/** The capture room's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand, reportFailure } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { registerCapturesView } from "./captures-view.ts";
import { selectNode } from "./node-choice.ts";
import { openProfile, symbolizeLog } from "./profile-files.ts";
import type { CaptureRecorder, Plan } from "./recorder.ts";
import { showResult } from "./show-result.ts";
import type { StoredCaptures } from "./stored-captures.ts";
import { noticeV8Logs } from "./v8-log-text.ts";

export function registerCapture(
  app: App,
  { recorder, captures }: { recorder: CaptureRecorder; captures: StoredCaptures },
): vscode.Disposable {
  const { context, log, active } = app;
  /** @param given a plan, from other code, or the file whose title bar was clicked */
  const start = async (given?: Plan | vscode.Uri) => {
    requireTrust();
    const plan = given && "target" in given ? given : await askForPlan(given);
    if (plan) await recorder.start(plan);
  };
  const askForPlan = async (file: vscode.Uri | undefined) => {
    const { pickTarget } = await import("./pick-target.ts");
    return pickTarget(context.workspaceState, file);
  };
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.startProfiling", start, {
      refuse: () =>
        recorder.current &&
        vscode.l10n.t("{0} is being profiled: stop that first.", recorder.current.title),
    }),
    registerCommand(log, "hangscope.stopProfiling", () => recorder.stop(), {
      refuse: () => (recorder.current ? undefined : vscode.l10n.t("Nothing is being profiled.")),
    }),
    registerCommand(log, "hangscope.symbolizeLog", (uri?: vscode.Uri) => symbolizeLog(app, uri)),
    registerCommand(log, "hangscope.openProfile", (uri?: vscode.Uri) => openProfile(app, uri)),
    registerCommand(log, "hangscope.selectNode", selectNode),
    registerCapturesView(app, captures),
    noticeV8Logs(active, context.globalState),
    recorder.onDidStop((outcome) => {
      const shown = Promise.all([captures.prune(), showResult(outcome, active)]);
      shown.catch((error: unknown) => reportFailure(log, "show the capture", error));
    }),
  );
}
