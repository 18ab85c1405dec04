/**
 * The artifacts of one user. An entry appears whole, by a rename, or not at all; it is never
 * written into afterwards, names nothing outside itself, and can be moved to another machine.
 *
 * ```
 * entries/<key>/manifest.json, files.json, products/   what can be restored
 * staging/<key>/                           a build under way, or one that was interrupted
 * bad/<id>.json                            builds that did not come up, and why
 * used/<key>.json                          which was used when
 * locks/<key>.lock                         held while an entry is made or replaced
 * trash/                                   what is being deleted
 * ```
 */
import { randomUUID } from "node:crypto";
import { access, constants, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensurePrivateFolder } from "../../toolchain/private-file.ts";
import { type HeldLock, holdLock, type LockOptions, tryLock } from "../file-lock.ts";
import type { Hasher } from "../hashing/hasher.ts";
import { fileFault, RunnerError, writeBelow } from "../runner-error.ts";
import { removeHalves, writeWholeFile } from "../whole-file.ts";
import { cacheKey } from "./cache-key.ts";
import { type Manifest, readManifest } from "./manifest.ts";

export interface Entry {
  readonly manifest: Manifest;
  /** Absolute paths. */
  readonly folder: string;
  readonly products: string;
  /** The `.xctestrun`. */
  readonly testRun: string;
}

/** `condemned` and `broken` come with why; the entry is not to be used. */
export type Found =
  | { readonly kind: "found"; readonly entry: Entry }
  | { readonly kind: "none" }
  | { readonly kind: "condemned" | "broken"; readonly reason: string };

interface Used {
  /** Grows with every use: no clock decides what is old. */
  readonly order: number;
  /** Milliseconds since the epoch; for people only. */
  readonly at: number;
}

export class EntryStore {
  readonly folder: string;
  readonly #hasher: Hasher;

  constructor(folder: string, hasher: Hasher) {
    this.folder = folder;
    this.#hasher = hasher;
  }

  /** @throws RunnerError `disk-full`, `not-writable`, `unusable-folder` */
  async prepareFolder(): Promise<void> {
    await writeBelow(this.folder, async () => {
      await ensurePrivateFolder(this.folder);
      for (const name of ["entries", "staging", "bad", "used", "locks", "trash"]) {
        await mkdir(join(this.folder, name), { recursive: true });
      }
    });
  }

  /** Whether this user may. @throws RunnerError `disk-full`, `unusable-folder` */
  async isWritable(): Promise<boolean> {
    try {
      await this.prepareFolder();
      await writeBelow(this.folder, () => access(join(this.folder, "entries"), constants.W_OK));
      return true;
    } catch (error) {
      if (error instanceof RunnerError && error.code === "not-writable") return false;
      throw error;
    }
  }

