/** Where a function stands, in the short form of a table cell and the long form of a tooltip. */
import { urlToPath } from "../../src/profile/paths.ts";
import type { FunctionInfo } from "../../src/profile/query.ts";
import type { SourcePosition } from "../protocol.ts";
import { clipped } from "./format.ts";

type Place = Pick<FunctionInfo, "url" | "line" | "column" | "module">;

/** `folder/file.ts:12`; the module where there is no source; `""` when nothing is known. */
export function shortLocation({ url, line, module }: Place): string {
  if (url === "") return clipped(lastParts(module, 1), 120);
  const name = url.startsWith("node:") ? url : lastParts(urlToPath(url), 2);
  return clipped(withLine(name, line), 120);
}

export function fullLocation({ url, line, column, module }: Place): string {
  if (url === "") return clipped(module);
  return clipped(withLine(urlToPath(url), line, column));
}

/** What to open for a function, or undefined where there is no file of it to open. */
export function sourceOf({ url, line, column }: Place): SourcePosition | undefined {
  return url === "" || url.startsWith("node:") ? undefined : { url, line, column };
}

function lastParts(path: string, count: number): string {
  return path.split(/[\\/]/).slice(-count).join("/");
}

function withLine(path: string, line: number, column = 0): string {
  if (line === 0) return path;
  return column === 0 ? `${path}:${line}` : `${path}:${line}:${column}`;
}
