/** Runs the tests of `test/host/api` inside VS Code, in a copy of the workspace. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureVSCode } from "../host/ensure-vscode.ts";
import { root } from "../host/paths.ts";
import { runInHost } from "../host/run-tests.ts";
import { stopToolServer } from "../host/tool-server.ts";
import { buildHostTests } from "./build-host-tests.ts";
import { countsFileVariable } from "./counts.ts";
import { followFile } from "./follow-file.ts";

const tests = await buildHostTests();
const vscode = await ensureVSCode("test");
const folder = mkdtempSync(join(tmpdir(), "hangscope-host-"));
const workspace = join(folder, "workspace");
cpSync(join(root, "test/host/workspace"), workspace, { recursive: true });
const home = join(folder, "home");
const output = join(folder, "output.txt");
const passedOn = [countsFileVariable, "HANGSCOPE_TEST_GREP", "HANGSCOPE_LONG"];
const following = followFile(output);
const logFile = join(root, "out/vscode.log");
try {
  process.exitCode = await runInHost(vscode, {
    extension: root,
    tests,
    workspace,
    dataDir: join(folder, "data"),
    logFile,
    env: Object.fromEntries([
      ["HANGSCOPE_TEST_OUTPUT", output],
      ["HANGSCOPE_HOME", home],
      ...passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    ]),
  });
} finally {
  following.stop();
  await stopToolServer(workspace, home);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
if (process.exitCode !== 0) console.log(`What VS Code itself printed is in ${logFile}`);
