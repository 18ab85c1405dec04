/**
 * Reads what xcodebuild says, line by line, as it says it. Knows compilers, linkers, signing,
 * scripts, destinations and tests; everything else is passed over.
 */
import { isAbsolute, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Diagnostic, maxDiagnostics, type Position, type Related } from "./diagnostic.ts";
import { LinkerErrors } from "./linker-errors.ts";

/** Which part of the work ended, and how. */
export interface Verdict {
  readonly phase: "BUILD" | "TEST BUILD" | "TEST EXECUTE" | "TEST" | "ANALYZE" | "ARCHIVE";
  readonly outcome: "SUCCEEDED" | "FAILED" | "INTERRUPTED";
}

/** `/p/F.swift:12:7: error: m`; the column, and for tests the space before the colon, may lack. */
const located =
  /^(?<file>(?:[A-Za-z]:[\\/])?[^:\s][^:]*?):(?<line>\d+)(?::(?<column>\d+))?:\s+(?<severity>(?:fatal )?error|warning|note)\s*:\s*(?<message>.*)$/;
/** `-[Class method] : reason`, or Swift's `Module.Class method : reason`. */
const testFailure = /^-\[\S+ [^\]]+\] : /;
/** `<unknown>:0: error: m '/p/f'` */
const unlocated = /^<unknown>:0: (?<severity>error|warning|note): (?<message>.*)$/;
const quotedPath = /'(\/[^']+)'/;
/** `/p/App.xcodeproj: error: m` */
const wholeFile =
  /^(?<file>(?:[A-Za-z]:[\\/]|\/)[^:]*): (?<severity>error|warning|note): (?<message>.*)$/;
const plain = /^(?:xcodebuild: )?(?<severity>error|warning): (?<message>.*)$/;
const signing =
  /^Code ?Sign error:|requires a provisioning profile|No profile matching .* found|requires a development team|No signing certificate|No profiles for /;
const script = /^Command (\S+) failed with (?:a nonzero exit code|exit code \d+)/;
const noDestination = /Unable to find a (?:destination|device) matching/;
const verdict =
  /^\*\* (?<phase>BUILD|TEST BUILD|TEST EXECUTE|TEST|ANALYZE|ARCHIVE) (?<outcome>SUCCEEDED|FAILED|INTERRUPTED) \*\*/;

export class XcodebuildLines {
  verdict: Verdict | undefined;
  readonly #folder: string;
  readonly #found = new Map<string, Diagnostic>();
  readonly #linker = new LinkerErrors();
  /** Key of what notes belong to. */
  #last: string | undefined;
  /** Key of what indented lines go on with. */
  #going: string | undefined;
  #changes = 0;

