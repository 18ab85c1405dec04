/** Folders as artifacts: an Apple trace's export is one, and a store keeps single files. */
import { lstat, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TaskOptions } from "../toolchain/progress.ts";
import { run } from "../toolchain/run.ts";
import { ArtifactError } from "./artifact-error.ts";
import { getToFile } from "./get-file.ts";
import type { ArtifactStore } from "./store.ts";

const tar = { command: "tar", howToGet: "It is a part of macOS, Linux and Windows." };
const limitMs = 600_000;

/** Keeps a folder as one tar file. Gives the bytes of that. */
export async function putFolder(
  store: ArtifactStore,
  key: string,
  folder: string,
  task: TaskOptions = {},
): Promise<number> {
  return inScratch(tmpdir(), async (scratch) => {
    const packed = join(scratch, "folder.tar");
    await runTar(["-cf", packed, "-C", folder, "."], task);
    return store.put(key, { file: packed }, task);
  });
}

/**
 * Unpacks a kept folder; it appears whole or not at all.
 * @param output absolute path, of which nothing exists yet
 * @throws ArtifactError `exists`, `bad-archive` for one that holds links or leads out of it
 */
export async function getFolder(
  store: ArtifactStore,
  key: string,
  output: string,
  task: TaskOptions = {},
): Promise<number> {
  if (await lstat(output).catch(() => undefined)) {
    throw new ArtifactError("exists", `${output} is there already: choose another.`);
  }
  return inScratch(dirname(output), async (scratch) => {
    const packed = join(scratch, "folder.tar");
    const unpacked = await mkdtemp(join(scratch, "folder-"));
    const bytes = await getToFile(store, key, packed, task);
    await runTar(["-xf", packed, "-C", unpacked], task).catch((cause: unknown) => {
      task.signal?.throwIfAborted();
      throw new ArtifactError("bad-archive", `${key} is no folder that was kept.`, { cause });
    });
    const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
    const stray = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
    if (stray) {
      throw new ArtifactError("bad-archive", `${key} holds ${stray.name}, which is no file.`);
    }
    await rename(unpacked, output);
    return bytes;
  });
}

async function runTar(args: readonly string[], { signal }: TaskOptions): Promise<void> {
  await run(tar, args, { timeoutMs: limitMs, ...(signal && { signal }) });
}

async function inScratch<T>(folder: string, work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(folder, ".hangscope-artifact-"));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
