const newline = 10;

/** The 1-based line on which the character at `offset` stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) {
    if (text.charCodeAt(i) === newline) line++;
  }
  return line;
}
