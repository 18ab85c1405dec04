/** Entries as files, to move them between machines. What comes in is held to its manifest whole. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { describeFileFault } from "../../toolchain/file-fault.ts";
import { run, ToolError } from "../../toolchain/run.ts";
import { fileFault, RunnerError, writeBelow } from "../runner-error.ts";
import { cacheKey } from "./cache-key.ts";
import type { EntryStore } from "./entry-store.ts";
import { readManifest } from "./manifest.ts";

const tar = { command: "tar", howToGet: "It is a part of macOS, Linux and Windows." };
const limitMs = 600_000;

interface Options {
  readonly signal?: AbortSignal;
}

/** By the file's name. @throws RunnerError `bad-input` */
function packing(path: string): {
  readonly pack: () => Transform;
  readonly unpack: () => Transform;
} {
  if (path.endsWith(".tar.zst")) {
    return { pack: () => zlib.createZstdCompress(), unpack: () => zlib.createZstdDecompress() };
  }
  if (/\.(?:tar\.gz|tgz)$/.test(path)) {
    return { pack: () => zlib.createGzip(), unpack: () => zlib.createGunzip() };
  }
  const message = `${path} has to end in .tar.zst or .tar.gz.`;
  throw new RunnerError("bad-input", "caller", message);
}

/** Appears whole or not at all. @throws RunnerError `no-entry` */
export async function exportEntry(
  store: EntryStore,
  key: string,
  file: string,
  { signal }: Options = {},
): Promise<void> {
  const { pack } = packing(file);
  const found = await store.find(key);
  if (found.kind !== "found") {
    const why = "reason" in found ? `: ${found.reason}` : "";
    throw new RunnerError("no-entry", "caller", `There is no usable entry ${key}${why}.`);
  }
  const problem = await store.validate(found.entry, { whole: true, ...(signal && { signal }) });
  if (problem !== undefined) {
    throw new RunnerError("no-entry", "caller", `The entry is damaged: ${problem}.`);
  }
  await inScratch(async (scratch) => {
    const packed = join(scratch, "entry.tar");
    await runTar(
      ["-cf", packed, "-C", found.entry.folder, "manifest.json", "files.json", "products"],
      signal,
    );
    const partial = `${file}.${randomUUID()}`;
    try {
      await writeBelow(dirname(file), async () => {
        const out = createWriteStream(partial, { flags: "wx", mode: 0o600 });
        await pipeline(createReadStream(packed), pack(), out, ...(signal ? [{ signal }] : []));
        await rename(partial, file);
      });
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  });
}

/** Gives the key. @throws RunnerError `bad-archive` for what does not hold what it says. */
export async function importEntry(
  store: EntryStore,
  file: string,
  { signal }: Options = {},
): Promise<string> {
  const { unpack } = packing(file);
  await store.prepareFolder();
  const prepared = join(store.folder, "trash", randomUUID());
  try {
    await inScratch(async (scratch) => {
      const packed = join(scratch, "entry.tar");
      const from = await openToRead(file);
      const out = createWriteStream(packed, { mode: 0o600 });
      const stream = from.createReadStream();
      await pipeline(stream, unpack(), out, ...(signal ? [{ signal }] : []));
      await mkdir(prepared);
      await runTar(["-xf", packed, "-C", prepared], signal);
    });
    const stray = await strayIn(prepared);
    if (stray !== undefined) throw badArchive(file, stray);
    const manifest = await readManifest(join(prepared, "manifest.json"));
    if (typeof manifest !== "object") throw badArchive(file, manifest ?? "it has no manifest");
    if (cacheKey(manifest.metadata) !== manifest.key) {
      throw badArchive(file, "its key is not that of what it was built from");
    }
    const given = { manifest, folder: prepared };
    const problem = await store.validate(given, { whole: true, ...(signal && { signal }) });
    if (problem !== undefined) throw badArchive(file, problem);
    const lock = await store.lock(manifest.key, signal ? { signal } : {});
    try {
      await store.commit(prepared, manifest);
      await store.noteUse(manifest.key);
    } finally {
      lock.release();
    }
    return manifest.key;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ToolError) throw badArchive(file, error.message);
    if (/^Z_|zstd/i.test((error as NodeJS.ErrnoException).code ?? "")) {
      throw badArchive(file, (error as Error).message);
    }
    throw error;
  } finally {
    await rm(prepared, { recursive: true, force: true });
  }
}

async function openToRead(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (cause) {
    const message = `${file} cannot be read: ${describeFileFault(cause)}.`;
    throw new RunnerError("unreadable-file", "caller", message, { cause });
  }
}

const parts: Readonly<Record<string, "file" | "folder">> = {
  "manifest.json": "file",
  "files.json": "file",
  products: "folder",
};

/** Why it is none: something more, or a link where a part should be. What is in it comes later. */
async function strayIn(folder: string): Promise<string | undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
    if (parts[entry.name] !== kind) return `${entry.name} has no place in it`;
  }
  return undefined;
}

function badArchive(file: string, why: string): RunnerError {
  return new RunnerError("bad-archive", "caller", `${file} is no entry of a cache: ${why}.`);
}

async function runTar(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  await run(tar, args, { timeoutMs: limitMs, ...(signal && { signal }) });
}

async function inScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "hangscope-entry-"));
  try {
    return await work(scratch);
  } catch (error) {
    throw fileFault(scratch, error) ?? error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
