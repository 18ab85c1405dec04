/** Which functions of a file get a lens. */
import type { FileAnswer } from "../profile/query.ts";

type FileFunction = FileAnswer["functions"][number];

export interface FunctionLens {
  readonly func: FileFunction;
  /** Other lenses stand on the same line: it takes the name to tell them apart. */
  readonly needsName: boolean;
}

/** Bundled and minified files have thousands of functions on one line. */
const lensesPerLine = 3;

/**
 * The functions that take at least `minShare` of all time, self or total, by line; those of one
 * line as they stand on it.
 */
export function functionLenses(
  { functions, total }: Pick<FileAnswer, "functions" | "total">,
  minShare: number,
): FunctionLens[] {
  const least = minShare * total;
  const hot = functions.filter(
    (func) => func.line > 0 && func.total > 0 && Math.max(func.self, func.total) >= least,
  );
  return [...Map.groupBy(hot, (func) => func.line).entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, onLine]) => {
      const needsName = onLine.length > 1;
      return hottest(onLine).map((func) => ({ func, needsName }));
    });
}

function hottest(onLine: readonly FileFunction[]): FileFunction[] {
  return onLine
    .toSorted((a, b) => b.self - a.self || b.total - a.total)
    .slice(0, lensesPerLine)
    .sort((a, b) => a.column - b.column);
}
