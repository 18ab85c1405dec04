/**
 * An XML tokenizer for exports of any size: bytes go in, elements come out and nothing is kept.
 * It knows what exports are made of and no more: no document type, no entities but XML's own. It
 * holds a document to its nesting, as a file that was cut off must not pass for a short one.
 */
import type { Chunk } from "../file-chunks.ts";
import { FormatError } from "../format-error.ts";
import { decodeText } from "./entities.ts";
import { noId, StartTag } from "./start-tag.ts";
import { isTagName, otherTag, tagInside, tagNames, tagOf, textTags } from "./tags.ts";

/** What hears about the elements. Parents are the tags around an element, `otherTag` at the root. */
export interface XmlSink {
  /** An element begins. Its attributes are valid only now. */
  open(tag: number, start: StartTag, parent: number): void;
  /**
   * An element ends.
   * @param id from its start tag, or `noId`; an element with a `ref` goes to `refer`
   * @param text of an element of `textTags` that `take` did not take
   */
  close(tag: number, id: number, parent: number, text: string): void;
  /** An element that stands for an earlier one. */
  refer(tag: number, ref: number, parent: number): void;
  /**
   * Whether the sink takes what comes next of an element itself: the text of one of `textTags`,
   * the children of any other. Whatever is left goes the usual way.
   * @returns where to go on: behind what was taken, or `at`
   */
  take(tag: number, bytes: Buffer, view: DataView, at: number, end: number): number;
  /** Whether `take` is to be asked again before each child of such an element. */
  takesChildren(tag: number): boolean;
}

/** A longer tag, text or comment is a fault, and must not fill the memory. */
export const maxTokenBytes = 4 << 20;

/** Exports nest eight deep; VM tables and narratives some more. */
const maxDepth = 512;

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const exclamation = 0x21;
const question = 0x3f;
const equalsSign = 0x3d;
const quote = 0x22;
const apostrophe = 0x27;
const minus = 0x2d;
const openBracket = 0x5b;

const incomplete = -1;
const notPlain = -2;

const refStart = Buffer.from(' ref="');
const refStart4 = refStart.readInt32LE(0);
const refStart2 = refStart.readInt16LE(4);
const shortestRef = refStart.length + 4;
/** More are no small integer, nor an id that Xcode would write. */
const plainDigits = 9;

const commentEnd = Buffer.from("-->");
const instructionEnd = Buffer.from("?>");
const cdataStart = Buffer.from("<![CDATA[");
const cdataEnd = Buffer.from("]]>");

const wantsText = new Uint8Array(tagNames.length);
for (const tag of textTags) wantsText[tag] = 1;

/** 1 for what ends a name: space, `/`, `>`, `=`. */
const endsName = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d, slash, greaterThan, equalsSign]) endsName[byte] = 1;

export class XmlScanner {
  readonly #path: string;
  readonly #sink: XmlSink;
  readonly #start = new StartTag();

  // The elements around the cursor, outermost first, from 1 on.
  #depth = 0;
  readonly #tags = new Uint8Array(maxDepth + 1);
  readonly #ids = new Float64Array(maxDepth + 1);
  readonly #refs = new Float64Array(maxDepth + 1);
  /** Of the names of `otherTag`s. */
  readonly #hashes = new Int32Array(maxDepth + 1);

  #hasRoot = false;
  #takesChildren = false;
  /** Depth of the element whose text is collected, or 0. */
  #textDepth = 0;
  #text = "";
  /** Offset in the file of byte 0 of the buffer. */
  #base = 0;

  constructor(path: string, sink: XmlSink) {
    this.#path = path;
    this.#sink = sink;
  }

  /**
   * Reads the whole tokens of a chunk, which must go on where the last call stopped.
   * @returns the index of the first byte that was not read; it must be the first one next time.
   * @throws FormatError at what is not well-formed.
   */
  feed({ bytes, view, start, end, fileOffset }: Chunk): number {
    this.#base = fileOffset - start;
    let at = start;
    while (at < end) {
      if (this.#takesChildren) {
        at = this.#sink.take(this.#tags[this.#depth]!, bytes, view, at, end);
        if (at >= end) break;
      }
      const next =
        bytes[at] === lessThan
          ? this.#markup(bytes, view, at, end)
          : this.#skipText(bytes, at, end);
      if (next === incomplete) {
        if (end - at > maxTokenBytes) throw this.#tooLong(at);
        return at;
      }
      at = next;
    }
    return at;
  }

  /**
   * To be called at the end of the file, with the offset of what was not read.
   * @throws FormatError when the document is not complete.
   */
  finish(offset: number): void {
    if (this.#hasRoot && this.#depth === 0) return;
    throw new FormatError(this.#path, {
      expected: this.#hasRoot ? `the end of ${this.#openName()}` : "an element",
      found: "the end of the file",
      offset,
    });
  }

