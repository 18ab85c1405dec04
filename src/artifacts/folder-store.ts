/**
 * Evidence in a folder, private to this user and bounded: the oldest leaves first. Several
 * processes may use it at once.
 */
import { randomUUID } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { describeFileFault } from "../toolchain/file-fault.ts";
import { isAlive } from "../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { ArtifactError } from "./artifact-error.ts";
import { isPlainKey, kindOfName, parseKey } from "./key.ts";
import { outOfBounds } from "./prune.ts";
import { Counter, counted, openSource } from "./source.ts";
import {
  type Artifact,
  type ArtifactStore,
  byAge,
  type OpenArtifact,
  pinSuffix,
  type Source,
} from "./store.ts";

export const defaultStoreBytes = 2 * 1024 ** 3;

/** Where puts are made ready. A name with a dot is no key. */
const scratchName = ".incoming";
/** Another process may take away the folder that a put has just made, as it is empty. */
const attempts = 100;

export interface FolderBounds {
  /** Of all artifacts together; what is pinned stays even above it. */
  readonly maxBytes: number;
}

export class FolderStore implements ArtifactStore {
  /** Absolute path. */
  readonly place: string;
  readonly #maxBytes: number;

  constructor(place: string, { maxBytes }: FolderBounds = { maxBytes: Number.POSITIVE_INFINITY }) {
    this.place = place;
    this.#maxBytes = maxBytes;
  }

  async put(key: string, source: Source, task: TaskOptions = {}): Promise<number> {
    const path = this.#path(key);
    const { signal } = task;
    const opened = await openSource(source, signal);
    try {
      const scratch = join(this.place, scratchName);
      await this.#writing(() => mkdir(scratch, { recursive: true, mode: 0o700 }));
      await this.#sweep(scratch);
      const partial = join(scratch, `${process.pid}-${randomUUID()}`);
      const counter = new Counter();
      try {
        const chunks = counted(opened, counter, `Keeping ${key}`, task);
        const out = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
        await this.#writing(() => pipeline(chunks, out, signal ? { signal } : {}));
        await this.#place(partial, path, key);
      } finally {
        await rm(partial, { force: true });
      }
      await this.#prune(key);
      return counter.bytes;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      await opened.close();
    }
  }

  async list(prefix = "", { signal }: TaskOptions = {}): Promise<Artifact[]> {
    const files = await readdir(this.place, { recursive: true, withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw new ArtifactError("bad-store", `${this.place}: ${describeFileFault(error)}.`);
      },
    );
    const names = files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.place.length + 1))
      .map((name) => name.split(sep).join("/"))
      .filter(isPlainKey);
    const pinned = new Set(names.filter((name) => name.endsWith(pinSuffix)));
    const found: Artifact[] = [];
    for (const key of names) {
      signal?.throwIfAborted();
      if (pinned.has(key) || !isBelow(key, prefix)) continue;
      // One that another process has just removed is none.
      const stats = await stat(join(this.place, key)).catch(() => undefined);
      if (!stats) continue;
      const kind = kindOfName(key);
      found.push({
        key,
        ...(kind && { kind }),
        bytes: stats.size,
        time: parseKey(key)?.time ?? Math.round(stats.mtimeMs),
        pinned: pinned.has(key + pinSuffix),
      });
    }
    return found.sort(byAge);
  }

  async open(key: string): Promise<OpenArtifact> {
    const path = await this.#existing(key);
    // Not through a link: it may lead out of the store.
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? this.#missing(key) : error;
      },
    );
    const { size } = await file.stat();
    return { bytes: size, stream: file.createReadStream() };
  }

  async remove(key: string): Promise<void> {
    const path = await this.#existing(key);
    if (await exists(path + pinSuffix)) throw pinnedError(key);
    await rm(path);
    await this.#removeEmpty(dirname(path));
  }

  async setPinned(key: string, pinned: boolean): Promise<void> {
    const path = await this.#existing(key);
    if (pinned) {
      await this.#writing(() => writeFile(path + pinSuffix, "", { mode: 0o600 }));
      // It may have been pruned meanwhile.
      if (await exists(path)) return;
      await rm(path + pinSuffix, { force: true });
      throw this.#missing(key);
    }
    await rm(path + pinSuffix, { force: true });
  }

  pathOf(key: string): Promise<string> {
    return this.#existing(key);
  }

  close(): void {}

  /** Appears under its name at once, and never in place of another. */
  async #place(partial: string, path: string, key: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await linkOrRename(partial, path);
        return;
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "ENOENT" && attempt < attempts) continue;
        if (code === "EEXIST") {
          throw new ArtifactError("exists", `There is ${key} already.`, { cause });
        }
        throw this.#unwritable(cause);
      }
    }
  }

  async #prune(spare: string): Promise<void> {
    if (this.#maxBytes === Number.POSITIVE_INFINITY) return;
    // What somebody else put there is not ours to delete.
    const own = (await this.list()).filter(({ key }) => parseKey(key) !== undefined);
    for (const { key } of outOfBounds(own, this.#maxBytes, spare)) {
      const path = join(this.place, key);
      // Pinned since it was listed, or held open where that keeps it: it stays.
      if (await exists(path + pinSuffix)) continue;
      await rm(path, { force: true }).catch(() => {});
      await this.#removeEmpty(dirname(path));
    }
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at.length > this.place.length; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return;
      }
    }
  }

  /** What a process left that died in the middle of a put. */
  async #sweep(scratch: string): Promise<void> {
    for (const name of await readdir(scratch)) {
      const [pid = ""] = name.split("-");
      if (!/^\d+$/.test(pid) || isAlive(Number(pid))) continue;
      await rm(join(scratch, name), { force: true }).catch(() => {});
    }
  }

  #path(key: string): string {
    if (!isPlainKey(key) || key.endsWith(pinSuffix)) {
      throw new ArtifactError("bad-key", `${JSON.stringify(key)} is no name of an artifact.`);
    }
    return join(this.place, ...key.split("/"));
  }

  /** @throws ArtifactError `no-such-artifact`, also for what a link leads to outside. */
  async #existing(key: string): Promise<string> {
    const path = this.#path(key);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isFile()) throw this.#missing(key);
    const [root, folder] = await Promise.all([realpath(this.place), realpath(dirname(path))]);
    if (folder !== root && !folder.startsWith(root + sep)) throw this.#missing(key);
    return path;
  }

  #missing(key: string): ArtifactError {
    return new ArtifactError("no-such-artifact", `There is no ${key} in ${this.place}.`);
  }

  async #writing<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      throw isFileFault(cause) ? this.#unwritable(cause) : cause;
    }
  }

  #unwritable(cause: unknown): ArtifactError {
    const problem = `${this.place} cannot be written: ${describeFileFault(cause)}`;
    return new ArtifactError("unwritable-store", `${problem}.`, { cause });
  }
}

export function pinnedError(key: string): ArtifactError {
  return new ArtifactError("pinned", `${key} is pinned: unpin it first.`);
}

/** A prefix ends where a part ends. */
export function isBelow(key: string, prefix: string): boolean {
  return prefix === "" || key === prefix || key.startsWith(`${prefix.replace(/\/+$/, "")}/`);
}

function isFileFault(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** A link fails where a name is taken, which a rename does not; some disks have no links. */
async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    if (await exists(to)) throw Object.assign(new Error("It is taken."), { code: "EEXIST" });
    await rename(from, to);
  }
}
