/**
 * Where a function begins of which only a line inside is known, as in recordings of Instruments:
 * symbols name the lines that ran, and none says where a function starts.
 */
import { symbolName } from "./symbol-query.ts";

/** Functions and their first lines are shorter. */
const farthest = 400;
const longestLine = 400;

/**
 * The nearest line at or above `line` that declares the function in Swift, Objective-C, C or C++.
 * @param textOf a line's text, by its 1-based number
 * @returns `line` itself where none does
 */
export function declarationLine(
  textOf: (line: number) => string,
  name: string,
  line: number,
): number {
  const symbol = symbolName(name)?.name;
  if (symbol === undefined) return line;
  const declaration = declarationOf(symbol);
  for (let at = line; at > 0 && at > line - farthest; at--) {
    const text = textOf(at);
    if (text.length <= longestLine && declaration.test(text)) return at;
  }
  return line;
}

function declarationOf(symbol: string): RegExp {
  const word = symbol.replaceAll("$", "\\$");
  const isInitializer = /^(?:init|deinit|subscript)$/.test(word);
  const swift = isInitializer ? `(?<![.\\w])${word}[?!]?\\s*[(<{]` : `\\bfunc\\s+${word}\\s*[(<]`;
  const objectiveC = `^\\s*[-+]\\s*\\([^)]*\\)\\s*${word}\\b`;
  // A definition begins with its type or its class, and no statement ends on its line.
  const notAStatement = "(?!\\s*(?:return|else|if|while|for|case|throw|new|try|let|var)\\b)";
  const c = `^${notAStatement}\\s*[\\w:][\\w:<>*&,~ ]*[ *&:]${word}\\s*\\([^;]*$`;
  return new RegExp([swift, objectiveC, c].join("|"), "u");
}