  #markup(bytes: Buffer, view: DataView, at: number, end: number): number {
    if (at + 1 >= end) return incomplete;
    switch (bytes[at + 1]) {
      case slash:
        return this.#endTag(bytes, view, at, end);
      case exclamation:
        return this.#declaration(bytes, at, end);
      case question:
        return skipPast(bytes, at + 2, end, instructionEnd);
      default:
        return this.#startTag(bytes, view, at, end);
    }
  }

  #startTag(bytes: Buffer, view: DataView, at: number, end: number): number {
    let p = at + 1;
    while (p < end && endsName[bytes[p]!] === 0) p++;
    if (p === end) return incomplete;
    if (p === at + 1) throw this.#unexpected("an element's name", bytes, at);
    const nameEnd = p;
    if (this.#depth > 0 && p + shortestRef <= end && isRefAt(view, p)) {
      const after = this.#reference(bytes, view, at + 1, nameEnd, end);
      if (after !== notPlain) return after;
    }
    const start = this.#start;
    start.clear(bytes, view);
    let isEmpty = false;
    for (;;) {
      while (p < end && bytes[p]! <= 0x20) p++;
      if (p + 1 >= end) {
        if (p < end && bytes[p] === greaterThan) break;
        return incomplete;
      }
      const byte = bytes[p]!;
      if (byte === greaterThan) break;
      if (byte === slash) {
        if (bytes[p + 1] !== greaterThan) throw this.#unexpected(">", bytes, p + 1);
        isEmpty = true;
        p++;
        break;
      }
      const attribute = p;
      while (p < end && endsName[bytes[p]!] === 0) p++;
      const attributeEnd = p;
      while (p < end && bytes[p]! <= 0x20) p++;
      if (p === end) return incomplete;
      if (bytes[p] !== equalsSign || attributeEnd === attribute) {
        throw this.#unexpected("an attribute with a value", bytes, attribute);
      }
      p++;
      while (p < end && bytes[p]! <= 0x20) p++;
      if (p === end) return incomplete;
      const mark = bytes[p]!;
      if (mark !== quote && mark !== apostrophe) throw this.#unexpected("a quote", bytes, p);
      const value = ++p;
      while (p + 4 <= end && !holdsByte(view.getInt32(p, true), mark)) p += 4;
      while (p < end && bytes[p] !== mark) p++;
      if (p === end) return incomplete;
      start.add(attribute, attributeEnd, value, p);
      p++;
    }
    this.#open(bytes, view, at + 1, nameEnd, isEmpty);
    p++;
    if (isEmpty || this.#textDepth !== this.#depth) return p;
    const taken = this.#sink.take(this.#tags[this.#depth]!, bytes, view, p, end);
    if (taken > p) this.#textDepth = 0;
    return taken;
  }

  /**
   * `<name ref="12"/>`: four of five elements are written just so.
   * @returns where to go on, or `notPlain` when it is written in some other way, or cut off
   */
  #reference(
    bytes: Buffer,
    view: DataView,
    nameStart: number,
    nameEnd: number,
    end: number,
  ): number {
    const first = nameEnd + refStart.length;
    let p = first;
    let ref = 0;
    for (; p < end; p++) {
      const digit = bytes[p]! - 0x30;
      if (digit < 0 || digit > 9) break;
      ref = ref * 10 + digit;
    }
    if (p === first || p - first > plainDigits || p + 2 >= end) return notPlain;
    if (bytes[p] !== quote || bytes[p + 1] !== slash || bytes[p + 2] !== greaterThan)
      return notPlain;
    const parent = this.#tags[this.#depth]!;
    this.#sink.refer(tagInside(parent, tagOf(view, nameStart, nameEnd)), ref, parent);
    return p + 3;
  }

  #open(bytes: Buffer, view: DataView, nameStart: number, nameEnd: number, isEmpty: boolean): void {
    const start = this.#start;
    const parent = this.#tags[this.#depth]!;
    const tag = tagInside(parent, tagOf(view, nameStart, nameEnd));
    if (this.#depth === 0) {
      if (this.#hasRoot) throw this.#unexpected("the end of the document", bytes, nameStart - 1);
      this.#hasRoot = true;
    }
    const { ref } = start;
    if (ref === noId) this.#sink.open(tag, start, parent);
    if (isEmpty) {
      if (ref === noId) this.#sink.close(tag, start.id, parent, "");
      else this.#sink.refer(tag, ref, parent);
      return;
    }
    if (this.#depth === maxDepth) {
      throw this.#error(`at most ${maxDepth} elements inside each other`, "more", nameStart - 1);
    }
    const depth = ++this.#depth;
    this.#tags[depth] = tag;
    this.#ids[depth] = start.id;
    this.#refs[depth] = ref;
    if (tag === otherTag) this.#hashes[depth] = hashOf(bytes, nameStart, nameEnd);
    this.#takesChildren = this.#sink.takesChildren(tag);
    if (wantsText[tag] === 1) {
      this.#textDepth = depth;
      this.#text = "";
    }
  }

  #endTag(bytes: Buffer, view: DataView, at: number, end: number): number {
    const depth = this.#depth;
    const tag = this.#tags[depth]!;
    let p = at + 2;
    while (p < end && endsName[bytes[p]!] === 0) p++;
    const nameEnd = p;
    while (p < end && bytes[p]! <= 0x20) p++;
    if (p === end) return incomplete;
    const isRight =
      tag === otherTag
        ? this.#hashes[depth] === hashOf(bytes, at + 2, nameEnd)
        : isTagName(tag, view, at + 2, nameEnd);
    if (depth === 0 || !isRight || bytes[p] !== greaterThan) {
      const expected = depth === 0 ? "no end of an element" : `the end of ${this.#openName()}`;
      throw this.#unexpected(expected, bytes, at);
    }
    this.#depth = depth - 1;
    const parent = this.#tags[depth - 1]!;
    this.#takesChildren = this.#sink.takesChildren(parent);
    const ref = this.#refs[depth]!;
    if (ref === noId) this.#sink.close(tag, this.#ids[depth]!, parent, this.#text);
    else this.#sink.refer(tag, ref, parent);
    if (this.#textDepth === depth) this.#textDepth = 0;
    return p + 1;
  }

  #declaration(bytes: Buffer, at: number, end: number): number {
    if (at + cdataStart.length > end) return incomplete;
    if (bytes[at + 2] === minus && bytes[at + 3] === minus) {
      return skipPast(bytes, at + 4, end, commentEnd);
    }
    if (bytes[at + 2] !== openBracket || cdataStart.compare(bytes, at, at + cdataStart.length)) {
      throw this.#unexpected("no document type", bytes, at);
    }
    const after = skipPast(bytes, at + cdataStart.length, end, cdataEnd);
    if (after !== incomplete && this.#textDepth === this.#depth && this.#depth > 0) {
      this.#addText(bytes.toString("utf8", at + cdataStart.length, after - cdataEnd.length), at);
    }
    return after;
  }

  #skipText(bytes: Buffer, at: number, end: number): number {
    let p = at;
    const near = Math.min(end, at + 32);
    while (p < near && bytes[p] !== lessThan) p++;
    if (p === near && p < end) {
      const found = bytes.indexOf(lessThan, p);
      p = found < 0 || found > end ? end : found;
    }
    if (this.#textDepth === 0 || this.#textDepth !== this.#depth) return p;
    // A cut through an entity or a character must not be decoded.
    if (p === end) return incomplete;
    this.#addText(decodeText(bytes, at, p), at);
    return p;
  }

  #addText(text: string, at: number): void {
    this.#text += text;
    if (this.#text.length > maxTokenBytes) throw this.#tooLong(at);
  }

  #openName(): string {
    const tag = this.#tags[this.#depth]!;
    return tag === otherTag ? "an element" : `<${tagNames[tag]}>`;
  }

  #unexpected(expected: string, bytes: Buffer, at: number): FormatError {
    const found = bytes.toString("latin1", at, Math.min(at + 40, bytes.length));
    return this.#error(expected, JSON.stringify(found), at);
  }

  #tooLong(at: number): FormatError {
    return this.#error(`a tag or text shorter than ${maxTokenBytes} bytes`, "a longer one", at);
  }

  #error(expected: string, found: string, at: number): FormatError {
    return new FormatError(this.#path, { expected, found, offset: this.#base + at });
  }
}

function isRefAt(view: DataView, at: number): boolean {
  return view.getInt32(at, true) === refStart4 && view.getInt16(at + 4, true) === refStart2;
}

/** Whether one of the four bytes of a number is this one. */
function holdsByte(four: number, byte: number): boolean {
  // Only a byte that is zero borrows from its own highest bit.
  const difference = four ^ (byte * 0x01010101);
  return ((difference - 0x01010101) & ~difference & 0x80808080) !== 0;
}

function skipPast(bytes: Buffer, at: number, end: number, what: Buffer): number {
  const found = bytes.subarray(0, end).indexOf(what, at);
  return found < 0 ? incomplete : found + what.length;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
