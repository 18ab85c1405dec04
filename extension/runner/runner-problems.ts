/** What a build says is wrong, in the Problems view: of the last preparation of each device. */
import * as vscode from "vscode";
import type { Diagnostic, Position } from "../../src/runner/diagnostics/diagnostic.ts";
import { placeIn } from "../../src/runner/diagnostics/place.ts";

interface Build {
  /** Absolute path of its `.xcodeproj` or `.xcworkspace`. */
  readonly project: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Editors end a line here, wherever it ends. */
const lineEnd = Number.MAX_SAFE_INTEGER;

export class RunnerProblems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("hangscope-runner");
  readonly #builds = new Map<string, Build>();

  /** All there are of a build; they take the place of those told before. */
  set(key: string, build: Build): void {
    this.#builds.set(key, build);
    this.#show();
  }

  clear(key: string): void {
    if (this.#builds.delete(key)) this.#show();
  }

  /** Clears all others. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#builds.keys()) if (!keys.has(key)) this.#builds.delete(key);
    this.#show();
  }

  dispose(): void {
    this.#collection.dispose();
  }

  #show(): void {
    const files = new Map<string, Map<string, vscode.Diagnostic>>();
    for (const { project, diagnostics } of this.#builds.values()) {
      for (const diagnostic of diagnostics) {
        const { file } = placeIn(project, diagnostic);
        const problem = problemOf(project, diagnostic);
        const { severity, message, range } = problem;
        const problems = files.get(file) ?? new Map<string, vscode.Diagnostic>();
        // What is wrong for one device is often wrong for the next one.
        files.set(file, problems.set(JSON.stringify([severity, message, range]), problem));
      }
    }
    this.#collection.clear();
    this.#collection.set(
      [...files].map(([file, problems]) => [vscode.Uri.file(file), [...problems.values()]]),
    );
  }
}

function problemOf(project: string, diagnostic: Diagnostic): vscode.Diagnostic {
  const { severity, message, kind, related } = diagnostic;
  const range = rangeOf(project, diagnostic);
  const problem = new vscode.Diagnostic(range, message, severities[severity]);
  problem.source = "xcodebuild";
  if (kind !== "compile" && kind !== "project") problem.code = kind;
  problem.relatedInformation = related.map((note) => {
    const uri = vscode.Uri.file(placeIn(project, note).file);
    const location = new vscode.Location(uri, rangeOf(project, note));
    return new vscode.DiagnosticRelatedInformation(location, note.message);
  });
  return problem;
}

/** From its column on the editor takes the word that stands there. */
function rangeOf(project: string, position: Position): vscode.Range {
  const { line, column } = placeIn(project, position);
  if (column === undefined) return new vscode.Range(line, 0, line, lineEnd);
  return new vscode.Range(line, column, line, column);
}

const severities: Readonly<Record<Diagnostic["severity"], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};
