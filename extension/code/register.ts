/** Results in the code: lenses, line heat, hovers. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { ActiveFindings } from "../profile/findings.ts";
import { FunctionLensProvider } from "./function-lens-provider.ts";
import { HotLineHover } from "./hot-line-hover.ts";
import { LineHeat } from "./line-heat.ts";
import { ProfiledFiles } from "./profiled-files.ts";

export function registerCode({ active, log }: App, findings: ActiveFindings): vscode.Disposable {
  const anyFile = { scheme: "file" };
  const files = new ProfiledFiles(active, findings, log);
  const lenses = new FunctionLensProvider(files);
  return vscode.Disposable.from(
    files,
    lenses,
    new LineHeat(files),
    vscode.languages.registerCodeLensProvider(anyFile, lenses),
    vscode.languages.registerHoverProvider(anyFile, new HotLineHover(files, findings)),
  );
}
