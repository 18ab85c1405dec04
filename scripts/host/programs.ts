/** Finds programs that a person installed: on PATH, or where their installers put them. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of `names` that is on PATH, else the first of `places` that exists. */
export function findProgram(
  names: readonly string[],
  places: readonly string[] = [],
): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...places].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
