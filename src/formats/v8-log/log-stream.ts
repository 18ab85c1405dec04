/** Hands the file to the parser, except for lines that nothing could be made of. */
import type { FileHandle } from "node:fs/promises";
import { type Chunk, readChunks } from "../file-chunks.ts";
import type { ReadOptions } from "../reader.ts";
import { newline } from "./bytes.ts";
import type { LogParser } from "./log-parser.ts";

/** A longer line is skipped, unless it is a script's source: those are streamed. */
const maxLineBytes = 16 << 20;

/** @throws the signal's reason when aborted. */
export async function readLog(
  file: FileHandle,
  parser: LogParser,
  options: ReadOptions,
): Promise<void> {
  let isSkipping = false;
  const parse = (chunk: Chunk) => {
    const from = isSkipping ? afterLine(chunk) : chunk.start;
    if (from < 0) return chunk.end;
    isSkipping = false;
    const fileOffset = chunk.fileOffset + from - chunk.start;
    const used = parser.feed({ ...chunk, start: from, fileOffset }, false);
    if (chunk.end - used <= maxLineBytes) return used;
    parser.skipLine();
    isSkipping = true;
    return chunk.end;
  };
  const rest = await readChunks(file, parse, options);
  const used = parser.feed(rest, true);
  parser.finish(rest.end - used);
}

/** Where the next line begins, or -1 when this one does not end in the chunk. */
function afterLine({ bytes, start, end }: Chunk): number {
  const lineEnd = bytes.subarray(start, end).indexOf(newline);
  return lineEnd < 0 ? -1 : start + lineEnd + 1;
}