  /** @param folder against which relative paths are meant */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In the order in which they were first said. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#found.values()];
  }

  /** Grows whenever `diagnostics` has changed. */
  get changes(): number {
    return this.#changes;
  }

  /** @param raw one line, with or without its end; colours and control characters are dropped */
  push(raw: string): void {
    const line = stripVTControlCharacters(raw).replace(/[\r\n]+$/, "");
    const linked = this.#linker.push(line);
    if (linked === "taken") return;
    if (linked) this.#add(linked);
    if (this.#goOn(line)) return;
    this.#going = undefined;
    this.#read(line);
  }

  /** After the last line. */
  end(): void {
    const linked = this.#linker.end();
    if (linked) this.#add(linked);
  }

  #read(line: string): void {
    const ended = verdict.exec(line)?.groups as unknown as Verdict | undefined;
    if (ended) {
      this.verdict = { phase: ended.phase, outcome: ended.outcome };
      return;
    }
    const unknown = unlocated.exec(line)?.groups as unknown as Place | undefined;
    if (unknown) {
      const file = quotedPath.exec(unknown.message)?.[1];
      if (file === undefined) this.#atPlace(unknown, "project");
      else this.#atPlace({ ...unknown, file }, "compile");
      return;
    }
    const place = located.exec(line)?.groups as unknown as Place | undefined;
    if (place) {
      this.#atPlace(place, "compile");
      return;
    }
    const whole = wholeFile.exec(line)?.groups as unknown as Place | undefined;
    if (whole) {
      this.#atPlace(whole, "project");
      return;
    }
    this.#ofProject(line);
  }

  #atPlace({ file, line, column, severity, message }: Place, usual: Diagnostic["kind"]): void {
    const position: Position = {
      ...(file !== undefined && { file: this.#absolute(file) }),
      ...numbered("line", line),
      ...numbered("column", column),
    };
    if (severity === "note") {
      this.#note({ ...position, message });
      return;
    }
    const isTest = testFailure.test(message);
    const kind = isTest ? "test" : signing.test(message) ? "signing" : usual;
    this.#add({ ...position, severity: plainSeverity(severity), kind, message, related: [] });
  }

  #ofProject(line: string): void {
    const found = plain.exec(line)?.groups as unknown as Place | undefined;
    const message = found?.message ?? line;
    const severity = plainSeverity(found?.severity ?? "error");
    if (noDestination.test(message)) {
      this.#going = this.#add({ severity, kind: "destination", message, related: [] });
    } else if (signing.test(message)) {
      this.#add({ severity, kind: "signing", message, related: [] });
    } else if (script.test(message)) {
      this.#add({ severity, kind: "script", message, related: [] });
    } else if (found) {
      const key = this.#add({ severity, kind: "project", message, related: [] });
      if (line.startsWith("xcodebuild: ")) this.#going = key;
    }
  }

  /** Indented lines below an error of xcodebuild's own are a part of it. */
  #goOn(line: string): boolean {
    if (this.#going === undefined || !/^(?:\s+\S|\s*$)/.test(line)) return false;
    const before = this.#found.get(this.#going);
    if (before && line.trim() !== "") {
      this.#set(this.#going, { ...before, message: `${before.message}\n${line.trimEnd()}` });
    }
    return true;
  }

  #note(related: Related): void {
    const owner = this.#last === undefined ? undefined : this.#found.get(this.#last);
    if (!owner) {
      this.#add({ ...related, severity: "note", kind: "compile", related: [] });
      return;
    }
    const isKnown = owner.related.some(
      (each) => positionKey(each) === positionKey(related) && each.message === related.message,
    );
    if (!isKnown) this.#set(this.#last!, { ...owner, related: [...owner.related, related] });
  }

  /** The same error is said once for each architecture and for each file that includes it. */
  #add(diagnostic: Diagnostic): string {
    const key = diagnosticKey(diagnostic);
    if (diagnostic.kind === "compile") this.#last = key;
    if (!this.#found.has(key) && this.#found.size < maxDiagnostics) this.#set(key, diagnostic);
    return key;
  }

  #set(key: string, diagnostic: Diagnostic): void {
    this.#found.set(key, diagnostic);
    this.#changes++;
  }

  #absolute(file: string): string {
    return isAbsolute(file) || /^[A-Za-z]:[\\/]/.test(file) ? file : resolve(this.#folder, file);
  }
}

interface Place {
  readonly file?: string;
  readonly line?: string;
  readonly column?: string;
  readonly severity: string;
  readonly message: string;
}

function numbered<K extends "line" | "column">(name: K, text: string | undefined) {
  const value = Number(text);
  return (value > 0 ? { [name]: value } : {}) as { readonly [key in K]?: number };
}

function plainSeverity(severity: string): Diagnostic["severity"] {
  return severity.replace("fatal ", "") as Diagnostic["severity"];
}

/** By position and severity; what has no position, by its message. */
export function diagnosticKey(diagnostic: Diagnostic): string {
  const { severity, message } = diagnostic;
  const where = positionKey(diagnostic);
  return `${severity}\0${where || message}${where && diagnostic.column === undefined ? `\0${message}` : ""}`;
}

function positionKey({ file, line, column }: Position): string {
  return file === undefined ? "" : [file, line ?? "", column ?? ""].join("\0");
}
