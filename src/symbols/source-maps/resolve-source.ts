/** From a map's `sources` entry to the file it means on this machine. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { decodePercent } from "./decode-percent.ts";

/**
 * `file:` URL of a source where it is a file. Bundlers name sources by schemes and paths of their
 * own (`webpack://app/./x.ts`, `../../x.ts` from nowhere): these count as files only when a
 * workspace folder has one of that path, and otherwise stay as they are named.
 *
 * @param base absolute path of the folder that sources are relative to, or the URL of a script
 *   that is no file
 */
export function resolveSource(
  source: string,
  base: string,
  workspaceFolders: readonly string[],
): string {
  if (source.startsWith("file:")) return source;
  const scheme = isAbsolute(source) ? null : /^[a-z][a-z0-9+.-]+:\/*/i.exec(source);
  if (scheme) {
    const name = source.slice(scheme[0].length).replace(/[?#].*$/, "");
    // The first part may be the bundle's name: webpack://app/./src/x.ts.
    const found = below(workspaceFolders, name) ?? below(workspaceFolders, withoutFirstPart(name));
    return found === undefined ? source : fileUrl(found);
  }
  const beside = isAbsolute(base) ? resolve(base, source) : undefined;
  const found = beside && firstThatExists([beside, resolve(base, decodePercent(source))]);
  if (found) return fileUrl(found);
  const inWorkspace = below(workspaceFolders, source);
  if (inWorkspace !== undefined) return fileUrl(inWorkspace);
  if (beside !== undefined) return fileUrl(beside);
  return URL.canParse(source, base) ? new URL(source, base).href : source;
}

function below(workspaceFolders: readonly string[], name: string): string | undefined {
  const path = name.replace(/^(\.{0,2}\/)+/, "");
  return path === ""
    ? undefined
    : firstThatExists(
        workspaceFolders.flatMap((folder) => [
          join(folder, path),
          join(folder, decodePercent(path)),
        ]),
      );
}

function withoutFirstPart(path: string): string {
  return path.replace(/^[^/]*\//, "");
}

function firstThatExists(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}
