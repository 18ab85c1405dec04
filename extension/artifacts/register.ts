/** The artifact room's commands. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { Row } from "../capture/captures-tree.ts";
import { captureOf } from "../capture/captures-view.ts";
import { registerCommand } from "../commands.ts";
import { openArtifactSettings } from "./store-setting.ts";

export function registerArtifacts(app: App): vscode.Disposable {
  const { log } = app;
  return vscode.Disposable.from(
    registerCommand(log, "hangscope.openArtifact", async () => {
      const { openArtifact } = await import("../on-demand.ts");
      await openArtifact(app);
    }),
    registerCommand(log, "hangscope.captures.keep", async (row?: Row) => {
      const { keepArtifact } = await import("../on-demand.ts");
      await keepArtifact(app, captureOf(row));
    }),
    registerCommand(log, "hangscope.openArtifactSettings", openArtifactSettings),
  );
}
