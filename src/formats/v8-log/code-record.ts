/**
 * `code-creation,Type,kind,µs,address,size,name[,sfi,mark]`. Names are raw: they can hold commas
 * and line ends, so the record is read from both ends.
 */
import { comma, fieldEnd, hasAt, parseDecimal, parseHex, shortText } from "./bytes.ts";
import { isFunctionType } from "./code.ts";

export interface CodeRecord {
  readonly type: string;
  readonly address: number;
  readonly size: number;
  readonly name: string;
  /** NaN where the type has none. */
  readonly sfi: number;
  readonly mark: string;
}

/** V8 cuts a name at 4,096 bytes; with the escaped URL no longer record can be real. */
export const maxRecordBytes = 16 * 1024;

/**
 * The record in `[start, end)`. `cut` when its name goes on in the next line: it is a function's
 * and its mark is not reached. Undefined when its fixed fields do not parse.
 */
export function parseCodeRecord(
  bytes: Buffer,
  start: number,
  end: number,
): CodeRecord | "cut" | undefined {
  const typeStart = fieldEnd(bytes, start, end) + 1;
  const typeEnd = fieldEnd(bytes, typeStart, end);
  const kindEnd = fieldEnd(bytes, typeEnd + 1, end);
  const timeEnd = fieldEnd(bytes, kindEnd + 1, end);
  const addressEnd = fieldEnd(bytes, timeEnd + 1, end);
  const sizeEnd = fieldEnd(bytes, addressEnd + 1, end);
  if (sizeEnd >= end) return undefined;
  const address = parseHex(bytes, timeEnd + 1, addressEnd);
  const size = parseDecimal(bytes, addressEnd + 1, sizeEnd);
  if (!(address > 0) || !(size >= 0)) return undefined;
  const type = shortText(bytes, typeStart, typeEnd, usualTypes);
  const nameStart = sizeEnd + 1;
  if (!isFunctionType(type)) {
    return { type, address, size, name: text(bytes, nameStart, end), sfi: Number.NaN, mark: "" };
  }
  const markStart = findMark(bytes, nameStart, end);
  let sfiStart = markStart - 1;
  while (sfiStart > nameStart && bytes[sfiStart - 1] !== comma) sfiStart--;
  const sfi = hasAt(bytes, sfiStart, markStart, "0x")
    ? parseHex(bytes, sfiStart, markStart - 1)
    : Number.NaN;
  if (markStart < 0 || sfiStart <= nameStart || Number.isNaN(sfi)) return "cut";
  const mark = shortText(bytes, markStart, end, usualMarks);
  return { type, address, size, name: text(bytes, nameStart, sfiStart - 1), sfi, mark };
}

/** The two fields that most records have in common with others, without a string for each. */
const usualTypes = [
  "JS",
  "Function",
  "LazyCompile",
  "BytecodeHandler",
  "Builtin",
  "Script",
  "Eval",
];
const usualMarks = ["~", "^", "+", "*", "", "*'", "+'"];

/** A mark is up to three signs, no letter or digit but an `o` at first; -1 when there is none. */
function findMark(bytes: Buffer, start: number, end: number): number {
  for (let at = end; at > start && end - at < 4; at--) {
    const before = bytes[at - 1]!;
    if (before === comma) return at;
    const isSign = before > 32 && before < 127 && !isWordCharacter(before);
    if (!isSign && !(before === letterO && bytes[at - 2] === comma)) return -1;
  }
  return -1;
}

function isWordCharacter(byte: number): boolean {
  const lower = byte | 32;
  return (byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 122) || byte === 95;
}

const letterO = 111;

function text(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) if (bytes[i]! > 127) return bytes.toString("utf8", start, end);
  return bytes.toString("latin1", start, end);
}
