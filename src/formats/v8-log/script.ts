/** A script of the log: its name, where its lines end, and the comments that point elsewhere. */
import { backslash, hasAt, unescapePath } from "./bytes.ts";

/** A span of the log file, in bytes. */
export interface FileSpan {
  readonly offset: number;
  readonly length: number;
}

export interface Position {
  /** 1-based; 0 when unknown. */
  readonly line: number;
  readonly column: number;
}

const unknownPosition: Position = { line: 0, column: 0 };

/** Where each line of a text ends: what turns a position into a line without keeping the text. */
export interface LineTable {
  /** UTF-16 units of the whole text. */
  readonly length: number;
  /** For every line but the last, the index of the first unit after its line end. */
  readonly nextStarts: Uint32Array;
  /** From the script's file, which may have changed since, not from the log. */
  readonly isWholeFile: boolean;
}

export class Script {
  /** As logged, still escaped: function names end with it. Undefined when not logged. */
  #loggedName: string | undefined;
  #url = "";
  lines: LineTable | undefined;
  sourceMapUrl: FileSpan | undefined;
  sourceUrl: FileSpan | undefined;
  /**
   * Lines and first-line columns before the text in the file that holds it, as for an inline
   * script of a page. Known once a function's logged line and position have been compared.
   */
  origin: Position | undefined;

  get loggedName(): string | undefined {
    return this.#loggedName;
  }

  /** `""` when not known: code from `eval`, or a log without its source. */
  get url(): string {
    return this.#url;
  }

  setName(logged: string): void {
    this.#loggedName = logged === "<unknown>" ? "" : logged;
    this.#url = unescapePath(this.#loggedName);
  }

  /**
   * Compares with what V8 itself says of one position. A text of the log may stand further down
   * in its file: the difference is remembered.
   * @returns whether it can be true of this text.
   */
  anchor(position: number, line: number, column: number): boolean {
    if (!this.lines || line < 1) return true;
    const here = inText(this.lines, position);
    if (here.line === 0) return false;
    if (this.lines.isWholeFile) return here.line === line && here.column === column;
    const origin = {
      line: line - here.line,
      column: here.line === 1 ? column - here.column : (this.origin?.column ?? 0),
    };
    const isSame = !this.origin || this.origin.line === origin.line;
    this.origin = origin;
    return isSame && (here.line === 1 || here.column === column);
  }

  /** Line and column of a position in the source; zeros when the log cannot tell. */
  locate(position: number): Position {
    if (!this.lines) return unknownPosition;
    const { line, column } = inText(this.lines, position);
    if (line === 0 || !this.origin) return { line, column };
    return {
      line: line + this.origin.line,
      column: line === 1 ? column + this.origin.column : column,
    };
  }
}

function inText(lines: LineTable, position: number): Position {
  if (position < 0 || position > lines.length) return unknownPosition;
  const { nextStarts } = lines;
  let low = 0;
  let high = nextStarts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nextStarts[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  const lineStart = low === 0 ? 0 : nextStarts[low - 1]!;
  return { line: low + 1, column: position - lineStart + 1 };
}

/** Bytes that a reader of escaped text must be able to look ahead: the longest marker below. */
export const lookAhead = 24;

const slash = 47;
const sourceMapMarker = " sourceMappingURL=";
const sourceUrlMarker = " sourceURL=";

/**
 * Reads a script's escaped source as it streams past, in one sweep: where lines end, in UTF-16
 * units, and where in the file the magic comments stand.
 */
export class ScriptText {
  #units = 0;
  #nextStarts = new Uint32Array(256);
  #count = 0;
  /** Index of the unit after the last carriage return. */
  #returnEnd = -1;
  #sourceMapStart = -1;
  #sourceUrlStart = -1;

  /**
   * Takes `[start, end)`, which stands at `fileOffset + start` of the file. Unless `isLast`, up
   * to `lookAhead` bytes are left for the next call.
   * @returns the index of the first byte not taken.
   */
  feed(bytes: Uint8Array, start: number, end: number, fileOffset: number, isLast: boolean): number {
    const stop = isLast ? end : end - lookAhead;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let units = this.#units - start;
    let at = start;
    while (at < stop) {
      // The loops that most bytes of a log of sources go through.
      while (at + 4 <= stop && !hasSign(view.getInt32(at, true))) at += 4;
      let byte = bytes[at]!;
      while (byte !== backslash && byte !== slash && ++at < stop) byte = bytes[at]!;
      if (at >= stop) break;
      if (byte === slash) {
        if (bytes[at + 1] === slash) this.#comment(bytes, at + 2, end, fileOffset);
        at++;
        continue;
      }
      const kind = bytes[at + 1]!;
      const size = kind === 120 ? 4 : kind === 117 ? 6 : 2;
      units -= size - 1;
      at += size;
      if (kind === 110) {
        // A carriage return and a line feed end one line.
        if (units + at - 1 === this.#returnEnd) this.#nextStarts[this.#count - 1] = units + at;
        else this.#endLine(units + at);
      } else if (size === 4 && bytes[at - 2] === 48 && (bytes[at - 1]! | 32) === 100) {
        this.#returnEnd = units + at;
        this.#endLine(units + at);
      } else if (size === 6 && isLineSeparator(bytes, at - 4, end)) {
        this.#endLine(units + at);
      }
    }
    at = Math.min(at, end);
    this.#units = units + at;
    return at;
  }

  finish(script: Script, textEnd: number): void {
    script.lines = {
      length: this.#units,
      nextStarts: this.#nextStarts.slice(0, this.#count),
      isWholeFile: false,
    };
    const span = (offset: number) => ({ offset, length: Math.max(textEnd - offset, 0) });
    if (this.#sourceMapStart >= 0) script.sourceMapUrl = span(this.#sourceMapStart);
    if (this.#sourceUrlStart >= 0) script.sourceUrl = span(this.#sourceUrlStart);
  }

  #endLine(nextStart: number): void {
    if (this.#count === this.#nextStarts.length) {
      const grown = new Uint32Array(this.#count * 2);
      grown.set(this.#nextStarts);
      this.#nextStarts = grown;
    }
    this.#nextStarts[this.#count++] = nextStart;
  }

  #comment(bytes: Uint8Array, at: number, end: number, fileOffset: number): void {
    if (bytes[at] !== 35 && bytes[at] !== 64) return;
    if (hasAt(bytes, at + 1, end, sourceMapMarker)) {
      this.#sourceMapStart = fileOffset + at + 1 + sourceMapMarker.length;
    } else if (hasAt(bytes, at + 1, end, sourceUrlMarker)) {
      this.#sourceUrlStart = fileOffset + at + 1 + sourceUrlMarker.length;
    }
  }
}

/** Whether one of a word's four bytes is a backslash or a slash. */
function hasSign(word: number): boolean {
  const backslashes = word ^ 0x5c5c5c5c;
  const slashes = word ^ 0x2f2f2f2f;
  const zeros = ((backslashes - 0x01010101) & ~backslashes) | ((slashes - 0x01010101) & ~slashes);
  return (zeros & 0x80808080) !== 0;
}

function isLineSeparator(bytes: Uint8Array, at: number, end: number): boolean {
  return hasAt(bytes, at, end, "2028") || hasAt(bytes, at, end, "2029");
}
