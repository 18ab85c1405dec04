/**
 * Frames of the profile for frames of the document. A document has one for each address that was
 * sampled, the profile one for each function and line: most definitions end at a frame that is
 * there already.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growI32, growU32, release } from "../../profile/growable.ts";
import { PairIndex } from "../../profile/pair-index.ts";
import { type CategoryId, categoryId, tierId } from "../../profile/profile.ts";
import { categorizeBinary } from "./categorize.ts";

interface Binary {
  /** String of the builder: path, or name where the path is not known. */
  readonly module: number;
  readonly category: CategoryId;
}

/** Rows of something that is made once for each pair of numbers. */
class PairRows {
  readonly #a = growI32();
  readonly #b = growI32();
  readonly #index = new PairIndex();
  readonly #made = growU32();

  /** What was made for the pair, or -1. */
  get(a: number, b: number): number {
    const row = this.#index.find(a, b, this.#a.array, this.#b.array);
    return row < 0 ? -1 : this.#made.array[row]!;
  }

  /** For a pair that `get` did not find. */
  set(a: number, b: number, made: number): number {
    const row = this.#a.push(a);
    this.#b.push(b);
    this.#made.push(made);
    this.#index.add(row, this.#a.array, this.#b.array);
    return made;
  }

  release(): void {
    for (const { array } of [this.#a, this.#b, this.#made]) release(array);
    this.#index.release();
  }
}

/** Functions beyond these share one: a file that names millions is no recording. */
const maxFunctions = 1 << 21;
const maxBinaries = 1 << 16;
const nativeTier = tierId("native");
/** Twice a line and one more is an integer of 31 bits. */
const largestLine = 2 ** 29;

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #executables: ReadonlySet<string>;

  /** The first is that of frames without one. */
  readonly #binaries: Binary[];
  readonly #binaryRows = new Map<string, number>();
  /** By path and line: the sources. The first is "unknown". */
  readonly #sources = new PairRows();
  readonly #paths = growU32();
  readonly #lines = growU32();
  /** By name and binary: a function without a source, and the number of those with any. */
  readonly #plain = new PairRows();
  readonly #families = new PairRows();
  #familyCount = 0;
  #functionCount = 0;
  /** By family and path. */
  readonly #functions = new PairRows();
  /** By function, and line and whether it is inlined: frames with one of the two. */
  readonly #placed = new PairRows();
  /** By function: the frame without, plus one. */
  readonly #unplaced = growU32();

  constructor(builder: ProfileBuilder, executables: ReadonlySet<string>) {
    this.#builder = builder;
    this.#executables = executables;
    this.#binaries = [{ module: builder.string(""), category: categoryId("native") }];
    this.source(0, 0);
  }

  /** @param path `""` where only the name is known */
  binary(name: string, path: string): number {
    const category = categorizeBinary(name, path, this.#executables);
    const module = path || name;
    const key = `${category} ${module}`;
    let row = this.#binaryRows.get(key);
    if (row === undefined) {
      if (this.#binaries.length === maxBinaries) {
        this.#builder.warn(
          "too-many-binaries",
          `Binaries beyond ${maxBinaries} were not told apart.`,
        );
        return 0;
      }
      const binary = { module: this.#builder.string(module), category: categoryId(category) };
      row = this.#binaries.push(binary) - 1;
      this.#binaryRows.set(key, row);
    }
    return row;
  }

  /**
   * @param path string of the builder
   * @param line 1-based, 0 for unknown
   */
  source(path: number, line: number): number {
    const known = line <= largestLine ? line : 0;
    const row = this.#sources.get(path, known);
    if (row >= 0) return row;
    this.#paths.push(path);
    return this.#sources.set(path, known, this.#lines.push(known));
  }

  /**
   * The builder's frame.
   * @param name string of the builder
   * @param binary,source of these methods, or 0 where the frame has none
   */
  frame(name: number, binary: number, source: number, inlined: boolean): number {
    const line = this.#lines.array[source]!;
    const func = this.#function(name, binary, this.#paths.array[source]!);
    if (line === 0 && !inlined) return this.#unplacedFrame(func);
    const place = line * 2 + (inlined ? 1 : 0);
    const known = this.#placed.get(func, place);
    return known >= 0 ? known : this.#placed.set(func, place, this.#makeFrame(func, line, inlined));
  }

  #unplacedFrame(func: number): number {
    while (func >= this.#unplaced.length) this.#unplaced.push(0);
    const frames = this.#unplaced.array;
    if (frames[func] === 0) frames[func] = this.#makeFrame(func, 0, false) + 1;
    return frames[func]! - 1;
  }

  #function(name: number, binary: number, path: number): number {
    if (path === 0) {
      const known = this.#plain.get(name, binary);
      return known >= 0
        ? known
        : this.#plain.set(name, binary, this.#makeFunction(name, binary, 0));
    }
    let family = this.#families.get(name, binary);
    if (family < 0) family = this.#families.set(name, binary, this.#familyCount++);
    const known = this.#functions.get(family, path);
    if (known >= 0) return known;
    return this.#functions.set(family, path, this.#makeFunction(name, binary, path));
  }

  /** A frame of code of which nothing but the address is known, to be asked for once for each. */
  bareAddress(hex: string): number {
    const name = this.#isFull ? 0 : this.#builder.rawString(hex);
    return this.#unplacedFrame(this.#makeFunction(name, 0, 0));
  }

  /** Gives its memory back; it must not be used afterwards. */
  release(): void {
    for (const rows of [this.#plain, this.#families, this.#functions, this.#placed]) rows.release();
    release(this.#unplaced.array);
  }

  #makeFrame(func: number, line: number, inlined: boolean): number {
    return this.#builder.rawFrame(func, line, nativeTier, inlined);
  }

  get #isFull(): boolean {
    return this.#functionCount === maxFunctions;
  }

  #makeFunction(name: number, binary: number, path: number): number {
    if (this.#isFull) {
      const message = `Functions beyond ${maxFunctions} were not told apart.`;
      this.#builder.warn("too-many-functions", message);
      return this.#builder.func({ name: "(any other)", category: "unaccounted" });
    }
    this.#functionCount++;
    const { module, category } = this.#binaries[binary]!;
    return this.#builder.rawFunc(name, path, module, category);
  }
}
