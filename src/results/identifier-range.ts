/** The part of a line to underline for a function. */
import { symbolName } from "./symbol-query.ts";

/** 0-based characters; `end` is exclusive. */
export interface CharacterRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The function's name where the line has it, nearest to the column (1-based, 0 for unknown);
 * otherwise the line without its indentation.
 */
export function identifierRange(text: string, name: string, column: number): CharacterRange {
  const last = /[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u.exec(name)?.[0];
  const identifier = last ?? symbolName(name)?.name;
  const found = identifier === undefined ? [] : occurrences(text, identifier);
  const wanted = Math.max(0, column - 1);
  const [nearest] = found.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  if (identifier !== undefined && nearest !== undefined) {
    return { start: nearest, end: nearest + identifier.length };
  }
  const end = text.trimEnd().length;
  return { start: Math.min(text.length - text.trimStart().length, end), end };
}

/** Where `word` stands in `text` as a whole word. */
function occurrences(text: string, word: string): number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + word.length] ?? "";
    if (!/[\p{ID_Continue}$]/u.test(before) && !/[\p{ID_Continue}$]/u.test(after)) starts.push(at);
  }
  return starts;
}
