/** Line tables of scripts whose text the log left out, from the files they were loaded from. */
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { LineTable } from "./script.ts";

const maxFileBytes = 32 * 1024 * 1024;
const maxTotalBytes = 256 * 1024 * 1024;

export class ScriptFiles {
  #bytesLeft = maxTotalBytes;

  /** Undefined when the URL names no readable file of this machine or too much was read. */
  lines(url: string): LineTable | undefined {
    const path = localPath(url);
    if (!path) return undefined;
    try {
      const stat = statSync(path);
      if (!stat.isFile() || stat.size > Math.min(maxFileBytes, this.#bytesLeft)) return undefined;
      this.#bytesLeft -= stat.size;
      return lineTable(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
    } catch {
      return undefined;
    }
  }
}

/** Never a network path: opening one would send this user's name to the host that a log names. */
function localPath(url: string): string | undefined {
  if (url.startsWith("\\\\") || url.startsWith("//")) return undefined;
  if (isAbsolute(url)) return url;
  if (!url.startsWith("file:///")) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function lineTable(text: string): LineTable {
  const ends = text.matchAll(/\r\n|[\n\r\u2028\u2029]/g);
  return {
    length: text.length,
    nextStarts: Uint32Array.from(ends, (end) => end.index + end[0].length),
    isWholeFile: true,
  };
}
