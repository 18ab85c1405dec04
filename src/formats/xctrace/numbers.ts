/** Whole numbers straight from the bytes of a text. */

/** What `readNumber` found; one object, reused. */
export interface FoundNumber {
  value: number;
  /** Index of the byte behind the digits. */
  end: number;
}

const found: FoundNumber = { value: 0, end: 0 };

/** The digits from `at` on. Beyond 2^53 the value is the nearest that a double can be. */
export function readNumber(bytes: Uint8Array, at: number, end: number): Readonly<FoundNumber> {
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  found.value = value;
  found.end = at;
  return found;
}

/** A number that was written in some other way; NaN for what is none. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  return /^[+-]?\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}
