/** What VS Code calls to run the tests that stand beside it, once compiled. */
import { appendFileSync, globSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import Mocha from "mocha";
import * as vscode from "vscode";
import CountingReporter from "../../../scripts/test/reporter.ts";

export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  // In a browser VS Code saves what is edited after a second. Tests save when they mean it: a file
  // that is newer than its profile has other results.
  const files = vscode.workspace.getConfiguration("files");
  await files.update("autoSave", "off", vscode.ConfigurationTarget.Global);
  const output = process.env["HANGSCOPE_TEST_OUTPUT"];
  if (output) {
    // VS Code's own console is full of other lines.
    Mocha.reporters.Base.consoleLog = (...args) => appendFileSync(output, `${format(...args)}\n`);
  }
  const grep = process.env["HANGSCOPE_TEST_GREP"];
  const mocha = new Mocha({
    timeout: 60_000,
    reporter: CountingReporter,
    ...(grep !== undefined && { grep }),
  });
  // Compiled to CommonJS, which is what VS Code loads.
  for (const file of globSync("**/*.test.cjs", { cwd: __dirname }).sort()) {
    mocha.addFile(join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
