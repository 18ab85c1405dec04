/** A typed array that doubles when full: one column of a table that is still being filled. */

type NumericArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

interface ArrayType<A extends NumericArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (capacity: number): A;
  new (buffer: ArrayBuffer): A;
}

class Growable<A extends NumericArray> {
  length = 0;
  array: A;
  readonly #type: ArrayType<A>;

  constructor(type: ArrayType<A>) {
    this.#type = type;
    this.array = new type(1024);
  }

  push(value: number): number {
    if (this.length === this.array.length) this.array = grown(this.#type, this.array);
    this.array[this.length] = value;
    return this.length++;
  }

  /** A view of exactly the filled part; the column must not grow afterwards. */
  finish(): A {
    return this.array.subarray(0, this.length) as A;
  }
}

/**
 * The same code once more, for the two most used types of array: an engine that has seen all five
 * at one place looks the type up each time, which takes ten times as long as the rest.
 */
class GrowableU32 extends Growable<Uint32Array<ArrayBuffer>> {
  override push(value: number): number {
    if (this.length === this.array.length) this.array = grown(Uint32Array, this.array);
    this.array[this.length] = value;
    return this.length++;
  }
}

class GrowableF64 extends Growable<Float64Array<ArrayBuffer>> {
  override push(value: number): number {
    if (this.length === this.array.length) this.array = grown(Float64Array, this.array);
    this.array[this.length] = value;
    return this.length++;
  }
}

/**
 * An array of twice the length that begins with `array`'s elements, which is gone afterwards: the
 * collector would notice megabytes outside of its heap only when dozens of them had piled up. Not
 * by `transfer` to twice the size, which writes zeros to the new half: it would be resident at once.
 */
export function grown<A extends NumericArray>(type: ArrayType<A>, array: A): A {
  const twice = new type(array.length * 2);
  twice.set(array);
  release(array);
  return twice;
}

/** Gives an array's memory back now; the array is empty afterwards. */
export function release(array: NumericArray): void {
  array.buffer.transfer(0);
}

export const growU8 = () => new Growable(Uint8Array);
export const growU16 = () => new Growable(Uint16Array);
export const growU32 = () => new GrowableU32(Uint32Array);
export const growI32 = () => new Growable(Int32Array);
export const growF64 = () => new GrowableF64(Float64Array);
