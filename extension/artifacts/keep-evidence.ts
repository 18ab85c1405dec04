/** Puts what a capture left into the store by itself, where the settings say so. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { ArtifactKind } from "../../src/artifacts/key.ts";
import type { App } from "../app.ts";
import { storeInput } from "./store-setting.ts";

const bytesPerMegabyte = 1024 * 1024;
const kinds: readonly (readonly [ending: RegExp, kind: ArtifactKind])[] = [
  [/\.hangscope-hang$/, "hang"],
  [/\.cpuprofile$/, "cpuprofile"],
  [/\.(?:v8)?log$/, "v8log"],
];

/** Nobody waits for it: whatever becomes of it, the capture stands. */
export function keepEvidence(app: App, paths: readonly string[], step: string): void {
  const settings = vscode.workspace.getConfiguration("hangscope.artifacts");
  if (!settings.get("keepCaptures", false)) return;
  const files = paths.flatMap((file) => {
    const kind = kinds.find(([ending]) => ending.test(file))?.[1];
    return kind === undefined ? [] : [{ file, kind }];
  });
  if (files.length === 0) return;
  const sessionBytes = settings.get("sessionMegabytes", 2048) * bytesPerMegabyte;
  void keep(app, { files, step, sessionBytes }).catch((error: unknown) => tell(app, String(error)));
}

interface Wanted {
  readonly files: { readonly file: string; readonly kind: ArtifactKind }[];
  readonly step: string;
  readonly sessionBytes: number;
}

async function keep(app: App, wanted: Wanted): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const input = { ...storeInput(), ...wanted, ...(folder !== undefined && { folder }) };
  const { store, kept } = await app.server.call("artifacts.keep", input);
  for (const { file, outcome, key, reason } of kept) {
    app.log.info(`${file}: ${outcome} ${key ?? reason ?? ""} (${store})`);
    if (outcome !== "uploaded") tell(app, `${basename(file)}: ${reason ?? outcome}`);
  }
}

function tell({ log }: App, why: string): void {
  log.warn(`not kept: ${why}`);
  void vscode.window.showWarningMessage(
    vscode.l10n.t("The capture is there, but was not kept in the store: {0}", why),
  );
}
