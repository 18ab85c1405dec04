/** Hot functions of the active profile in the Problems view, as information. */
import * as vscode from "vscode";
import type { HotFunction } from "../../src/profile/query.ts";
import { fileName, formatShare, formatWeight, shortName } from "../../src/results/format.ts";
import { onDidChangeSettings, setting } from "../code/settings.ts";
import type { ActiveFindings, Findings } from "../profile/findings.ts";
import { hangProblem, leakProblem } from "./app-problems.ts";
import { LineReader } from "./line-reader.ts";
import { nameRange } from "./name-range.ts";

export class HotProblems implements vscode.Disposable {
  readonly #findings: ActiveFindings;
  readonly #collection = vscode.languages.createDiagnosticCollection("hangscope");
  readonly #subscriptions: vscode.Disposable;

  constructor(findings: ActiveFindings) {
    this.#findings = findings;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      findings.onDidChange(() => void this.#refresh()),
      onDidChangeSettings("problems", () => void this.#refresh()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #refresh(): Promise<void> {
    const asked = this.#findings.current;
    const findings = setting("problems.enabled") ? await asked : undefined;
    const problems = findings ? await problemsOf(findings) : [];
    // Another profile may have become the active one meanwhile.
    if (this.#findings.current !== asked) return;
    this.#collection.clear();
    this.#collection.set(problems);
  }
}

async function problemsOf(findings: Findings): Promise<[vscode.Uri, vscode.Diagnostic[]][]> {
  // A hang's own warning says all that a few samples can tell.
  const isHang = findings.weightUnit === "samples" && findings.hangs.length > 0;
  const least = isHang ? Infinity : (setting("problems.threshold") / 100) * findings.total;
  const lines = new LineReader();
  const found = await Promise.all(
    findings.functions
      .filter(({ self }) => self >= least)
      .map(async (func): Promise<[vscode.Uri, vscode.Diagnostic[]] | undefined> => {
        const uri = findings.fileOf(func.url);
        return uri && [uri, [await problemOf(func, uri, findings, lines)]];
      }),
  );
  const hangs = await Promise.all(findings.hangs.map((hang) => hangProblem(hang, findings, lines)));
  const leaks = await Promise.all(findings.leaks.map((leak) => leakProblem(leak, findings, lines)));
  return [...hangs, ...leaks, ...found].filter((entry) => entry !== undefined);
}

async function problemOf(
  func: HotFunction,
  uri: vscode.Uri,
  findings: Findings,
  lines: LineReader,
): Promise<vscode.Diagnostic> {
  const range = await nameRange(func, uri, lines);
  const problem = new vscode.Diagnostic(
    range,
    problemMessage(func, findings),
    vscode.DiagnosticSeverity.Information,
  );
  problem.source = "Hangscope";
  const callers = await Promise.all(
    func.callers.map(async (caller) => {
      const at =
        caller.callLine > 0
          ? { url: caller.callUrl, name: func.name, line: caller.callLine, column: 0 }
          : caller;
      const callerUri = findings.fileOf(at.url);
      if (!callerUri) return undefined;
      return new vscode.DiagnosticRelatedInformation(
        new vscode.Location(callerUri, await nameRange(at, callerUri, lines)),
        vscode.l10n.t(
          "called from {0}, {1}",
          shortName(caller.name),
          formatWeight(caller.time, findings.weightUnit),
        ),
      );
    }),
  );
  problem.relatedInformation = callers.filter((caller) => caller !== undefined);
  return problem;
}

function problemMessage(func: HotFunction, { total, weightUnit, profile }: Findings): string {
  const name = shortName(func.name);
  const share = formatShare(func.self, total);
  const time = formatWeight(func.self, weightUnit);
  const [hottest] = func.lines;
  if (!hottest || (hottest.url === func.url && hottest.line === func.line)) {
    return vscode.l10n.t(
      "{0} takes {1} of all time ({2}) in {3}",
      name,
      share,
      time,
      profile.title,
    );
  }
  return vscode.l10n.t(
    "{0} takes {1} of all time ({2}) in {3}, most in line {4}",
    name,
    share,
    time,
    profile.title,
    hottest.url === func.url ? hottest.line : `${fileName(hottest.url)}:${hottest.line}`,
  );
}
