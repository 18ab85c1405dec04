/**
 * Finds the source map of a script: named by the script's own last comment, as the profile
 * recorded it or as the file on disk says now. Nothing is read over a network.
 */
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { hookName } from "../../toolchain/hook-name.ts";
import { decodePercent } from "./decode-percent.ts";

export interface FoundMap {
  readonly json: string;
  /**
   * What the map's sources are relative to: the absolute path of a folder, or the URL of a script
   * that is no file.
   */
  readonly base: string;
}

/** A warning about one script. */
export interface Missing {
  readonly code: string;
  readonly message: string;
}

type MapSearch =
  | { readonly kind: "found"; readonly map: FoundMap }
  /** The script names none. */
  | { readonly kind: "none" }
  | { readonly kind: "missing"; readonly missing: Missing };

const firstTail = 64 * 1024;
const largestScript = 256 * 1024 * 1024;
const largestMap = 256 * 1024 * 1024;

/** To the end of its line and without quotes: programs that write such comments hold them too. */
const mapComment = /\/[/*][#@][ \t]*sourceMappingURL=([^\s'"`*]+)[ \t]*(?:\*\/)?[ \t]*$/gm;

export async function findMap(scriptUrl: string, recorded?: string): Promise<MapSearch> {
  const script = filePath(scriptUrl);
  if (recorded !== undefined) return mapAt(recorded, scriptUrl, script);
  if (script === undefined) return /^https?:/.test(scriptUrl) ? remoteScript : none;
  if (basename(script) === hookName) return none;
  const file = await openFile(script);
  if (!file) return missingScript;
  try {
    const comment = await lastMapComment(file);
    return comment === undefined ? none : await mapAt(comment, scriptUrl, script);
  } catch {
    return missingScript;
  } finally {
    await file.close();
  }
}

const none: MapSearch = { kind: "none" };
const remoteScript = missing(
  "remote-script",
  "Scripts from the web were not asked for their maps.",
);
const missingScript = missing(
  "missing-script",
  "Scripts are not on disk, so neither are their maps.",
);

function missing(code: string, message: string): MapSearch {
  return { kind: "missing", missing: { code, message } };
}

function missingMap(why: string): MapSearch {
  return missing("missing-source-map", `Source maps that scripts name are ${why}.`);
}

async function mapAt(mapUrl: string, scriptUrl: string, script?: string): Promise<MapSearch> {
  const folder = script === undefined ? undefined : dirname(script);
  if (mapUrl.startsWith("data:")) {
    return { kind: "found", map: { json: inlineJson(mapUrl), base: folder ?? scriptUrl } };
  }
  if (/^https?:/.test(mapUrl)) return missingMap("on the web");
  const path = filePath(mapUrl) ?? (folder && resolve(folder, decodePercent(mapUrl)));
  if (path === undefined) return missingMap("on the web");
  const file = await openFile(path);
  if (!file) return missingMap("not on disk");
  try {
    if ((await file.stat()).size > largestMap) return missingMap("too large");
    return { kind: "found", map: { json: await file.readFile("utf8"), base: dirname(path) } };
  } catch {
    return missingMap("not readable");
  } finally {
    await file.close();
  }
}

/** The absolute path that a URL or path names, without the query that some loaders add. */
function filePath(urlOrPath: string): string | undefined {
  if (urlOrPath.startsWith("file:")) {
    try {
      return fileURLToPath(urlOrPath);
    } catch {
      return undefined;
    }
  }
  return isAbsolute(urlOrPath) ? urlOrPath : undefined;
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    // Opening a pipe would wait for its writer.
    return (await stat(path)).isFile() ? await open(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The comment stands near the end, but an inline map makes it as long as that map. */
async function lastMapComment(file: FileHandle): Promise<string | undefined> {
  const { size } = await file.stat();
  for (let length = Math.min(size, firstTail); ; length = Math.min(size, length * 16)) {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const tail = buffer.toString("utf8");
    const comment = [...tail.matchAll(mapComment)].at(-1)?.[1];
    if (comment !== undefined) return comment;
    const mayBeCut = /^[^\s'"`*]+[ \t]*$/m.exec(tail)?.index === 0;
    if (!mayBeCut || length === size || length * 16 > largestScript) return undefined;
  }
}

function inlineJson(dataUrl: string): string {
  const comma = dataUrl.indexOf(",");
  const data = dataUrl.slice(comma + 1);
  const isBase64 = /;base64$/i.test(dataUrl.slice(0, comma));
  return isBase64 ? Buffer.from(data, "base64").toString() : decodePercent(data);
}
