/**
 * Where the file that a profile names may be found. Profiles are other people's text: what comes
 * out is a local path, or a path below a workspace folder, and nothing else.
 */
import { isSourceUrl } from "../profile/lines.ts";
import { urlToPath } from "../profile/paths.ts";

export type SourcePlace =
  /** Part of the engine, or code that never was a file. */
  | { readonly kind: "internal" }
  /** An absolute path of this machine, or of the one that was profiled. */
  | { readonly kind: "path"; readonly path: string }
  /** Only the end of the path means something here: a web address, a relative path. */
  | { readonly kind: "suffix"; readonly path: string };

/** Schemes of code that has no file. */
const noFile = /^(data|blob|about|chrome|chrome-extension|devtools):|^eval at |^[[<]/;

/** Deeper paths than this are not looked for below a folder. */
const maxCandidates = 24;

export function sourcePlace(url: string): SourcePlace {
  if (!isSourceUrl(url) || noFile.test(url)) return { kind: "internal" };
  const path = urlToPath(url);
  // On Windows a path that starts with two slashes would reach out to another machine.
  if (/^[\\/]{2}/.test(path)) return { kind: "suffix", path };
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path)) return { kind: "path", path };
  return { kind: "suffix", path: pathOfAddress(path) };
}

/**
 * Paths relative to `folder` at which the file may stand when `folder` is another checkout of
 * what was profiled: the longest end of `path` first. A bare file name counts only when its
 * parent folder has the name of `folder`, or when it has no parent.
 */
export function candidatesBelow(folder: string, path: string): string[] {
  const segments = normalSegments(path);
  const folderName = normalSegments(folder).at(-1);
  const candidates: string[] = [];
  for (let first = 0; first < segments.length; first++) {
    const isBareName = first === segments.length - 1;
    const known = first === 0 || segments[first - 1] === folderName;
    if (!isBareName || known) candidates.push(segments.slice(first).join("/"));
  }
  return candidates.slice(-maxCandidates);
}

/** The path of `https://host/path?query#hash`, `webpack://name/path` and the like. */
function pathOfAddress(url: string): string {
  const address = /^[a-z][a-z0-9+.-]+:\/\/[^/]*([^?#]*)/i.exec(url);
  if (!address) return url;
  try {
    return decodeURIComponent(address[1]!);
  } catch {
    return address[1]!;
  }
}

/** No `.`, no `..`, no empty segment, no drive: nothing that leads out of a folder. */
function normalSegments(path: string): string[] {
  const segments: string[] = [];
  for (const segment of path.replace(/^[A-Za-z]:/, "").split(/[\\/]+/)) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}
