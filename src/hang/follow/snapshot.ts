/** A whole log of its own: what a follower kept, and behind it what still stands in the log. */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { newline } from "../../formats/v8-log/bytes.ts";
import { partialFile } from "../../profile-worker/partial-file.ts";
import { fileId } from "./file-id.ts";
import { keptFile, readKeptState } from "./kept-state.ts";

/** A part of an open file. */
export interface FilePart {
  readonly file: FileHandle;
  readonly from: number;
  readonly to: number;
}

const blockBytes = 1 << 20;

/** Writes the parts behind each other; the file appears whole or not at all. */
export async function writeParts(
  parts: readonly FilePart[],
  output: string,
  signal?: AbortSignal,
): Promise<void> {
  const partial = partialFile(output);
  const buffer = Buffer.allocUnsafe(blockBytes);
  try {
    const written = await open(partial, "w", 0o600);
    try {
      for (const { file, from, to } of parts) {
        for (let at = from; at < to; ) {
          signal?.throwIfAborted();
          const wanted = Math.min(buffer.length, to - at);
          const { bytesRead } = await file.read(buffer, 0, wanted, at);
          if (bytesRead === 0) break;
          await written.write(buffer, 0, bytesRead);
          at += bytesRead;
        }
      }
    } finally {
      await written.close();
    }
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The lines of a log behind `from`; a half one at its end is none. */
export async function wholeLines(file: FileHandle, from: number): Promise<FilePart> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let end = size; end > from; ) {
    const start = Math.max(from, end - buffer.length);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(newline);
    if (last >= 0) return { file, from, to: start + last + 1 };
    end = start;
  }
  return { file, from, to: from };
}

/** A follower that moves lines meanwhile does so once a second at most. */
const mostTries = 5;

/**
 * Writes a followed log by what its follower has left in its folder: also from another process,
 * and when the follower is gone.
 * @returns false when no follower has been there, or the log that it followed is lost
 * @throws the signal's reason; what the file system says.
 */
export async function snapshotOf(
  folder: string,
  output: string,
  signal?: AbortSignal,
): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries++) {
    const state = readKeptState(folder);
    if (!state || state.isLogLost) return false;
    const log = await open(state.path);
    try {
      const isOther = fileId(log.fd) !== state.file || (await log.stat()).size < state.keptTo;
      if (isOther) return false;
      const kept = await openKept(folder, state.keptBytes);
      try {
        await writeParts([...kept, await wholeLines(log, state.keptTo)], output, signal);
      } finally {
        await Promise.all(kept.map(({ file }) => file.close()));
      }
    } finally {
      await log.close();
    }
    // Where the log's space was given back meanwhile, zeros were read.
    if ((readKeptState(folder)?.punchedTo ?? 0) <= state.keptTo) return true;
  }
  await rm(output, { force: true });
  return false;
}

async function openKept(folder: string, keptBytes: number): Promise<FilePart[]> {
  if (keptBytes === 0) return [];
  return [{ file: await open(keptFile(folder)), from: 0, to: keptBytes }];
}
