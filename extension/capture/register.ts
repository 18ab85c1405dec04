/** The capture room's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand, reportFailure } from "../commands.ts";
import { registerCapturesView } from "./captures-view.ts";
import { selectNode } from "./node-choice.ts";
import { pickTarget } from "./pick-target.ts";
import { openProfile, symbolizeLog } from "./profile-files.ts";
import type { CaptureRecorder, Plan } from "./recorder.ts";
import { showResult } from "./show-result.ts";
import type { StoredCaptures } from "./stored-captures.ts";

export function registerCapture(
  app: App,
  { recorder, captures }: { recorder: CaptureRecorder; captures: StoredCaptures },
): vscode.Disposable {
  const { log, active } = app;
  const untrusted = () =>
    vscode.workspace.isTrusted
      ? undefined
      : vscode.l10n.t("Hangscope starts nothing in a folder you do not trust.");
  const start = async (given?: Plan) => {
    const plan = given?.target ? given : await pickTarget();
    if (plan) await recorder.start(plan);
  };
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.startProfiling", start, {
      refuse: () =>
        recorder.current
          ? vscode.l10n.t("{0} is being profiled: stop that first.", recorder.current.title)
          : untrusted(),
    }),
    registerCommand(log, "hangscope.stopProfiling", () => recorder.stop(), {
      refuse: () => (recorder.current ? undefined : vscode.l10n.t("Nothing is being profiled.")),
    }),
    registerCommand(log, "hangscope.symbolizeLog", (uri?: vscode.Uri) => symbolizeLog(app, uri), {
      refuse: untrusted,
    }),
    registerCommand(log, "hangscope.openProfile", (uri?: vscode.Uri) => openProfile(app, uri)),
    registerCommand(log, "hangscope.selectNode", selectNode, { refuse: untrusted }),
    registerCapturesView(app, captures),
    recorder.onDidStop((stopped) => {
      const shown = Promise.all([captures.refresh(), showResult(stopped, active)]);
      shown.catch((error: unknown) => reportFailure(log, "show the capture", error));
    }),
  );
}
