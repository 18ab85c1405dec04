/**
 * What stands behind the ids of a document: for each its tag and a row of that tag's table, in
 * four bytes. Ids are dense and ascending in what Xcode writes, so they index an array; any other
 * number up to 2^53 still works, through a map, as far as memory allows.
 */
import { grown, release } from "../../profile/growable.ts";

/** The element is there and has no value. */
export const nothing = -1;
/** No element with that id and tag was defined before. */
export const lost = -2;

const rowBits = 27;
const rowMask = (1 << rowBits) - 1;
/** Rows are stored plus one: 0 is "no value". */
const largestRow = rowMask - 1;
const undefinedEntry = 0;

/** The array may have so many times more places than ids were defined, and so many to begin with. */
const slack = 4;
const firstPlaces = 1 << 16;
const largestDenseId = 1 << 26;
const maxSparseIds = 1 << 18;

/** The row in an entry of `dense` that is of this tag; negative otherwise. */
export function rowIn(entry: number, tag: number): number {
  return entry >>> rowBits === tag ? (entry & rowMask) - 1 : lost;
}

export class IdTable {
  /** `tag << rowBits | row + 1` by id. */
  #dense = new Uint32Array(firstPlaces);
  /** Ids that have no place in the array. */
  readonly #sparse = new Map<number, number>();
  #defined = 0;
  /** Definitions that were not kept: there is no room for so many ids out of order. */
  dropped = 0;

  /** @param row of the tag's table, or `nothing` */
  set(id: number, tag: number, row: number): void {
    const fits = row <= largestRow;
    const entry = fits ? ((tag << rowBits) | (row + 1)) >>> 0 : undefinedEntry;
    if (!fits) this.dropped++;
    this.#defined++;
    if (id < this.#dense.length) this.#dense[id] = entry;
    else this.#setFar(id, entry);
  }

  /** The id belongs to something of no interest from now on. */
  forget(id: number): void {
    if (id < this.#dense.length) this.#dense[id] = undefinedEntry;
    else this.#sparse.delete(id);
  }

  /**
   * Rows of those that index the array, by id: see `rowIn`. For a loop that would ask for one after
   * the other; valid until the next `set`.
   */
  get dense(): Uint32Array {
    return this.#dense;
  }

  /** The row that was set last for the id, if it was with this tag; `nothing` or `lost`. */
  get(id: number, tag: number): number {
    const entry = id < this.#dense.length ? this.#dense[id]! : this.#entryFar(id);
    return rowIn(entry, tag);
  }

  #entryFar(id: number): number {
    return this.#sparse.get(id) ?? undefinedEntry;
  }

  #setFar(id: number, entry: number): void {
    if (id < largestDenseId && id < this.#defined * slack + firstPlaces) {
      while (id >= this.#dense.length) this.#grow();
      this.#dense[id] = entry;
    } else if (this.#sparse.size < maxSparseIds || this.#sparse.has(id)) {
      this.#sparse.set(id, entry);
    } else {
      this.dropped++;
    }
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    release(this.#dense);
    this.#sparse.clear();
  }

  #grow(): void {
    const from = this.#dense.length;
    this.#dense = grown(Uint32Array, this.#dense);
    for (const [id, entry] of this.#sparse) {
      if (id < from || id >= this.#dense.length) continue;
      this.#dense[id] = entry;
      this.#sparse.delete(id);
    }
  }
}
