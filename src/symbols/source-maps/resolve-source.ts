/** From a map's `sources` entry to the file it means on this machine. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { urlToPath } from "../../profile/paths.ts";

/**
 * `file:` URL of a source. Bundlers name sources by schemes of their own (`webpack://app/./x.ts`):
 * such a name counts only when the workspace has a file of that path.
 * @param folder absolute path of the map's own folder
 */
export function resolveSource(
  source: string,
  folder: string,
  workspaceFolders: readonly string[],
): string {
  if (source.startsWith("file:")) return source;
  const scheme = /^([a-z][a-z0-9+.-]+):\/*/i.exec(source);
  if (!scheme) {
    const path = isAbsolute(source) ? source : resolve(folder, source);
    return fileUrl(existsSync(path) ? path : (below(workspaceFolders, source) ?? path));
  }
  const name = source.slice(scheme[0].length).replace(/[?#].*$/, "");
  const found =
    below(workspaceFolders, name) ??
    // The first part may be the bundle's name: webpack://app/./src/x.ts.
    below(workspaceFolders, name.replace(/^[^/]*\//, ""));
  return found === undefined ? source : fileUrl(found);
}

function below(workspaceFolders: readonly string[], name: string): string | undefined {
  const path = urlToPath(name).replace(/^(\.{0,2}\/)+/, "");
  return workspaceFolders.map((folder) => join(folder, path)).find((file) => existsSync(file));
}

function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}
