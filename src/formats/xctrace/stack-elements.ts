/**
 * The elements of a stack, in each of the shapes that Xcode has given it. A backtrace becomes a
 * node of the profile once, when it is defined: to refer to it costs nothing.
 *
 * | Xcode | Shape |
 * |---|---|
 * | 12.5, 14.0 | `backtrace fmt` > `process`, `text-addresses`: see `address-lists` |
 * | 14.3 to 26.3 | `backtrace` > `frame` > `binary`, `source` > `path` |
 * | 26.4 | `tagged-backtrace` > `backtrace` > `frame` |
 * | 27 | `tagged-backtrace` > `frame` |
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { AddressLists } from "./address-lists.ts";
import { decodeText } from "./entities.ts";
import type { Frames } from "./frames.ts";
import { type IdTable, nothing, rowIn } from "./id-table.ts";
import { Names } from "./names.ts";
import { Stacks } from "./stacks.ts";
import type { StartTag } from "./start-tag.ts";
import * as tags from "./tags.ts";

/** `<frame ref="`, as three little-endian numbers. */
const frameRef = Buffer.from('<frame ref="');
const frameRef0 = frameRef.readInt32LE(0);
const frameRef4 = frameRef.readInt32LE(4);
const frameRef8 = frameRef.readInt32LE(8);
const quote = 0x22;
const slash = 0x2f;
const greaterThan = 0x3e;
const zero = 0x30;

const notInlined = /^(?:false|0|no)?$/i;

export class StackElements {
  readonly lists: AddressLists;
  readonly #builder: ProfileBuilder;
  readonly #frames: Frames;
  readonly #ids: IdTable;
  readonly #stacks: Stacks;
  readonly #names: Names;
  /** What stands for a frame that a reference did not find. */
  #unknownFrame = nothing;

  // What is known so far of the elements that are open.
  #frameName = 0;
  #frameBinary = 0;
  #frameSource = 0;
  #frameInlined = false;
  #binary = 0;
  #line = 0;
  #path = 0;
  #leaf = -1;
  /** The first list of addresses, and those after it. */
  #list = nothing;
  readonly #moreLists: number[] = [];
  /** Of the backtrace in the tagged backtrace that is open. */
  #inner = nothing;
  #innerCount = 0;

  constructor(builder: ProfileBuilder, frames: Frames, ids: IdTable) {
    this.#builder = builder;
    this.#frames = frames;
    this.#ids = ids;
    this.#stacks = new Stacks(builder);
    this.#names = new Names((bytes, start, end) => builder.string(decodeText(bytes, start, end)));
    this.lists = new AddressLists(builder, frames);
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    this.lists.release();
    this.#frames.release();
  }

  /** See `Stacks.expect`. */
  expect(thread: number): void {
    this.#stacks.expect(thread);
    this.lists.expect(thread);
  }

  open(tag: number, start: StartTag): void {
    switch (tag) {
      case tags.frameTag:
        this.#openFrame(start);
        return;
      case tags.binaryTag:
        this.#binary = this.#frames.binary(start.text(start.name), start.text(start.path));
        return;
      case tags.sourceTag:
        this.#line = lineOf(start.text(start.line));
        this.#path = 0;
        return;
      case tags.backtraceTag: {
        const { bytes, view, fmt } = start;
        this.#clear();
        if (fmt.isPresent) this.#leaf = this.lists.leaf(bytes, view, fmt.start, fmt.end);
        return;
      }
      case tags.taggedBacktraceTag:
        this.#clear();
        this.#inner = nothing;
        this.#innerCount = 0;
    }
  }

  #clear(): void {
    this.#stacks.clear();
    this.#list = nothing;
    if (this.#moreLists.length > 0) this.#moreLists.length = 0;
    this.#leaf = -1;
  }

