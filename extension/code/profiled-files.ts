/**
 * What the active profile says about the files that are open, asked once per file and kept on
 * its lines while the file is edited.
 */
import { realpath } from "node:fs/promises";
import * as vscode from "vscode";
import type { FileAnswer } from "../../src/profile/query.ts";
import { MovedLines } from "../../src/results/moved-lines.ts";
import type { ActiveProfile, ProfileHandle } from "../app.ts";
import { isCancellation } from "../commands.ts";
import type { ActiveFindings } from "../profile/findings.ts";

export interface ProfiledFile {
  readonly profile: ProfileHandle;
  readonly answer: FileAnswer;
  readonly lines: MovedLines;
  /** Changed after the capture and before it was looked at: nobody knows which lines moved. */
  readonly changedUnseen: boolean;
}

interface Entry {
  readonly lines: MovedLines;
  file: Promise<ProfiledFile | undefined> | undefined;
}

export class ProfiledFiles implements vscode.Disposable {
  readonly #active: ActiveProfile;
  readonly #findings: ActiveFindings;
  readonly #log: vscode.LogOutputChannel;
  readonly #entries = new Map<vscode.TextDocument, Entry>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  /** Other results, or other lines, in one document; in all when it gives none. */
  readonly onDidChange = this.#changed.event;
  #abort = new AbortController();

  constructor(active: ActiveProfile, findings: ActiveFindings, log: vscode.LogOutputChannel) {
    this.#active = active;
    this.#findings = findings;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      // Findings change with every change of the active profile and of its answers.
      findings.onDidChange(() => this.#forget()),
      vscode.workspace.onDidChangeTextDocument((change) => this.#follow(change)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#entries.delete(document)),
    ];
  }

  /** Nothing for a file that the active profile does not know. */
  async of(document: vscode.TextDocument): Promise<ProfiledFile | undefined> {
    const profile = this.#active.current;
    if (!profile || document.uri.scheme !== "file") return undefined;
    const entry = this.#entries.get(document) ?? { lines: new MovedLines(), file: undefined };
    this.#entries.set(document, entry);
    entry.file ??= this.#ask(profile, document, entry.lines);
    return entry.file;
  }

  dispose(): void {
    this.#abort.abort();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #ask(
    profile: ProfileHandle,
    document: vscode.TextDocument,
    lines: MovedLines,
  ): Promise<ProfiledFile | undefined> {
    const { signal } = this.#abort;
    const unsaved = document.isDirty;
    try {
      const findings = await this.#findings.current;
      const path = findings?.urlOf(document.uri) ?? document.uri.fsPath;
      let answer = await profile.query({ kind: "file", path }, signal);
      if (isEmpty(answer)) {
        // Programs run under real paths, whatever links the folder was opened through.
        const real = await realpath(document.uri.fsPath);
        if (real === path) return undefined;
        answer = await profile.query({ kind: "file", path: real }, signal);
      }
      if (isEmpty(answer)) return undefined;
      const changedUnseen = unsaved || (await isNewer(document.uri, profile.uri));
      return { profile, answer, lines, changedUnseen };
    } catch (error) {
      if (!isCancellation(error)) this.#log.warn(`${document.uri.fsPath}: no results: ${error}`);
      return undefined;
    }
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const entry = this.#entries.get(document);
    if (!entry || contentChanges.length === 0) return;
    for (const { range, text } of contentChanges) {
      entry.lines.record({
        startLine: range.start.line,
        startCharacter: range.start.character,
        endLine: range.end.line,
        endCharacter: range.end.character,
        newLines: text.split("\n").length - 1,
      });
    }
    this.#changed.fire(document);
  }

  #forget(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#entries.clear();
    this.#changed.fire(undefined);
  }
}

/** A file whose functions were all inlined elsewhere still has lines. */
function isEmpty({ functions, lines }: FileAnswer): boolean {
  return functions.length === 0 && lines.line.length === 0;
}

async function isNewer(source: vscode.Uri, profile: vscode.Uri): Promise<boolean> {
  const [{ mtime: saved }, { mtime: captured }] = await Promise.all([
    vscode.workspace.fs.stat(source),
    vscode.workspace.fs.stat(profile),
  ]);
  return saved > captured;
}
