/** A typed array that doubles when full: one column of a table that is still being filled. */

type NumericArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

class Growable<A extends NumericArray> {
  length = 0;
  array: A;
  readonly #make: (capacity: number) => A;

  constructor(make: (capacity: number) => A, capacity = 1024) {
    this.#make = make;
    this.array = make(capacity);
  }

  push(value: number): number {
    if (this.length === this.array.length) {
      const grown = this.#make(this.array.length * 2);
      grown.set(this.array);
      this.array = grown;
    }
    this.array[this.length] = value;
    return this.length++;
  }

  /** A view of exactly the filled part; the column must not grow afterwards. */
  finish(): A {
    return this.array.subarray(0, this.length) as A;
  }
}

export const growU8 = () => new Growable<Uint8Array>((n) => new Uint8Array(n));
export const growU16 = () => new Growable<Uint16Array>((n) => new Uint16Array(n));
export const growU32 = () => new Growable<Uint32Array>((n) => new Uint32Array(n));
export const growI32 = () => new Growable<Int32Array>((n) => new Int32Array(n));
export const growF64 = () => new Growable<Float64Array>((n) => new Float64Array(n));
