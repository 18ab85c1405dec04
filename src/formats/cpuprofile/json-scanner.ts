/**
 * A JSON tokenizer for documents larger than a string can be: bytes go in, callbacks come out and
 * nothing is kept. A `Shape` says what of the document is wanted; all else is stepped over.
 */
import { FormatError } from "../format-error.ts";
import { TextCache } from "./text-cache.ts";

/** What is wanted of one value. A value of a kind that the shape does not name is stepped over. */
export interface Shape {
  /** Wanted members of an object. */
  readonly members?: ReadonlyMap<string, Shape>;
  /** Every item of an array. */
  readonly items?: Shape;
  readonly number?: (value: number) => void;
  readonly string?: (value: string) => void;
  /** The object or array opens, closes. */
  readonly begin?: () => void;
  readonly end?: () => void;
}

const expectations = [
  "a JSON value",
  "a JSON value or ]",
  "a JSON key or }",
  "a JSON key",
  "a colon",
  "a comma or a closing bracket",
  "the end of the JSON document",
] as const;
const atValue = 0;
const atItemOrEnd = 1;
const atKeyOrEnd = 2;
const atKey = 3;
const atColon = 4;
const afterValue = 5;
const atDocumentEnd = 6;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** `+ - . E e` */
const numberPunctuation = [0x2b, minus, 0x2e, 0x45, 0x65];

/** The token goes on past the bytes at hand. */
const incomplete = -1;

/** As many digits as a double holds exactly. */
const exactDigits = 15;