  #openFrame({ bytes, view, name, addr, inlined }: StartTag): void {
    this.#frameBinary = 0;
    this.#frameSource = 0;
    this.#frameInlined =
      inlined.isPresent && !notInlined.test(decodeText(bytes, inlined.start, inlined.end));
    const { start, end } = name.end > name.start ? name : addr;
    this.#frameName =
      end > start ? this.#names.get(bytes, view, start, end) : this.#builder.string("(unknown)");
  }

  /**
   * Takes as many `<frame ref="…"/>` as stand one behind the other, which is what most of an
   * export is. What is written in any other way is left to the scanner.
   */
  takeFrameRefs(bytes: Buffer, view: DataView, at: number, end: number): number {
    const { dense } = this.#ids;
    const stacks = this.#stacks;
    const last = end - frameRef.length - 4;
    while (
      at < last &&
      view.getInt32(at, true) === frameRef0 &&
      view.getInt32(at + 4, true) === frameRef4 &&
      view.getInt32(at + 8, true) === frameRef8
    ) {
      const first = at + frameRef.length;
      let p = first;
      let ref = 0;
      for (; p < end; p++) {
        const digit = bytes[p]! - zero;
        if (digit < 0 || digit > 9) break;
        ref = ref * 10 + digit;
      }
      // Ten digits or more are no Smi, nor an id that Xcode would write.
      if (p === first || p - first > 9 || p + 2 >= end) return at;
      if (bytes[p] !== quote || bytes[p + 1] !== slash || bytes[p + 2] !== greaterThan) return at;
      const frame = ref < dense.length ? rowIn(dense[ref]!, tags.frameTag) : nothing;
      if (frame < 0) return at;
      stacks.push(frame);
      at = p + 3;
    }
    return at;
  }

  /** The value of the element that ends: `nothing` for one without any. */
  close(tag: number, text: string): number {
    switch (tag) {
      case tags.frameTag:
        return this.#frames.frame(
          this.#frameName,
          this.#frameBinary,
          this.#frameSource,
          this.#frameInlined,
        );
      case tags.binaryTag:
        return this.#binary;
      case tags.pathTag:
        return this.#builder.string(text.trim());
      case tags.sourceTag:
        return this.#frames.source(this.#path, this.#line);
      case tags.backtraceTag:
        return this.#closeBacktrace();
      case tags.taggedBacktraceTag:
        return this.#innerCount > 0 ? this.#inner : this.#closeBacktrace();
      default:
        return nothing;
    }
  }

  #closeBacktrace(): number {
    const node =
      this.#stacks.length > 0
        ? this.#stacks.node()
        : this.lists.node(this.#list, this.#moreLists, this.#leaf);
    this.#clear();
    return node;
  }

  /** An element inside another one has this value. */
  give(tag: number, row: number, parent: number): void {
    switch (parent) {
      case tags.frameTag:
        if (tag === tags.binaryTag) this.#frameBinary = Math.max(row, 0);
        else if (tag === tags.sourceTag) this.#frameSource = Math.max(row, 0);
        return;
      case tags.sourceTag:
        if (tag === tags.pathTag) this.#path = Math.max(row, 0);
        return;
      case tags.backtraceTag:
        if (tag === tags.frameTag) this.#giveFrame(row);
        else if (tag === tags.textAddressesTag && row >= 0) this.#giveList(row);
        return;
      case tags.taggedBacktraceTag:
        if (tag === tags.frameTag) this.#giveFrame(row);
        else if (tag === tags.backtraceTag) this.#giveBacktrace(row);
    }
  }

  #giveFrame(row: number): void {
    if (row < 0 && this.#unknownFrame === nothing) {
      const unknown = this.#builder.func({ name: "(unknown)", category: "unaccounted" });
      this.#unknownFrame = this.#builder.frame(unknown);
    }
    this.#stacks.push(row < 0 ? this.#unknownFrame : row);
  }

  #giveList(row: number): void {
    if (this.#list === nothing) this.#list = row;
    else this.#moreLists.push(row);
  }

  #giveBacktrace(node: number): void {
    this.#innerCount++;
    if (this.#inner === nothing) this.#inner = node;
    if (this.#innerCount === 1) return;
    const message = "Backtraces beside the first of a sample were left out.";
    this.#builder.warn("extra-backtraces", message);
  }
}

function lineOf(text: string): number {
  return /^\s*\d{1,10}\s*$/.test(text) ? Number(text) : 0;
}
