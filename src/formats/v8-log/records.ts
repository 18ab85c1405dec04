/** Records whose fields hold no raw text, as values. `start` is where the fields begin. */
import { comma, fieldEnd, hasAt, parseDecimal, parseHex, unescapePath } from "./bytes.ts";
import type { TableSpan } from "./source-tables.ts";

export interface SourceRecord {
  readonly address: number;
  readonly script: number;
  /** Of the function, in the script's source. */
  readonly start: number;
  /** The source table and the inlinings; undefined when there are none, as for baseline code. */
  readonly table: TableSpan | undefined;
  readonly sfis: readonly number[];
}

/** `address,script,start,end,table,inlinings,functions`; `base` is the file's offset of byte 0. */
export function parseSource(
  bytes: Buffer,
  start: number,
  end: number,
  base: number,
): SourceRecord | undefined {
  const addressEnd = fieldEnd(bytes, start, end);
  const scriptEnd = fieldEnd(bytes, addressEnd + 1, end);
  const startEnd = fieldEnd(bytes, scriptEnd + 1, end);
  const endEnd = fieldEnd(bytes, startEnd + 1, end);
  const address = parseHex(bytes, start, addressEnd);
  const script = parseDecimal(bytes, addressEnd + 1, scriptEnd);
  const position = parseDecimal(bytes, scriptEnd + 1, startEnd);
  if (endEnd >= end || Number.isNaN(address + script + position)) return undefined;
  let sfisStart = end;
  while (bytes[sfisStart - 1] !== comma) sfisStart--;
  const sfis = parseSfis(bytes, sfisStart, end);
  const length = sfisStart - 1 - (endEnd + 1);
  if (length <= ",".length) return { address, script, start: position, table: undefined, sfis };
  // The inlinings are shorter than the rows, and most often there are none.
  let rowBytes = length - 1;
  while (rowBytes > 0 && bytes[endEnd + 1 + rowBytes] !== comma) rowBytes--;
  const table = { offset: base + endEnd + 1, length, rowBytes, keptAt: -1 };
  return { address, script, start: position, table, sfis };
}

const letterS = 83;
const noSfis: readonly number[] = [];

/** `S0x1fS0x2e…` */
function parseSfis(bytes: Buffer, start: number, end: number): readonly number[] {
  if (bytes[start] !== letterS || start >= end) return noSfis;
  const sfis: number[] = [];
  while (start < end) {
    let next = start + 1;
    while (next < end && bytes[next] !== letterS) next++;
    sfis.push(parseHex(bytes, start + 1, next));
    start = next;
  }
  return sfis;
}

/** `id,url,` and the text behind it; the URL is as logged. */
export function parseScriptHead(bytes: Buffer, start: number, end: number) {
  const idEnd = fieldEnd(bytes, start, end);
  const urlEnd = fieldEnd(bytes, idEnd + 1, end);
  const id = parseDecimal(bytes, start, idEnd);
  if (Number.isNaN(id) || urlEnd >= end) return undefined;
  return { id, loggedUrl: bytes.toString("latin1", idEnd + 1, urlEnd), textStart: urlEnd + 1 };
}

/** `from,to` */
export function parseMove(bytes: Buffer, start: number, end: number) {
  const fromEnd = fieldEnd(bytes, start, end);
  const from = parseHex(bytes, start, fromEnd);
  const to = parseHex(bytes, fromEnd + 1, fieldEnd(bytes, fromEnd + 1, end));
  return Number.isNaN(from + to) ? undefined : { from, to };
}

export function parseAddress(bytes: Buffer, start: number, end: number): number | undefined {
  const address = parseHex(bytes, start, fieldEnd(bytes, start, end));
  return Number.isNaN(address) ? undefined : address;
}

/** `path,start,end[,slide]`; the path is escaped byte by byte. */
export function parseLibrary(bytes: Buffer, start: number, end: number) {
  const fields = bytes.toString("latin1", start, end).split(",");
  const path = Buffer.from(unescapePath(fields[0]!), "latin1").toString("utf8");
  const [from, to, slide] = [fields[1], fields[2], fields[3] ?? "0"].map(Number);
  const isWhole = path !== "" && to! > from! && Number.isFinite(slide);
  return isWhole ? { path, start: from!, end: to!, slide: slide! } : undefined;
}

/** The start of the code range in a `new` record, whose other kinds are chunks of the heap. */
export function parseCodeRange(bytes: Buffer, start: number, end: number): number | undefined {
  const kind = "CodeRange,";
  return hasAt(bytes, start, end, kind) ? parseAddress(bytes, start + kind.length, end) : undefined;
}

/** `major,minor,build,patch[,embedder],candidate` */
export function parseVersion(bytes: Buffer, start: number, end: number): string {
  const parts = bytes.toString("latin1", start, end).split(",");
  const embedder = parts[4]?.startsWith("-") ? parts[4] : "";
  return parts.slice(0, 4).join(".") + embedder;
}
