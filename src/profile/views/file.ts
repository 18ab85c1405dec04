import { samePath } from "../paths.ts";
import { functionPosition } from "../position.ts";
import type { FileAnswer, QueryOf } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { functionInfo } from "./function-info.ts";

export function fileView(
  { profile, sources: { lines } }: Structure,
  slice: Slice,
  { path }: QueryOf<"file">,
): FileAnswer {
  const functions: FileAnswer["functions"][number][] = [];
  const inFile = pathMatcher(path);
  for (let func = 0; func < profile.functions.length; func++) {
    const total = slice.functions.total[func]!;
    if (total > 0 && inFile(functionPosition(profile, func).url)) {
      functions.push({
        ...functionInfo(profile, func),
        self: slice.sourceSelf[func]!,
        total,
      });
    }
  }
  const rows: number[] = [];
  for (const [url, urlRows] of lines.byUrl) {
    if (inFile(url)) rows.push(...urlRows.filter((row) => slice.lines.total[row]! > 0));
  }
  rows.sort((a, b) => lines.line[a]! - lines.line[b]!);
  return {
    kind: "file",
    weightUnit: profile.meta.weightUnit,
    functions,
    lines: {
      line: Uint32Array.from(rows, (row) => lines.line[row]!),
      self: Float64Array.from(rows, (row) => slice.lines.self[row]!),
      total: Float64Array.from(rows, (row) => slice.lines.total[row]!),
    },
    total: slice.total,
  };
}

/** Comparing paths costs: each distinct URL is compared once. */
function pathMatcher(path: string): (url: string) => boolean {
  const known = new Map<string, boolean>();
  return (url) => {
    let same = known.get(url);
    if (same === undefined) {
      same = url !== "" && samePath(url, path);
      known.set(url, same);
    }
    return same;
  };
}
