/**
 * The stacks of Xcode 12.5 and 14.0, where a backtrace is lists of addresses in decimal, and its
 * `fmt` names the innermost function: `leaf ← (24 other frames)`.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growI32, release } from "../../profile/growable.ts";
import { noParent } from "../../profile/profile.ts";
import { AddressFrames, headDigits } from "./address-frames.ts";
import { decodeText } from "./entities.ts";
import type { Frames } from "./frames.ts";
import { nothing } from "./id-table.ts";
import { LastList } from "./last-list.ts";
import { leafEnd, leafIn } from "./leaf-label.ts";
import { Names } from "./names.ts";
import { doubled, lastStackPlaces, Stacks } from "./stacks.ts";

const space = 0x20;
const lessThan = 0x3c;
const slash = 0x2f;
const zero = 0x30;
/** Six hexadecimal digits. */
const lowPart = 2 ** 24;
/** Digits of 2^64. */
const longestAddress = 20;
/** As the tail of an address that two numbers do not hold; the head is its frame. */
const longTail = 0;

export class AddressLists {
  readonly #builder: ProfileBuilder;
  readonly #frames: Frames;
  readonly #addresses: AddressFrames;
  readonly #longAddresses: Names;
  /** Frames of innermost functions, by name, and by label where that is written otherwise. */
  readonly #leaves: Names;
  readonly #labels: Names;
  /** For backtraces of several lists. */
  readonly #stacks: Stacks;

  // What a list has of its own, innermost first: see `AddressFrames.get` and `LastList`.
  #heads = new Int32Array(512);
  #tails = new Int32Array(512);
  #distances = new Int32Array(512);
  #length = 0;
  /** By thread. */
  readonly #last = Array.from({ length: lastStackPlaces }, () => new LastList());
  #place = 0;

  /** Of the list that was taken last: the node of all frames but the innermost. */
  #takenCallers = noParent;
  // All lists: that node, and the innermost address, which as a rule has a name and is not asked for.
  readonly #callers = growI32();
  readonly #firstHeads = growI32();
  readonly #firstTails = growI32();