const numberForm = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export class JsonScanner {
  readonly #path: string;
  readonly #texts = new TextCache();

  /** The containers around the cursor, all of them wanted: the shapes bound the depth. */
  readonly #shapes: Shape[] = [];
  readonly #inArray: boolean[] = [];
  #state: number = atValue;
  /** The shape of the value that comes next. */
  #next: Shape | undefined;

  // An unwanted container is followed by counting brackets, so no depth can exhaust memory.
  #skippedDepth = 0;
  #inSkippedString = false;

  #escaped = false;

  /** Offset in the file of the first byte of the window. */
  #base = 0;

  constructor(path: string, shape: Shape) {
    this.#path = path;
    this.#next = shape;
  }

  /**
   * Reads the whole tokens in `bytes[0, length)`, which must go on where the last call stopped.
   * @returns how many bytes are done with; the rest must stand before what comes next.
   * @throws FormatError at the first byte that is not JSON.
   */
  scan(bytes: Buffer, length: number): number {
    let p = this.#base === 0 && hasByteOrderMark(bytes) ? 3 : 0;
    while (p < length) {
      const after = this.#token(bytes, p, length);
      if (after === incomplete) break;
      p = after;
    }
    this.#base += p;
    return p;
  }

  /**
   * To be called at the end of the file, with the bytes that were not done with.
   * @throws FormatError when the document is not complete.
   */
  finish(rest: number): void {
    if (this.#state !== atDocumentEnd) throw this.#error("the end of the file", rest);
  }

  #token(bytes: Buffer, p: number, length: number): number {
    if (this.#skippedDepth > 0 || this.#inSkippedString) return this.#skip(bytes, p, length);
    const byte = bytes[p]!;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return p + 1;
    switch (this.#state) {
      case afterValue:
        if (byte === comma) {
          const inArray = this.#inArray.at(-1)!;
          this.#state = inArray ? atValue : atKey;
          if (inArray) this.#next = this.#shapes.at(-1)!.items;
          return p + 1;
        }
        return this.#close(bytes, p);
      case atItemOrEnd:
        return byte === closeBracket ? this.#close(bytes, p) : this.#value(bytes, p, length);
      case atValue:
        return this.#value(bytes, p, length);
      case atKeyOrEnd:
        if (byte === closeBrace) return this.#close(bytes, p);
        return this.#key(bytes, p, length);
      case atKey:
        return this.#key(bytes, p, length);
      case atColon:
        if (byte !== 0x3a) throw this.#unexpected(bytes, p);
        this.#state = atValue;
        return p + 1;
      default:
        throw this.#unexpected(bytes, p);
    }
  }

  #key(bytes: Buffer, p: number, length: number): number {
    if (bytes[p] !== quote) throw this.#unexpected(bytes, p);
    const end = this.#endOfString(bytes, p + 1, length);
    if (end === incomplete) return incomplete;
    this.#next = this.#shapes.at(-1)!.members!.get(this.#text(bytes, p, end));
    this.#state = atColon;
    return end + 1;
  }

  #value(bytes: Buffer, p: number, length: number): number {
    const shape = this.#next;
    const byte = bytes[p]!;
    if (byte === minus || (byte >= zero && byte <= 0x39)) {
      return this.#number(bytes, p, length, shape?.number);
    }
    switch (byte) {
      case openBrace:
      case openBracket: {
        const isArray = byte === openBracket;
        if (isArray ? shape?.items : shape?.members) this.#open(shape!, isArray);
        else this.#skippedDepth = 1;
        return p + 1;
      }
      case quote: {
        if (!shape?.string) {
          this.#inSkippedString = true;
          return p + 1;
        }
        const end = this.#endOfString(bytes, p + 1, length);
        if (end === incomplete) return incomplete;
        shape.string(this.#text(bytes, p, end));
        this.#valueDone();
        return end + 1;
      }
      case 0x74:
        return this.#literal("true", bytes, p, length);
      case 0x66:
        return this.#literal("false", bytes, p, length);
      case 0x6e:
        return this.#literal("null", bytes, p, length);
      default:
        throw this.#unexpected(bytes, p);
    }
  }

  #number(bytes: Buffer, start: number, length: number, sink?: (value: number) => void): number {
    const negative = bytes[start] === minus;
    const firstDigit = negative ? start + 1 : start;
    let value = 0;
    let p = firstDigit;
    for (; p < length; p++) {
      const digit = bytes[p]! - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (p === length) return incomplete;
    const digits = p - firstDigit;
    if (digits === 0 || digits > exactDigits || isNumberByte(bytes[p]!)) {
      while (p < length && isNumberByte(bytes[p]!)) p++;
      if (p === length) return incomplete;
      const text = bytes.toString("latin1", start, p);
      if (!numberForm.test(text)) throw this.#error(JSON.stringify(text), start);
      value = Number(text);
    } else if (negative) value = -value;
    sink?.(value);
    this.#valueDone();
    return p;
  }

  #literal(text: string, bytes: Buffer, p: number, length: number): number {
    const end = p + text.length;
    if (bytes.toString("latin1", p, Math.min(end, length)) !== text.slice(0, length - p)) {
      throw this.#unexpected(bytes, p);
    }
    if (end > length) return incomplete;
    this.#valueDone();
    return end;
  }

  #open(shape: Shape, isArray: boolean): void {
    this.#shapes.push(shape);
    this.#inArray.push(isArray);
    this.#state = isArray ? atItemOrEnd : atKeyOrEnd;
    if (isArray) this.#next = shape.items;
    shape.begin?.();
  }

  #close(bytes: Buffer, p: number): number {
    if (bytes[p] !== (this.#inArray.at(-1) ? closeBracket : closeBrace)) {
      throw this.#unexpected(bytes, p);
    }
    this.#inArray.pop();
    this.#shapes.pop()!.end?.();
    this.#valueDone();
    return p + 1;
  }

  #valueDone(): void {
    this.#state = this.#shapes.length === 0 ? atDocumentEnd : afterValue;
  }

  /** Follows strings and brackets only: what nobody asked for is not checked any closer. */
  #skip(bytes: Buffer, start: number, length: number): number {
    let p = start;
    while (p < length) {
      const byte = bytes[p]!;
      if (this.#inSkippedString) {
        if (byte === quote) this.#inSkippedString = false;
        else if (byte === backslash) p++;
        // What the backslash escapes comes with the next window: so must the backslash.
        if (p === length) return length - 1 > start ? length - 1 : incomplete;
      } else if (byte === quote) this.#inSkippedString = true;
      else if (byte === openBrace || byte === openBracket) this.#skippedDepth++;
      else if (byte === closeBrace || byte === closeBracket) this.#skippedDepth--;
      p++;
      if (this.#skippedDepth === 0 && !this.#inSkippedString) {
        this.#valueDone();
        return p;
      }
    }
    return p;
  }

  /** The position of the closing quote. Sets `#escaped`. */
  #endOfString(bytes: Buffer, start: number, length: number): number {
    this.#escaped = false;
    for (let p = start; p < length; p++) {
      const byte = bytes[p]!;
      if (byte === quote) return p;
      if (byte === backslash) {
        this.#escaped = true;
        p++;
      }
    }
    return incomplete;
  }

  /** The text of the string that `#endOfString` just measured. */
  #text(bytes: Buffer, openingQuote: number, closingQuote: number): string {
    if (!this.#escaped) return this.#texts.get(bytes, openingQuote + 1, closingQuote);
    try {
      return JSON.parse(bytes.toString("utf8", openingQuote, closingQuote + 1)) as string;
    } catch {
      throw this.#error("a string with a broken escape", openingQuote);
    }
  }

  #unexpected(bytes: Buffer, p: number): FormatError {
    return this.#error(describeByte(bytes[p]!), p);
  }

  #error(found: string, position: number): FormatError {
    const skipping = this.#skippedDepth > 0 || this.#inSkippedString;
    return new FormatError(this.#path, {
      expected: skipping ? "the rest of a JSON value" : expectations[this.#state]!,
      found,
      offset: this.#base + position,
    });
  }
}

function isNumberByte(byte: number): boolean {
  return (byte >= zero && byte <= 0x39) || numberPunctuation.includes(byte);
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function describeByte(byte: number): string {
  const printable = byte > 0x20 && byte < 0x7f;
  return printable ? JSON.stringify(String.fromCharCode(byte)) : `byte 0x${byte.toString(16)}`;
}
