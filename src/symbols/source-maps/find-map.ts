/**
 * Finds the source map of a script: named by the script's own last comment, as the profile
 * recorded it or as the file on disk says now. Nothing is read over a network.
 */
import { open, readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { urlToPath } from "../../profile/paths.ts";

export interface FoundMap {
  readonly json: string;
  /** Absolute path against which the map's sources are resolved. */
  readonly folder: string;
}

export type MapSearch =
  | { readonly kind: "found"; readonly map: FoundMap }
  /** The script says that it has no map. */
  | { readonly kind: "none" }
  /** It names one that cannot be had here. */
  | { readonly kind: "missing"; readonly why: string };

/** The comment stands at the end; an inline map is the comment. */
const tailBytes = 8 * 1024 * 1024;
const largestMap = 256 * 1024 * 1024;
const mapComment = /\/[/*][#@]\s*sourceMappingURL=([^\s'"*]+)/g;

export async function findMap(scriptUrl: string, recorded?: string): Promise<MapSearch> {
  const script = scriptPath(scriptUrl);
  if (recorded === undefined && script === undefined) return { kind: "none" };
  const mapUrl = recorded ?? (await lastMapComment(script!));
  if (mapUrl === undefined) return { kind: "none" };
  const folder = script === undefined ? undefined : dirname(script);
  if (mapUrl.startsWith("data:")) return inlineMap(mapUrl, folder ?? "/");
  if (/^https?:/.test(mapUrl)) return { kind: "missing", why: "on the web" };
  if (folder === undefined && !isAbsolute(mapUrl)) return { kind: "missing", why: "not a file" };
  const path = mapUrl.startsWith("file:")
    ? fileURLToPath(mapUrl)
    : resolve(folder ?? "/", decode(mapUrl));
  try {
    if ((await stat(path)).size > largestMap) return { kind: "missing", why: "too large" };
    return { kind: "found", map: { json: await readFile(path, "utf8"), folder: dirname(path) } };
  } catch {
    return { kind: "missing", why: "not on disk" };
  }
}

function scriptPath(url: string): string | undefined {
  const path = urlToPath(url);
  return isAbsolute(path) ? path : undefined;
}

/** Of a script that is gone, nothing is known: it counts as one without a map. */
async function lastMapComment(path: string): Promise<string | undefined> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, tailBytes);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return [...buffer.toString("utf8").matchAll(mapComment)].at(-1)?.[1];
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function inlineMap(dataUrl: string, folder: string): MapSearch {
  const comma = dataUrl.indexOf(",");
  const data = dataUrl.slice(comma + 1);
  const base64 = /;base64$/i.test(dataUrl.slice(0, comma));
  const json = base64 ? Buffer.from(data, "base64").toString() : decode(data);
  return { kind: "found", map: { json, folder } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
