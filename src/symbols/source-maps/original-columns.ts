/** The `original…` columns of a profile, filled on copies. */
import type { Profile } from "../../profile/profile.ts";

export interface ResolvedPosition {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

type Columns = Pick<Profile["frames"], "originalUrl" | "originalLine" | "originalColumn">;

export class OriginalColumns {
  readonly #profile: Profile;
  readonly #functions: Columns;
  readonly #frames: Columns;
  readonly #names: Uint32Array;
  readonly #strings: string[];
  readonly #stringIds: Map<string, number>;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#functions = copyOf(profile.functions);
    this.#frames = copyOf(profile.frames);
    this.#names = profile.functions.originalName.slice();
    this.#strings = [...profile.strings];
    this.#stringIds = new Map(profile.strings.map((text, id) => [text, id]));
  }

  setFunction(func: number, position: ResolvedPosition): void {
    this.#set(this.#functions, func, position);
  }

  setFrame(frame: number, position: ResolvedPosition): void {
    this.#set(this.#frames, frame, position);
  }

  setName(func: number, name: string): void {
    this.#names[func] = this.#stringId(name);
  }

  /** The tables that are now different. */
  tables(): Pick<Profile, "functions" | "frames" | "strings"> {
    const { functions, frames } = this.#profile;
    return {
      functions: { ...functions, ...this.#functions, originalName: this.#names },
      frames: { ...frames, ...this.#frames },
      strings: this.#strings,
    };
  }

  #set(columns: Columns, row: number, { url, line, column }: ResolvedPosition): void {
    columns.originalUrl[row] = this.#stringId(url);
    columns.originalLine[row] = line;
    columns.originalColumn[row] = column;
  }

  #stringId(text: string): number {
    let id = this.#stringIds.get(text);
    if (id === undefined) {
      id = this.#strings.push(text) - 1;
      this.#stringIds.set(text, id);
    }
    return id;
  }
}

function copyOf({ originalUrl, originalLine, originalColumn }: Columns): Columns {
  return {
    originalUrl: originalUrl.slice(),
    originalLine: originalLine.slice(),
    originalColumn: originalColumn.slice(),
  };
}
