/** Results in the Problems view. */
import type * as vscode from "vscode";
import type { ActiveFindings } from "../profile/findings.ts";
import { HotProblems } from "./hot-problems.ts";

export function registerProblems(findings: ActiveFindings): vscode.Disposable {
  return new HotProblems(findings);
}