  /** @throws RunnerError `cannot-lock` */
  lock(key: string, options?: LockOptions): Promise<HeldLock> {
    return holdLock(this.#lockPath(key), options);
  }

  tryLock(key: string): Promise<HeldLock | undefined> {
    return tryLock(this.#lockPath(key));
  }

  /** An entry by its manifest alone. */
  async find(key: string): Promise<Found> {
    const folder = this.#entry(key);
    const manifest = await readManifest(join(folder, "manifest.json"));
    if (manifest === undefined) return { kind: "none" };
    if (typeof manifest === "string") return { kind: "broken", reason: manifest };
    if (manifest.key !== key || cacheKey(manifest.metadata) !== key) {
      return { kind: "broken", reason: "it was built from something else" };
    }
    const condemned = await this.#condemned(manifest.id);
    if (condemned !== undefined) return { kind: "condemned", reason: condemned };
    const products = join(folder, "products");
    const testRun = join(products, manifest.testRun);
    return { kind: "found", entry: { manifest, folder, products, testRun } };
  }

  /**
   * Every file by size and kind; the content of those that nothing runs without and of some others,
   * or of all.
   * @returns why it is not what was built, or `undefined`.
   */
  async validate(
    { manifest, folder }: Pick<Entry, "manifest" | "folder">,
    options: { readonly whole: boolean; readonly signal?: AbortSignal },
  ): Promise<string | undefined> {
    const request = {
      kind: "check",
      products: join(folder, "products"),
      list: join(folder, "files.json"),
      listSha256: manifest.files.sha256,
      essential: manifest.essential,
      whole: options.whole,
    } as const;
    try {
      return (await this.#hasher.ask(request, options.signal)).problem;
    } catch (error) {
      options.signal?.throwIfAborted();
      return `a file cannot be read: ${(error as Error).message}`;
    }
  }

  /** Where a build of a key goes; what an interrupted one left there is there. */
  staging(key: string): string {
    return join(this.folder, "staging", key);
  }

  async discardStaging(key: string): Promise<void> {
    await this.#discard(this.staging(key));
  }

  /**
   * Makes a complete build the entry of its key, in place of any other.
   * @param prepared a folder on the same disk that holds `products/` and `files.json`
   */
  async commit(prepared: string, manifest: Manifest): Promise<Entry> {
    return writeBelow(this.folder, async () => {
      await writeWholeFile(join(prepared, "manifest.json"), JSON.stringify(manifest));
      const folder = this.#entry(manifest.key);
      await this.#discard(folder);
      await rename(prepared, folder);
      const products = join(folder, "products");
      return { manifest, folder, products, testRun: join(products, manifest.testRun) };
    });
  }

  /** Says for good that this one build is not to be used; a new build of its key may be. */
  async condemn({ manifest: { id, key } }: Entry, reason: string): Promise<void> {
    await writeBelow(this.folder, async () => {
      const mark = JSON.stringify({ key, reason, at: new Date().toISOString() });
      await writeWholeFile(this.#badMark(id), mark);
    });
  }

  /** Best effort: an entry that cannot be noted as used is used all the same. */
  async noteUse(key: string): Promise<void> {
    try {
      const all = await this.uses();
      const order = Math.max(0, ...[...all.values()].map((use) => use.order)) + 1;
      const path = join(this.folder, "used", `${key}.json`);
      await writeWholeFile(path, JSON.stringify({ order, at: Date.now() } satisfies Used));
    } catch {
      // A cache that cannot be written is not pruned either.
    }
  }

  async uses(): Promise<Map<string, Used>> {
    const names = await readdir(join(this.folder, "used")).catch(() => []);
    const found = await Promise.all(
      names.map(async (name) => {
        const text = await readFile(join(this.folder, "used", name), "utf8").catch(() => "");
        const used = parseUsed(text);
        return used ? [[name.replace(/\.json$/, ""), used] as const] : [];
      }),
    );
    return new Map(found.flat());
  }

  async keys(): Promise<string[]> {
    const names = await readdir(join(this.folder, "entries")).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  /** Removes an entry and what is known of it. */
  async remove(key: string): Promise<void> {
    const manifest = await readManifest(join(this.#entry(key), "manifest.json"));
    await this.#discard(this.#entry(key));
    await rm(join(this.folder, "used", `${key}.json`), { force: true });
    if (typeof manifest === "object") await rm(this.#badMark(manifest.id), { force: true });
  }

  /** Deletes what was put away and could not be deleted then, and what nobody goes on writing. */
  async emptyTrash(): Promise<void> {
    for (const name of ["bad", "used"]) await removeHalves(join(this.folder, name));
    for (const name of await readdir(join(this.folder, "trash")).catch(() => [])) {
      await rm(join(this.folder, "trash", name), { recursive: true, force: true }).catch(() => {});
    }
  }

  async stagingKeys(): Promise<string[]> {
    return readdir(join(this.folder, "staging")).catch(() => []);
  }

  entryFolder(key: string): string {
    return this.#entry(key);
  }

  async #condemned(id: string): Promise<string | undefined> {
    let text: string;
    try {
      text = await readFile(this.#badMark(id), "utf8");
    } catch {
      return undefined;
    }
    try {
      const { reason } = JSON.parse(text) as { reason?: unknown };
      if (typeof reason === "string") return reason;
    } catch {
      // That it was condemned is known; only why is not.
    }
    return "it did not come up earlier";
  }

  /** Out of its place at once, so that nobody meets half of it. */
  async #discard(path: string): Promise<void> {
    const away = join(this.folder, "trash", randomUUID());
    try {
      await rename(path, away);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw fileFault(this.folder, error) ?? error;
    }
    await rm(away, { recursive: true, force: true }).catch(() => {});
  }

  #entry(key: string): string {
    if (!/^[0-9a-f]{64}$/.test(key)) throw new RunnerError("bad-key", "caller", `No key: ${key}.`);
    return join(this.folder, "entries", key);
  }

  #lockPath(key: string): string {
    return join(this.folder, "locks", `${key}.lock`);
  }

  #badMark(id: string): string {
    return join(this.folder, "bad", `${id}.json`);
  }
}

function parseUsed(text: string): Used | undefined {
  try {
    const { order, at } = JSON.parse(text) as Partial<Used>;
    return typeof order === "number" && typeof at === "number" ? { order, at } : undefined;
  } catch {
    return undefined;
  }
}
