/** The profile's frames by the function they run, how it was compiled, and the place in it. */
import { growI32, growU32 } from "../../profile/growable.ts";
import { PairIndex } from "../../profile/pair-index.ts";

export class PlaceFrames {
  readonly #code = growI32();
  readonly #position = growU32();
  readonly #frame = growU32();
  readonly #index = new PairIndex();

  /** The frame, or -1. Both are 0 or more. */
  find(code: number, position: number): number {
    const row = this.#index.find(code, position, this.#code.array, this.#position.array);
    return row < 0 ? -1 : this.#frame.array[row]!;
  }

  /** Adds what `find` did not find. */
  add(code: number, position: number, frame: number): void {
    this.#code.push(code);
    this.#position.push(position);
    const row = this.#frame.push(frame);
    this.#index.add(row, this.#code.array, this.#position.array);
  }
}
