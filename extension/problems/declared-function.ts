/** Where a function is declared that a profile only names: the language's own extension knows. */
import * as vscode from "vscode";
import { isSymbol, symbolName } from "../../src/results/symbol-query.ts";

/** A language server may still be indexing. */
const patienceMs = 5000;

/** Nothing where no extension knows it, or where several functions could be meant. */
export async function declaredFunction(frame: string): Promise<vscode.Location | undefined> {
  const wanted = symbolName(frame);
  if (!wanted) return undefined;
  const asked = vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    "vscode.executeWorkspaceSymbolProvider",
    wanted.name,
  );
  const symbols = await Promise.race([asked, patience()]);
  const found = (symbols ?? []).filter(
    ({ name, containerName, location }) =>
      isSymbol(wanted, { name, container: containerName }) &&
      vscode.workspace.getWorkspaceFolder(location.uri) !== undefined,
  );
  return found.length === 1 ? found[0]!.location : undefined;
}

function patience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, patienceMs, undefined));
}
