/** Where a problem stands: the name of a function in its line, else all of the line. */
import * as vscode from "vscode";
import { shortName } from "../../src/results/format.ts";
import { identifierRange } from "../../src/results/identifier-range.ts";
import type { LineReader } from "./line-reader.ts";

export async function nameRange(
  { name, line, column }: { name: string; line: number; column: number },
  uri: vscode.Uri,
  lines: LineReader,
): Promise<vscode.Range> {
  const { start, end } = identifierRange(await lines.read(uri, line), shortName(name), column);
  return new vscode.Range(line - 1, start, line - 1, end);
}
