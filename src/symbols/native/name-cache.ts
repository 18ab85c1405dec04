/** Names found before, kept by what the module's file was then: its path, size and time. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../toolchain/data-folder.ts";

const maxNames = 50_000;

/** Address → name; `""` for an address that no function holds. */
export type Names = Map<number, string>;

export function defaultCacheDir(): string {
  return join(cacheFolder(), "native-names");
}

export class NameCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws when the module is not there. */
  async read(module: string): Promise<Names> {
    const file = await this.#file(module);
    try {
      const entries = JSON.parse(await readFile(file, "utf8")) as unknown;
      return new Map(isEntries(entries) ? entries : []);
    } catch {
      return new Map();
    }
  }

  /** Best effort: without a cache the names are looked up again. */
  async write(module: string, names: Names): Promise<void> {
    try {
      const file = await this.#file(module);
      await mkdir(this.#folder, { recursive: true });
      const partial = `${file}.${randomUUID()}`;
      try {
        await writeFile(partial, JSON.stringify([...names].slice(-maxNames)));
        await rename(partial, file);
      } finally {
        await rm(partial, { force: true });
      }
    } catch {
      // A full or read-only disk is no reason to have no names.
    }
  }

  async #file(module: string): Promise<string> {
    const { size, mtimeMs } = await stat(module);
    const key = createHash("sha256")
      .update(JSON.stringify([module, size, mtimeMs]))
      .digest("hex");
    return join(this.#folder, `${key.slice(0, 32)}.json`);
  }
}

function isEntries(value: unknown): value is [number, string][] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) =>
        Array.isArray(entry) && typeof entry[0] === "number" && typeof entry[1] === "string",
    )
  );
}
