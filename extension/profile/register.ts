/** The profile room: its editors, and the commands that walk between view and source. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand, reportFailure } from "../commands.ts";
import type { ActiveFindings } from "./findings.ts";
import { HotFrameWalk } from "./hot-frame-walk.ts";
import type { OpenedProfiles } from "./opened-profiles.ts";
import { ProfileEditors, viewTypes } from "./profile-editors.ts";
import type { ProfileViews } from "./profile-views.ts";
import { showFrameCommand } from "./show-frame.ts";
import { goToSource } from "./source-files.ts";

interface ProfileRoom {
  readonly profiles: OpenedProfiles;
  readonly views: ProfileViews;
  readonly findings: ActiveFindings;
}

export function registerProfile(
  { context, log, active }: App,
  { profiles, views, findings }: ProfileRoom,
): vscode.Disposable {
  const editors = new ProfileEditors({
    extensionUri: context.extensionUri,
    log,
    profiles,
    views,
    async goToSource(position, besides) {
      try {
        await goToSource(position, besides);
      } catch (error) {
        reportFailure(log, "Go to source", error);
      }
    },
  });
  const walk = new HotFrameWalk(findings);
  const needsProfile = {
    refuse: () =>
      active.current ? undefined : vscode.l10n.t("Open a profile first: Hangscope: Open Profile."),
  };
  return vscode.Disposable.from(
    ...Object.values(viewTypes).map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, editors, {
        // Flame graph and table side by side.
        supportsMultipleEditorsPerDocument: true,
      }),
    ),
    registerCommand(log, "hangscope.goToHottestFrame", () => walk.hottest(), needsProfile),
    registerCommand(log, "hangscope.nextHotFrame", () => walk.next(), needsProfile),
    registerCommand(log, "hangscope.previousHotFrame", () => walk.previous(), needsProfile),
    registerCommand(log, "hangscope.clearResults", () => active.clear(), needsProfile),
    registerCommand(log, "hangscope.switchView", () => views.visible?.switchView()),
    registerCommand(log, showFrameCommand, (func: number) => active.reveal(func), needsProfile),
  );
}
