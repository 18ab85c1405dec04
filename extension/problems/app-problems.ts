/** Hangs and leaks of a recorded app in the Problems view, as warnings. */
import * as vscode from "vscode";
import type { HangFinding, LeakFinding, StackFrame } from "../../src/profile/query.ts";
import { formatTime, shortName } from "../../src/results/format.ts";
import { inEachOf } from "../code/in-each-of.ts";
import type { Findings } from "../profile/findings.ts";
import { declaredFunction } from "./declared-function.ts";
import type { LineReader } from "./line-reader.ts";
import { nameRange } from "./name-range.ts";

type Problem = [vscode.Uri, vscode.Diagnostic[]];

/** On the app's innermost line of the hang's heaviest stack; nothing where it has none here. */
export async function hangProblem(
  { type, duration, busy, stack, culprit }: HangFinding,
  findings: Findings,
  lines: LineReader,
): Promise<Problem | undefined> {
  const at = stack[culprit];
  const uri = at && findings.fileOf(at.frameUrl);
  if (!at || !uri) return undefined;
  const name = shortName(at.name);
  const message =
    findings.weightUnit === "samples"
      ? stuckMessage(name, duration, busy, findings)
      : vscode.l10n.t(
          "The app hung for {0} ({1}), most of it in {2}, in {3}",
          formatTime(duration),
          shortName(type),
          name,
          findings.profile.title,
        );
  const problem = await warningAt(at, uri, message, lines);
  const chain = await Promise.all(
    stack.slice(culprit + 1).map((frame) => callOf(frame, findings, lines)),
  );
  problem.relatedInformation = chain.filter((each) => each !== undefined);
  return [uri, [problem]];
}

function stuckMessage(
  name: string,
  duration: number,
  samples: number,
  { account }: Findings,
): string {
  const ms = account?.unresponsiveMs;
  return ms === undefined
    ? vscode.l10n.t(
        "Stuck in {0}: watched for {1}, and {2} it was here",
        name,
        formatTime(duration),
        inEachOf(samples),
      )
    : vscode.l10n.t(
        "Stuck in {0}: no response for {1}, and {2} it was here",
        name,
        formatTime(ms * 1000),
        inEachOf(samples),
      );
}

async function callOf(frame: StackFrame, findings: Findings, lines: LineReader) {
  const uri = frame.frameLine > 0 ? findings.fileOf(frame.frameUrl) : undefined;
  if (!uri) return undefined;
  const place = { name: frame.name, line: frame.frameLine, column: 0 };
  return new vscode.DiagnosticRelatedInformation(
    new vscode.Location(uri, await nameRange(place, uri, lines)),
    vscode.l10n.t("called from {0}", shortName(frame.name)),
  );
}

/** On the function that allocated it; nothing where that is not known here. */
export async function leakProblem(
  { type, count, bytes, frame, place }: LeakFinding,
  findings: Findings,
  lines: LineReader,
): Promise<Problem | undefined> {
  const known = place && findings.fileOf(place.url);
  const declared = known ? undefined : await declaredFunction(frame);
  const uri = known ?? declared?.uri;
  const line = declared ? declared.range.start.line + 1 : place?.line;
  if (!uri || line === undefined) return undefined;
  const message = vscode.l10n.t(
    "{0} leaks {1} × {2} ({3} bytes), in {4}",
    shortName(frame),
    count,
    shortName(type),
    bytes,
    findings.profile.title,
  );
  return [uri, [await warningAt({ name: frame, frameLine: line }, uri, message, lines)]];
}

async function warningAt(
  { name, frameLine }: Pick<StackFrame, "name" | "frameLine">,
  uri: vscode.Uri,
  message: string,
  lines: LineReader,
): Promise<vscode.Diagnostic> {
  const range = await nameRange({ name, line: frameLine, column: 0 }, uri, lines);
  const problem = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  problem.source = "Hangscope";
  return problem;
}
