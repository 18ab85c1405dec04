/**
 * XML's five entities and numeric ones. Nothing else is expanded, so that no document can make a
 * text longer than it was: what is unknown stays as it stands.
 */
const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const largestCodePoint = 0x10ffff;

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,10})|(amp|lt|gt|quot|apos));/g,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name) return named[name]!;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= largestCodePoint ? String.fromCodePoint(code) : whole;
    },
  );
}

const ampersand = 0x26;
const plainEntities = Object.entries(named).map(([name, text]) => ({
  written: Buffer.from(`&${name};`),
  byte: text.charCodeAt(0),
}));
const scratch = Buffer.alloc(4096);

/** The text of `bytes[start, end)`, an attribute's value or a text without tags in it. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && bytes[at] !== ampersand) at++;
  if (at === end) return bytes.toString("utf8", start, end);
  const length = expand(bytes, start, end);
  if (length >= 0) return scratch.toString("utf8", 0, length);
  return decodeEntities(bytes.toString("utf8", start, end));
}

/**
 * Writes the text to `scratch`: most are short and hold no entity but the five, and a string that
 * is put together from pieces takes several times as long.
 * @returns its length, or -1 when it is not one of those
 */
function expand(bytes: Buffer, start: number, end: number): number {
  if (end - start > scratch.length) return -1;
  let length = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== ampersand) {
      scratch[length++] = byte;
      at++;
      continue;
    }
    const entity = plainEntities.find(({ written }) => isAt(bytes, at, end, written));
    if (!entity) return -1;
    scratch[length++] = entity.byte;
    at += entity.written.length;
  }
  return length;
}

function isAt(bytes: Buffer, at: number, end: number, what: Buffer): boolean {
  if (at + what.length > end) return false;
  for (let i = 1; i < what.length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
}
