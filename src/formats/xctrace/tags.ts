/**
 * The elements of an export that mean something to us, as small numbers: an element's name is
 * compared once, when its tag is read. Every other element is `otherTag` and only stepped over.
 */

export const otherTag = 0;
export const resultTag = 1;
export const tocTag = 2;
export const nodeTag = 3;
export const schemaTag = 4;
export const colTag = 5;
export const mnemonicTag = 6;
export const engineeringTypeTag = 7;
export const rowTag = 8;
export const sentinelTag = 9;
export const sampleTimeTag = 10;
export const threadTag = 11;
export const tidTag = 12;
export const processTag = 13;
export const pidTag = 14;
export const threadStateTag = 15;
export const weightTag = 16;
export const cycleWeightTag = 17;
export const taggedBacktraceTag = 18;
export const backtraceTag = 19;
export const frameTag = 20;
export const binaryTag = 21;
export const sourceTag = 22;
export const pathTag = 23;
export const textAddressesTag = 24;

/** By tag; `otherTag` has none. */
export const tagNames: readonly string[] = [
  "",
  "trace-query-result",
  "trace-toc",
  "node",
  "schema",
  "col",
  "mnemonic",
  "engineering-type",
  "row",
  "sentinel",
  "sample-time",
  "thread",
  "tid",
  "process",
  "pid",
  "thread-state",
  "weight",
  "cycle-weight",
  "tagged-backtrace",
  "backtrace",
  "frame",
  "binary",
  "source",
  "path",
  "text-addresses",
];

/** Elements whose text is their value; the text of others is skipped unread. */
export const textTags: ReadonlySet<number> = new Set([
  mnemonicTag,
  engineeringTypeTag,
  sampleTimeTag,
  tidTag,
  pidTag,
  threadStateTag,
  weightTag,
  cycleWeightTag,
  pathTag,
  textAddressesTag,
]);

/** Elements whose text is a whole number. */
export const numberTags: ReadonlySet<number> = new Set([
  sampleTimeTag,
  tidTag,
  pidTag,
  weightTag,
  cycleWeightTag,
]);

/** Elements that make up a table mean that only where a table has them: by tag, or `otherTag`. */
const homes = new Uint8Array(tagNames.length);
homes[nodeTag] = resultTag;
homes[schemaTag] = nodeTag;
homes[colTag] = schemaTag;
homes[rowTag] = nodeTag;

/** The tag of an element with this name inside of one with the other: cells can hold anything. */
export function tagInside(parent: number, tag: number): number {
  return homes[tag] === otherTag || homes[tag] === parent ? tag : otherTag;
}

/** The tag whose name this is, or `otherTag`. */
export function tagNamed(name: string): number {
  return Math.max(otherTag, tagNames.indexOf(name));
}

const nameBytes = tagNames.map((name) => Buffer.from(name));

const nameViews = nameBytes.map(
  ({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length),
);

/** Tag by length and first two letters of its name: no two of ours share all three. */
const tagByKey = new Uint8Array(1 << 15);
for (const [tag, bytes] of nameBytes.entries()) {
  if (tag !== otherTag) tagByKey[startKey(bytes[0]!, bytes[1]!, bytes.length)] = tag;
}

/** 5 bits of each of two lower-case letters, and the length. */
function startKey(first: number, second: number, length: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (length & 31);
}

/** The tag whose name is `[start, end)`, where at least one byte follows. */
export function tagOf(view: DataView, start: number, end: number): number {
  const key = startKey(view.getUint8(start), view.getUint8(start + 1), end - start);
  const tag = tagByKey[key]!;
  return tag !== otherTag && isTagName(tag, view, start, end) ? tag : otherTag;
}

/** Four bytes at a time. */
export function isTagName(tag: number, view: DataView, start: number, end: number): boolean {
  const name = nameViews[tag]!;
  const length = name.byteLength;
  if (end - start !== length) return false;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    if (view.getInt32(start + i, true) !== name.getInt32(i, true)) return false;
  }
  for (; i < length; i++) if (view.getUint8(start + i) !== name.getUint8(i)) return false;
  return true;
}
