/**
 * The last list of addresses of a thread: its text, and the node of each of its callers. What a
 * list has in common with it at the bottom, byte for byte, need not be read again.
 */
import { doubled } from "./stacks.ts";

/** Longer texts are not kept: a thousand frames and more. */
const maxBytes = 1 << 16;

export class LastList {
  /** The text stands at the end. */
  #bytes = Buffer.alloc(1 << 10);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  #length = 0;
  // By depth, bottom first: the node, and how far before the text's end the separator stands that
  // is before the address.
  #nodes = new Int32Array(64);
  #distances = new Int32Array(64);
  #depth = 0;

  /** How many callers at the bottom are those of the text that is `[start, end)`. */
  sharedDepth(view: DataView, start: number, end: number): number {
    const own = this.#view;
    const delta = own.byteLength - end;
    const limit = Math.max(start, end - this.#length);
    let at = end;
    while (at - 4 >= limit && view.getInt32(at - 4, true) === own.getInt32(at - 4 + delta, true)) {
      at -= 4;
    }
    while (at > limit && view.getUint8(at - 1) === own.getUint8(at - 1 + delta)) at--;
    const common = end - at;
    let depth = this.#depth;
    while (depth > 0 && this.#distances[depth - 1]! > common) depth--;
    return depth;
  }

  /** How many bytes at the text's end so many callers at the bottom are. */
  bytesOf(depth: number): number {
    return depth > 0 ? this.#distances[depth - 1]! : 0;
  }

  /** The node of so many callers at the bottom, of which there is at least one. */
  nodeAt(depth: number): number {
    return this.#nodes[depth - 1]!;
  }

  /** Puts a caller on top of `depth` others. */
  set(depth: number, node: number, distance: number): void {
    if (depth === this.#nodes.length) {
      this.#nodes = doubled(this.#nodes);
      this.#distances = doubled(this.#distances);
    }
    this.#nodes[depth] = node;
    this.#distances[depth] = distance;
  }

  /** Makes `[start, end)` the text, once all `depth` callers of it are set. */
  keep(bytes: Buffer, start: number, end: number, depth: number): void {
    const length = end - start;
    while (length > this.#bytes.length && this.#bytes.length < maxBytes) this.#grow();
    const fits = length <= this.#bytes.length;
    this.#length = fits ? length : 0;
    this.#depth = fits ? depth : 0;
    if (fits) bytes.copy(this.#bytes, this.#bytes.length - length, start, end);
  }

  #grow(): void {
    this.#bytes = Buffer.alloc(this.#bytes.length * 2);
    const { buffer, byteOffset, length } = this.#bytes;
    this.#view = new DataView(buffer, byteOffset, length);
  }
}
