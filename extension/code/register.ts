/** Results in the code: lenses, line heat, hovers. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { ActiveFindings } from "../profile/findings.ts";
import { FunctionLensProvider } from "./function-lens-provider.ts";
import { HangLensProvider } from "./hang-lens-provider.ts";
import { HotLineHover } from "./hot-line-hover.ts";
import { LineHeat } from "./line-heat.ts";
import { ProfiledFiles } from "./profiled-files.ts";
import { onDidChangeSettings } from "./settings.ts";

export function registerCode({ active, log }: App, findings: ActiveFindings): vscode.Disposable {
  const anyFile = { scheme: "file" };
  const files = new ProfiledFiles(active, findings, log);
  const changed = new vscode.EventEmitter<void>();
  const lenses = new FunctionLensProvider(files, changed.event);
  const hangs = new HangLensProvider(files, findings, changed.event);
  return vscode.Disposable.from(
    files,
    changed,
    // VS Code itself asks for lenses again when a document was edited.
    files.onDidChange((document) => document ?? changed.fire()),
    onDidChangeSettings("codeLens", () => changed.fire()),
    new LineHeat(files),
    vscode.languages.registerCodeLensProvider(anyFile, lenses),
    vscode.languages.registerCodeLensProvider(anyFile, hangs),
    vscode.languages.registerHoverProvider(anyFile, new HotLineHover(files, findings)),
  );
}
