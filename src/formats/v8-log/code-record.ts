/**
 * `code-creation,Type,kind,µs,address,size,name[,sfi,mark]`. Names are raw: they can hold commas
 * and line ends, so the record is read from both ends.
 */
import { comma, fieldEnd, parseDecimal, parseHex } from "./bytes.ts";
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

/** The record in `[start, end)`; undefined when its fixed fields do not parse. */
export function parseCodeRecord(bytes: Buffer, start: number, end: number): CodeRecord | undefined {
  const head = parseHead(bytes, start, end);
  if (!head) return undefined;
  const { type, address, size, nameStart } = head;
  if (!isFunctionType(type)) {
    return { type, address, size, name: text(bytes, nameStart, end), sfi: Number.NaN, mark: "" };
  }
  const tail = parseTail(bytes, nameStart, end);
  if (!tail) return undefined;
  return { type, address, size, name: text(bytes, nameStart, tail.start), ...tail };
}

/** Whether the record goes on in the next line: a function's that has not reached its mark. */
export function isCutByNewline(bytes: Buffer, start: number, end: number): boolean {
  const head = parseHead(bytes, start, end);
  return head !== undefined && isFunctionType(head.type) && !parseTail(bytes, head.nameStart, end);
}

function parseHead(bytes: Buffer, start: number, end: number) {
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
  const type = bytes.toString("latin1", typeStart, typeEnd);
  return { type, address, size, nameStart: sizeEnd + 1 };
}

/** `,0x<sfi>,<mark>`: a mark is up to three signs, with the letter `o` before it at most. */
function parseTail(bytes: Buffer, start: number, end: number) {
  let markStart = end;
  while (markStart > start && end - markStart < 4 && bytes[markStart - 1] !== comma) markStart--;
  if (bytes[markStart - 1] !== comma) return undefined;
  const mark = bytes.toString("latin1", markStart, end);
  if (!/^o?[^\w\s]{0,2}$/.test(mark)) return undefined;
  let sfiStart = markStart - 1;
  while (sfiStart > start && bytes[sfiStart - 1] !== comma) sfiStart--;
  if (sfiStart <= start || bytes[sfiStart] !== 48 || bytes[sfiStart + 1] !== 120) return undefined;
  const sfi = parseHex(bytes, sfiStart, markStart - 1);
  return Number.isNaN(sfi) ? undefined : { sfi, mark, start: sfiStart - 1 };
}

function text(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) if (bytes[i]! > 127) return bytes.toString("utf8", start, end);
  return bytes.toString("latin1", start, end);
}
