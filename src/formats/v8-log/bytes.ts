/** Numbers and fields straight from the log's bytes, so that the hot path makes no strings. */

export const comma = 44;
export const newline = 10;
export const backslash = 92;

/** Value of a hexadecimal digit, or 255. */
export const hexDigit = new Uint8Array(256).fill(255);
for (let i = 0; i < 10; i++) hexDigit[48 + i] = i;
for (let i = 0; i < 6; i++) hexDigit[65 + i] = hexDigit[97 + i] = 10 + i;

/** Index of the next comma in `[start, end)`, or `end`. */
export function fieldEnd(bytes: Uint8Array, start: number, end: number): number {
  while (start < end && bytes[start] !== comma) start++;
  return start;
}

/** Hexadecimal, with or without `0x`; NaN when empty, above 2^53 or not a number. */
export function parseHex(bytes: Uint8Array, start: number, end: number): number {
  const word = parseWord(bytes, start, end);
  return word > Number.MAX_SAFE_INTEGER ? Number.NaN : word;
}

/** The same of up to 64 bits, inexact above 2^53: a walk over a stack meets any word. */
export function parseWord(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === 48 && bytes[start + 1] === 120) start += 2;
  const digits = end - start;
  if (digits < 1 || digits > 16) return Number.NaN;
  // Two integers in place of one double: twice as fast as multiplying by 16 for each digit.
  let high = 0;
  let low = 0;
  let bad = 0;
  const split = end - 8;
  for (; start < split; start++) {
    const digit = hexDigit[bytes[start]!]!;
    bad |= digit;
    high = (high << 4) | digit;
  }
  for (; start < end; start++) {
    const digit = hexDigit[bytes[start]!]!;
    bad |= digit;
    low = (low << 4) | digit;
  }
  return bad > 15 ? Number.NaN : (high >>> 0) * 0x100000000 + (low >>> 0);
}

/** Decimal, with an optional minus; NaN when empty, above 2^53 or not a number. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 45;
  if (negative) start++;
  if (end - start < 1 || end - start > 15) return Number.NaN;
  let value = 0;
  for (; start < end; start++) {
    const digit = bytes[start]! - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** Whether `text` (ASCII) stands at `at`. */
export function hasAt(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** A text (ASCII) that is most often one of the `usual`: for those, no string is made. */
export function shortText(
  bytes: Buffer,
  start: number,
  end: number,
  usual: readonly string[],
): string {
  for (const text of usual) {
    if (text.length === end - start && hasAt(bytes, start, end, text)) return text;
  }
  return bytes.toString("latin1", start, end);
}

/**
 * Undoes V8's escaping of script names, sources and patterns: `\x2C`, `\u2028`, `\n`, `\\`.
 * Function names are logged raw and must not come here.
 */
export function unescapeField(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([n\\]))/g,
    (_, x: string | undefined, u: string | undefined, plain: string | undefined) => {
      if (plain) return plain === "n" ? "\n" : "\\";
      return String.fromCharCode(Number.parseInt((x ?? u)!, 16));
    },
  );
}

/** The same for a path, which is left alone where it cannot have been escaped. */
export function unescapePath(text: string): string {
  return /^[A-Za-z]:\\(?!\\)/.test(text) ? text : unescapeField(text);
}
