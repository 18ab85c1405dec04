/** Gathers the lines of one linker error, which only make sense together. */
import type { Diagnostic } from "./diagnostic.ts";

const begins =
  /^(?:Undefined symbols? for architecture |duplicate symbol |Undefined symbol: |ld: (?!warning: ))/;
const ends = /^clang(?:\+\+)?: error: linker command failed with exit code \d+/;
const alone = /^ld: warning: (?<message>.*)$/;
/** What may stand between the first line and the last. */
const goesOn = /^(?:\s+\S|ld: |duplicate symbol |Undefined symbol|\(maybe you meant: )/;
const maxLines = 200;

export class LinkerErrors {
  #lines: string[] = [];

  /** `taken`: a part of one that is not over; a diagnostic: one is over, and this line is not of it. */
  push(line: string): Diagnostic | "taken" | undefined {
    const warning = alone.exec(line)?.groups?.["message"];
    if (warning !== undefined) return link("warning", warning);
    if (ends.test(line)) {
      this.#take(line);
      return this.end();
    }
    if (begins.test(line) || (this.#lines.length > 0 && goesOn.test(line))) {
      this.#take(line);
      return "taken";
    }
    return this.end();
  }

  end(): Diagnostic | undefined {
    if (this.#lines.length === 0) return undefined;
    const message = this.#lines.join("\n");
    this.#lines = [];
    return link("error", message);
  }

  #take(line: string): void {
    if (this.#lines.length < maxLines) this.#lines.push(line.trimEnd());
  }
}

function link(severity: Diagnostic["severity"], message: string): Diagnostic {
  return { severity, kind: "link", message, related: [] };
}
