/** Opens any profile: the first reader that recognizes the file's head reads it. */
import { open } from "node:fs/promises";
import type { Profile } from "../profile/profile.ts";
import { FormatError } from "./format-error.ts";
import type { FormatReader, ReadOptions } from "./reader.ts";
import { v8LogReader } from "./v8-log/reader.ts";
import { xctraceReader } from "./xctrace/reader.ts";

/** What is large is loaded at once; the rest, with all that it needs, only where none of these fits. */
const readers: readonly FormatReader[] = [v8LogReader, xctraceReader];

const headBytes = 64 * 1024;

/**
 * @throws FormatError when no reader recognizes the file or nothing of it can be read.
 */
export async function openProfile(path: string, options: ReadOptions = {}): Promise<Profile> {
  const head = await readHead(path);
  const isOf = (candidate: FormatReader) => candidate.recognizes(head, path);
  const reader = readers.find(isOf) ?? (await import("./json-readers.ts")).jsonReaders.find(isOf);
  if (!reader) {
    throw new FormatError(path, {
      expected: "a V8 log (node --prof), a .cpuprofile, a Chrome trace or an export of xctrace",
      found: describeHead(head),
      offset: 0,
    });
  }
  return reader.read(path, options);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function describeHead(head: Buffer): string {
  if (head.length === 0) return "an empty file";
  return JSON.stringify(head.subarray(0, 40).toString("latin1"));
}
