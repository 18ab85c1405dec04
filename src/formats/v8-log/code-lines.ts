/** A code record with all the lines that its name goes on in. */
import { hasAt, newline } from "./bytes.ts";
import { type CodeRecord, maxRecordBytes, parseCodeRecord } from "./code-record.ts";

export const codeCreation = "code-creation,";

export interface CodeLines {
  /** Undefined when its first line is no record after all. */
  readonly record: CodeRecord | undefined;
  /** Where the next line starts. */
  readonly next: number;
}

/**
 * Reads the code record whose first line is `[start, firstEnd)`. Line ends in its name are joined
 * up to the line with its mark, unless there is none or another record stands between.
 * @returns undefined to wait for more of the log, which never happens at its end
 */
export function readCodeLines(
  bytes: Buffer,
  start: number,
  firstEnd: number,
  { end, isLast }: { readonly end: number; readonly isLast: boolean },
): CodeLines | undefined {
  let record = parseCodeRecord(bytes, start, withoutReturn(bytes, start, firstEnd));
  let lineEnd = firstEnd;
  while (record === "cut") {
    const lineStart = lineEnd + 1;
    lineEnd = bytes.indexOf(newline, lineStart);
    const isMissing = lineEnd < 0 || lineEnd >= end;
    if (isMissing && !isLast && end - start <= maxRecordBytes) return undefined;
    if (isMissing || lineEnd - start > maxRecordBytes) break;
    const textEnd = withoutReturn(bytes, start, lineEnd);
    if (
      hasAt(bytes, lineStart, lineEnd, codeCreation) &&
      typeof parseCodeRecord(bytes, lineStart, textEnd) === "object"
    ) {
      break;
    }
    record = parseCodeRecord(bytes, start, textEnd);
  }
  if (typeof record !== "object") return { record: undefined, next: firstEnd + 1 };
  return { record, next: lineEnd + 1 };
}

/** The end of a line's text, whichever way its line ends. */
export function withoutReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 13 ? end - 1 : end;
}
