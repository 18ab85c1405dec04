/** Streams a file through a scanner in one window that grows only for a token that outgrows it. */
import { open } from "node:fs/promises";
import { FormatError } from "../format-error.ts";
import type { ReadOptions } from "../reader.ts";
import type { JsonScanner } from "./json-scanner.ts";

const firstWindow = 1 << 20;

/** No name or URL comes near this: a longer token is a fault, and must not fill the memory. */
const largestWindow = 1 << 26;

const progressInterval = 200;

/**
 * @returns what ended the reading before the end of the document, if anything did: until then the
 *   scanner has told all it saw.
 * @throws what the file system throws, and the signal's reason.
 */
export async function scanFile(
  path: string,
  scanner: JsonScanner,
  { onProgress, signal }: ReadOptions,
): Promise<FormatError | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let window: Buffer = Buffer.allocUnsafe(firstWindow);
    let rest = 0;
    let done = 0;
    let reported = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(window, rest, window.length - rest, null);
      if (bytesRead === 0) break;
      done += bytesRead;
      const length = rest + bytesRead;
      const used = scanner.scan(window, length);
      rest = length - used;
      if (rest === largestWindow) throw tooLong(path, done - rest);
      const next = rest > window.length / 2 ? grow(window) : window;
      window.copy(next, 0, used, length);
      window = next;
      if (performance.now() - reported > progressInterval) {
        reported = performance.now();
        onProgress?.(done, size);
      }
    }
    scanner.finish(rest);
    onProgress?.(done, size);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  } finally {
    await file.close();
  }
}

function grow(window: Buffer): Buffer {
  return window.length < largestWindow ? Buffer.allocUnsafe(window.length * 2) : window;
}

function tooLong(path: string, offset: number): FormatError {
  const expected = `a string shorter than ${largestWindow} bytes`;
  return new FormatError(path, { expected, found: "a longer one", offset });
}
