/**
 * Row numbers for node ids, given out in order of first mention. Ids are small and dense in what
 * V8 writes, so they index an array; any other number still works, through a map.
 */
const largestDenseId = 1 << 24;

export class IdRows {
  length = 0;
  /** Row + 1 by id: 0 is "not seen". */
  #dense = new Uint32Array(1 << 12);
  readonly #sparse = new Map<number, number>();

  /** The id's row; equal to the former `length` when the id is new. */
  rowOf(id: number): number {
    const entry = id < this.#dense.length ? this.#dense[id] : undefined;
    if (entry !== undefined && entry > 0) return entry - 1;
    return this.#slowRowOf(id);
  }

  #slowRowOf(id: number): number {
    if (Number.isInteger(id) && id >= 0 && id < largestDenseId) {
      while (id >= this.#dense.length) {
        const grown = new Uint32Array(this.#dense.length * 2);
        grown.set(this.#dense);
        this.#dense = grown;
      }
      this.#dense[id] = this.length + 1;
      return this.length++;
    }
    const known = this.#sparse.get(id);
    if (known !== undefined) return known;
    this.#sparse.set(id, this.length);
    return this.length++;
  }
}
