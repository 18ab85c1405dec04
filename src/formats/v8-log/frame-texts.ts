/**
 * Text of a frame → chain of the return address that it is, without reading the number: in a
 * 64-bit process almost all are `,0x` and twelve digits, which are compared as three words.
 */
import { release } from "../../profile/growable.ts";
import { comma } from "./bytes.ts";

/** Of such a frame, without the comma that ends it. */
export const frameTextBytes = 15;

/** What `find` gives for a frame that it knows nothing of. */
export const unknownText = -1;

/** `,0x` as the low bytes of a word. */
const prefix = 0x78302c;
const digitsAt = 3;
const maxEntries = 1 << 17;
/** Of a slot: the digits' three words and the chain. */
const slotWords = 4;
const chainWord = 3;
const forgotten = -2;

export class FrameTexts {
  #slots = new Int32Array(slotWords << 12);
  /** By slot. */
  #addresses = new Float64Array(1 << 12);
  #mask = (1 << 12) - 1;
  #size = 0;

  /**
   * The slot of the frame that begins at `at`, valid until the next change. There must be room
   * for a whole one and the sign behind it.
   */
  find(view: DataView, at: number): number {
    if ((view.getInt32(at, true) & 0xffffff) !== prefix) return unknownText;
    if (view.getUint8(at + frameTextBytes) !== comma) return unknownText;
    const first = view.getInt32(at + digitsAt, true);
    const second = view.getInt32(at + digitsAt + 4, true);
    const third = view.getInt32(at + digitsAt + 8, true);
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash(first, second, third) & mask; ; slot = (slot + 1) & mask) {
      const word = slot * slotWords;
      if (slots[word + 2] === third && slots[word + 1] === second && slots[word] === first) {
        return slots[word + chainWord] === forgotten ? unknownText : slot;
      }
      // No digit is a zero byte.
      if (slots[word] === 0) return unknownText;
    }
  }

  chainAt(slot: number): number {
    return this.#slots[slot * slotWords + chainWord]!;
  }

  addressAt(slot: number): number {
    return this.#addresses[slot]!;
  }

  /** `chain` is -1 or more. Addresses of fewer digits are left out. */
  set(address: number, chain: number): void {
    if (!hasTwelveDigits(address)) return;
    if (this.#size * 2 >= this.#mask) this.#makeRoom();
    this.#put(address, chain);
  }

  forget(address: number): void {
    if (!hasTwelveDigits(address)) return;
    const slot = this.#slotOf(address);
    if (this.#addresses[slot] === address) this.#slots[slot * slotWords + chainWord] = forgotten;
  }

  #put(address: number, chain: number): void {
    const slot = this.#slotOf(address);
    if (this.#addresses[slot] === 0) this.#size++;
    this.#addresses[slot] = address;
    const word = slot * slotWords;
    this.#slots[word] = digits(address / 0x100000000);
    this.#slots[word + 1] = digits(address / 0x10000);
    this.#slots[word + 2] = digits(address);
    this.#slots[word + chainWord] = chain;
  }

  /** Where the address stands or would stand. */
  #slotOf(address: number): number {
    const h = hash(digits(address / 0x100000000), digits(address / 0x10000), digits(address));
    let slot = h & this.#mask;
    while (this.#addresses[slot] !== 0 && this.#addresses[slot] !== address) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #makeRoom(): void {
    const slots = this.#slots;
    const addresses = this.#addresses;
    const isFull = this.#size >= maxEntries;
    const capacity = isFull ? addresses.length : addresses.length * 2;
    this.#slots = new Int32Array(capacity * slotWords);
    this.#addresses = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#size = 0;
    for (let slot = 0; slot < addresses.length && !isFull; slot++) {
      const chain = slots[slot * slotWords + chainWord]!;
      if (addresses[slot] !== 0 && chain !== forgotten) this.#put(addresses[slot]!, chain);
    }
    release(slots);
    release(addresses);
  }
}

function hasTwelveDigits(address: number): boolean {
  return address >= 2 ** 44 && address < 2 ** 48;
}

/** The lowest 16 bits as the word that their four hexadecimal digits are in the log. */
function digits(value: number): number {
  const bits = value & 0xffff;
  const low = digit((bits >>> 4) & 15) | (digit(bits & 15) << 8);
  return digit(bits >>> 12) | (digit((bits >>> 8) & 15) << 8) | (low << 16);
}

function digit(value: number): number {
  return value < 10 ? 48 + value : 87 + value;
}

function hash(first: number, second: number, third: number): number {
  let h =
    Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b) ^ Math.imul(third, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
