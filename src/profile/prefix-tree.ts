/**
 * A tree in which no two children of a node have the same key, as columns: a node's index is
 * greater than its parent's. Most nodes are only children and most that is asked for was the last
 * answer at that place, so few nodes are ever looked up in an index.
 */
import { grown, release } from "./growable.ts";
import { PairIndex } from "./pair-index.ts";

export class PrefixTree {
  // Not `Growable`: one code path for one type of array is three times as fast here.
  #parent = new Int32Array(1 << 12);
  #key = new Uint32Array(1 << 12);
  #length = 0;
  readonly #siblings = new PairIndex();
  /** By parent + 1: 0 without children, `~child` of an only child, else the last one met + 1. */
  #lastChild = new Int32Array(1 << 12);

  get length(): number {
    return this.#length;
  }

  parentOf(node: number): number {
    return this.#parent[node]!;
  }

  keyOf(node: number): number {
    return this.#key[node]!;
  }

  /** The child of `parent`, or of none with `noParent`, that has this key. */
  node(parent: number, key: number): number {
    const known = this.#lastChild[parent + 1]!;
    if (known === 0) {
      const node = this.add(parent, key);
      this.#lastChild[parent + 1] = ~node;
      return node;
    }
    const last = known < 0 ? ~known : known - 1;
    if (this.#key[last] === key) return last;
    const node = known < 0 ? this.#secondChild(last, key) : this.#sibling(parent, key);
    this.#lastChild[parent + 1] = node + 1;
    return node;
  }

  #secondChild(first: number, key: number): number {
    this.#siblings.add(first, this.#parent, this.#key);
    return this.#addSibling(this.#parent[first]!, key);
  }

  #sibling(parent: number, key: number): number {
    const node = this.#siblings.find(parent, key, this.#parent, this.#key);
    return node < 0 ? this.#addSibling(parent, key) : node;
  }

  #addSibling(parent: number, key: number): number {
    const node = this.add(parent, key);
    this.#siblings.add(node, this.#parent, this.#key);
    return node;
  }

  /** A node that is known to be new, and that `node` will never be asked for. */
  add(parent: number, key: number): number {
    const id = this.#length++;
    if (id + 1 === this.#parent.length) this.#grow();
    this.#parent[id] = parent;
    this.#key[id] = key;
    return id;
  }

  #grow(): void {
    this.#parent = grown(Int32Array, this.#parent);
    this.#key = grown(Uint32Array, this.#key);
    this.#lastChild = grown(Int32Array, this.#lastChild);
  }

  /** The columns. The tree must not be used afterwards. */
  finish(): { readonly parent: Int32Array; readonly key: Uint32Array } {
    this.#siblings.release();
    release(this.#lastChild);
    const parent = this.#parent.subarray(0, this.#length);
    return { parent, key: this.#key.subarray(0, this.#length) };
  }
}
