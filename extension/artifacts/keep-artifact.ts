/** *Keep as Artifact*: puts a capture into the store, where others, or later days, find it. */
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { StoredCapture } from "../../src/capture/storage.ts";
import { formatBytes } from "../../src/results/format-bytes.ts";
import type { App } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { storeInput } from "./store-setting.ts";

const kinds = {
  prof: "v8log",
  "cpu-prof": "cpuprofile",
  inspector: "cpuprofile",
  xctrace: "xctrace",
  hang: "hang",
} as const;

/** A hang has more beside it than what was seen of it. */
function kindOf(file: string, sampler: StoredCapture["sampler"]) {
  if (file.endsWith(".cpuprofile")) return "cpuprofile";
  return file.endsWith("-v8.log") ? "v8log" : kinds[sampler];
}

export async function keepArtifact({ server }: App, capture: StoredCapture): Promise<void> {
  requireTrust();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const kept = await withProgress(vscode.l10n.t("Keeping {0}", capture.title), async (task) => {
    const bytes: number[] = [];
    for (const { file } of capture.profiles) {
      const path = join(capture.directory, file);
      const input = {
        ...storeInput(),
        // Of an Apple recording all its exports belong together.
        file: capture.sampler === "xctrace" ? dirname(path) : path,
        kind: kindOf(file, capture.sampler),
        folder: folder?.uri.fsPath ?? capture.directory,
        step: capture.title,
      };
      bytes.push((await server.call("artifacts.put", input, task)).bytes);
    }
    return bytes;
  });
  if (kept.length === 0) throw new UserError(vscode.l10n.t("The capture holds no profile."));
  const size = formatBytes(kept.reduce((sum, bytes) => sum + bytes, 0));
  const open = vscode.l10n.t("Open Artifact…");
  const done = vscode.l10n.t("{0} is kept ({1}).", capture.title, size);
  if ((await vscode.window.showInformationMessage(done, open)) === open) {
    await vscode.commands.executeCommand("hangscope.openArtifact");
  }
}