  constructor(builder: ProfileBuilder, frames: Frames) {
    this.#builder = builder;
    this.#frames = frames;
    this.#stacks = new Stacks(builder);
    this.#addresses = new AddressFrames((value) => frames.bareAddress(hexOf(value)));
    this.#longAddresses = new Names((bytes, start, end) =>
      frames.bareAddress(hexOf(BigInt(bytes.toString("latin1", start, end)))),
    );
    this.#leaves = new Names((bytes, start, end) => this.#named(decodeText(bytes, start, end)));
    this.#labels = new Names((bytes, start, end) => this.#named(leafIn(bytes, start, end)));
  }

  /** The frame of an innermost function; -1 for one without a name. */
  #named(name: string): number {
    if (name === "") return -1;
    if (!/^0x[0-9a-f]{1,16}$/i.test(name)) {
      return this.#frames.frame(this.#builder.string(name), 0, 0, false);
    }
    this.takeText(BigInt(name).toString());
    return this.#frame(this.#heads[0]!, this.#tails[0]!);
  }

  /** See `Stacks.expect`. */
  expect(thread: number): void {
    this.#place = thread & (lastStackPlaces - 1);
  }

  /**
   * Reads the list that is all of an element's text.
   * @returns where the end tag stands, or `at` when the text is cut off or something else
   */
  take(bytes: Buffer, view: DataView, at: number, end: number): number {
    const textEnd = bytes.indexOf(lessThan, at);
    if (textEnd < 0 || textEnd + 1 >= end || bytes[textEnd + 1] !== slash) return at;
    return this.#read(bytes, view, at, textEnd) ? textEnd : at;
  }

  /** The same for a text that was put together from pieces. */
  takeText(text: string): void {
    const bytes = Buffer.from(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!this.#read(bytes, view, 0, bytes.length)) this.#length = 0;
  }

  /** False when something in the text is no address. */
  #read(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const last = this.#last[this.#place]!;
    let shared = last.sharedDepth(view, start, end);
    if (!this.#parse(bytes, view, start, end - last.bytesOf(shared), end)) return false;
    if (this.#length === 0 && shared > 0) {
      // The innermost frame of this list is a caller in the last one.
      shared = 0;
      if (!this.#parse(bytes, view, start, end, end)) return false;
    }
    let depth = shared;
    let node = shared > 0 ? last.nodeAt(shared) : noParent;
    for (let i = this.#length - 1; i > 0; i--) {
      node = this.#child(node, this.#heads[i]!, this.#tails[i]!);
      last.set(depth++, node, this.#distances[i]!);
    }
    this.#takenCallers = node;
    last.keep(bytes, start, end, depth);
    return true;
  }

  /** Of the nodes that are there already, most were made one right after the other. */
  #child(node: number, head: number, tail: number): number {
    const builder = this.#builder;
    const next = node + 1;
    if (next < builder.nodeCount && builder.parentOf(next) === node && tail !== longTail) {
      if (this.#addresses.isOf(builder.frameOf(next), head, tail)) return next;
    }
    return builder.node(node, this.#frame(head, tail));
  }

  /** Reads the addresses in `[start, stop)` of a text that ends at `end`. */
  #parse(bytes: Buffer, view: DataView, start: number, stop: number, end: number): boolean {
    this.#length = 0;
    let p = start;
    while (p < stop) {
      if (bytes[p]! <= space) {
        p++;
        continue;
      }
      const first = p;
      let head = 0;
      if (p + 8 <= stop) {
        const upper = fourDigits(view.getInt32(p, true));
        const lower = fourDigits(view.getInt32(p + 4, true));
        if (upper >= 0 && lower >= 0) {
          head = upper * 10_000 + lower;
          p += 8;
        }
      }
      for (; p < stop && p < first + headDigits; p++) {
        const digit = bytes[p]! - zero;
        if (digit < 0 || digit > 9) break;
        head = head * 10 + digit;
      }
      let tail = 1;
      for (; p < stop && p <= first + 2 * headDigits; p++) {
        const digit = bytes[p]! - zero;
        if (digit < 0 || digit > 9) break;
        tail = tail * 10 + digit;
      }
      if (p - first > 2 * headDigits) {
        while (p < stop && bytes[p]! >= zero && bytes[p]! <= zero + 9) p++;
        if (p - first > longestAddress) return false;
        head = this.#longAddresses.get(bytes, view, first, p);
        tail = longTail;
      }
      if (p === first || (p < stop && bytes[p]! > space)) return false;
      this.#push(head, tail, end - first + 1);
    }
    return true;
  }

  #push(head: number, tail: number, distance: number): void {
    if (this.#length === this.#heads.length) {
      this.#heads = doubled(this.#heads);
      this.#tails = doubled(this.#tails);
      this.#distances = doubled(this.#distances);
    }
    this.#heads[this.#length] = head;
    this.#tails[this.#length] = tail;
    this.#distances[this.#length++] = distance;
  }

  #frame(head: number, tail: number): number {
    return tail === longTail ? head : this.#addresses.get(head, tail);
  }

  /** The row of the list that was taken last, or `nothing` when it was empty. */
  define(): number {
    if (this.#length === 0) return nothing;
    this.#firstHeads.push(this.#heads[0]!);
    this.#firstTails.push(this.#tails[0]!);
    return this.#callers.push(this.#takenCallers);
  }

  /** The frame of the innermost function that a backtrace's `fmt` names, or -1. */
  leaf(bytes: Buffer, view: DataView, start: number, end: number): number {
    const nameEnd = leafEnd(bytes, start, end);
    if (nameEnd < 0) return this.#labels.get(bytes, view, start, end);
    return nameEnd > start ? this.#leaves.get(bytes, view, start, nameEnd) : -1;
  }

  /**
   * The node of a backtrace made of lists.
   * @param list of the innermost frames, or `nothing`
   * @param more of the frames that called those
   * @param leaf frame, or -1 where only the address is known
   */
  node(list: number, more: readonly number[], leaf: number): number {
    if (list === nothing) return nothing;
    const top = leaf < 0 ? this.#firstFrame(list) : leaf;
    if (more.length === 0) return this.#builder.node(this.#callers.array[list]!, top);
    this.#stacks.clear();
    this.#stacks.push(top);
    this.#stacks.pushAll(this.#callers.array[list]!);
    for (const next of more) {
      this.#stacks.push(this.#firstFrame(next));
      this.#stacks.pushAll(this.#callers.array[next]!);
    }
    return this.#stacks.node();
  }

  #firstFrame(list: number): number {
    return this.#frame(this.#firstHeads.array[list]!, this.#firstTails.array[list]!);
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    this.#addresses.release();
    for (const { array } of [this.#callers, this.#firstHeads, this.#firstTails]) release(array);
  }
}

/** The number that four bytes write, the first of them lowest; -1 when they are no digits. */
function fourDigits(bytes: number): number {
  const digits = bytes ^ 0x30303030;
  if (((digits + 0x76767676) | digits) & 0x80808080) return -1;
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

/** All numbers of three hexadecimal digits. */
const hexThree = Array.from({ length: 4096 }, (_, i) => i.toString(16).padStart(3, "0"));

/** From pieces, which takes less than half the time that the whole number would. */
function hexOf(address: number | bigint): string {
  if (typeof address === "bigint" || address < lowPart) return `0x${address.toString(16)}`;
  const low = address % lowPart;
  const high = Math.floor(address / lowPart);
  return `0x${high.toString(16)}${hexThree[low >>> 12]}${hexThree[low & 0xfff]}`;
}
