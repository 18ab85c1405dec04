/** Follows the lines of a profiled file through the edits made to it since. */

/** One replaced range of text; lines and characters are 0-based, as editors count. */
export interface Edit {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  /** Line breaks in the text that came in. */
  readonly newLines: number;
}

export class MovedLines {
  /** Only the edits that move lines: typing inside one costs nothing. */
  readonly #edits: Edit[] = [];
  #changed = false;

  /** Whether anything was edited. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Edits of one change event come in the order in which they are applied: last in file first. */
  record(edit: Edit): void {
    this.#changed = true;
    if (edit.newLines > 0 || edit.endLine > edit.startLine) this.#edits.push(edit);
  }

  /** Where a line (1-based) of the profiled file stands now, or nothing when it is gone. */
  now(line: number): number | undefined {
    let now: number | undefined = line - 1;
    for (const edit of this.#edits) {
      now = afterEdit(now, edit);
      if (now === undefined) return undefined;
    }
    return now + 1;
  }
}

function afterEdit(line: number, edit: Edit): number | undefined {
  const { startLine, startCharacter, endLine, endCharacter, newLines } = edit;
  // An edit that ends before a line's first character leaves the line itself whole.
  if (line > endLine || (line === endLine && endCharacter === 0)) {
    return line - endLine + startLine + newLines;
  }
  if (line < startLine) return line;
  const keepsItsStart = startCharacter > 0 || startLine === endLine;
  return line === startLine && keepsItsStart ? line : undefined;
}
