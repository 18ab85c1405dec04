/**
 * Decodes bytes to strings, remembering the last string seen for each hash. Keys, names and URLs
 * repeat by the hundred thousand in a profile: most calls then neither decode nor allocate.
 */
const slotCount = 1 << 13;

/** Longer texts are decoded each time, which bounds the memory. */
const longestRemembered = 256;

export class TextCache {
  readonly #bytes: (Uint8Array | undefined)[] = new Array(slotCount).fill(undefined);
  readonly #texts: string[] = new Array(slotCount).fill("");

  /** The UTF-8 text in `bytes[start, end)`. */
  get(bytes: Buffer, start: number, end: number): string {
    if (end - start > longestRemembered) return bytes.toString("utf8", start, end);
    const slot = hash(bytes, start, end) & (slotCount - 1);
    const known = this.#bytes[slot];
    if (known && equals(known, bytes, start, end)) return this.#texts[slot]!;
    const text = bytes.toString("utf8", start, end);
    this.#bytes[slot] = Uint8Array.prototype.slice.call(bytes, start, end);
    this.#texts[slot] = text;
    return text;
  }
}

function hash(bytes: Buffer, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h ^ (h >>> 15);
}

function equals(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
