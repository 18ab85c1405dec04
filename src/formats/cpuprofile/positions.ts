/** Lines with columns as one number, so that a column of them costs four bytes a row. */
import { growU32 } from "../../profile/growable.ts";
import { PairIndex } from "../../profile/pair-index.ts";

const largest = 2 ** 32 - 1;

/** The id of "no known line". */
export const unknownPosition = 0;

export class Positions {
  readonly #lines = growU32();
  readonly #columns = growU32();
  readonly #index = new PairIndex();

  constructor() {
    this.#lines.push(0);
    this.#columns.push(0);
  }

  /** Both 1-based; what cannot be a line or column is unknown. */
  idOf(line: number, column: number): number {
    if (!isPosition(line)) return unknownPosition;
    const safeColumn = isPosition(column) ? column : 0;
    const known = this.#index.find(line, safeColumn, this.#lines.array, this.#columns.array);
    if (known >= 0) return known;
    const id = this.#lines.push(line);
    this.#columns.push(safeColumn);
    this.#index.add(id, this.#lines.array, this.#columns.array);
    return id;
  }

  line(id: number): number {
    return this.#lines.array[id]!;
  }

  column(id: number): number {
    return this.#columns.array[id]!;
  }
}

function isPosition(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= largest;
}
