/** The shared libraries and the executable: native code, and where it came from. */
import { basename, win32 } from "node:path";

export interface Library {
  readonly path: string;
  readonly start: number;
  end: number;
  readonly slide: number;
}

export class Libraries {
  readonly #libraries: Library[] = [];
  #last: Library | undefined;

  /** Several lines can describe one file with one start: they widen it. */
  add(library: Library): void {
    const { path, start, end } = library;
    const known = this.#libraries.find((each) => each.path === path && each.start === start);
    if (known) {
      known.end = Math.max(known.end, end);
      return;
    }
    this.#libraries.push({ ...library });
    this.#libraries.sort((a, b) => a.start - b.start);
  }

  find(address: number): Library | undefined {
    const last = this.#last;
    if (last && address >= last.start && address < last.end) return last;
    let low = 0;
    let high = this.#libraries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#libraries[middle]!.start <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.#libraries[low - 1];
    if (!found || address >= found.end) return undefined;
    this.#last = found;
    return found;
  }
}

/** Shown until the function has a name: `(libc.so.6)`. */
export function libraryLabel(path: string): string {
  const name = path.includes("\\") ? win32.basename(path) : basename(path);
  return name.startsWith("[") ? name : `(${name})`;
}

/**
 * The address inside the library's file. V8 gives the start of ELF and PE images so that this is
 * the offset from it: a file offset on Linux, a relative virtual address on Windows. On macOS it
 * gives the start of the code and the slide: there it is the address as linked.
 */
export function fileAddress(library: Library, address: number, platform: string): number {
  return platform === "darwin" || platform === "macos"
    ? address - library.slide
    : address - library.start;
}
