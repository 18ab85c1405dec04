/** Compiles the tests that run inside VS Code and runs them there, in a copy of the workspace. */
import { cpSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ensureVSCode } from "../host/ensure-vscode.ts";
import { root } from "../host/paths.ts";
import { runInHost } from "../host/run-tests.ts";
import { countsFileVariable } from "./counts.ts";
import { followFile } from "./follow-file.ts";

const source = join(root, "test/host/api");
const compiled = join(root, "out/test/host");

rmSync(compiled, { recursive: true, force: true });
await build({
  entryPoints: [join(source, "index.ts"), ...globSync(join(source, "**/*.test.ts"))],
  outdir: compiled,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  external: ["vscode", "mocha"],
  sourcemap: "inline",
  logLevel: "warning",
});

const vscode = await ensureVSCode("test");
const folder = mkdtempSync(join(tmpdir(), "hangscope-host-"));
const workspace = join(folder, "workspace");
cpSync(join(root, "test/host/workspace"), workspace, { recursive: true });
const output = join(folder, "output.txt");
const passedOn = [countsFileVariable, "HANGSCOPE_TEST_GREP", "HANGSCOPE_LONG"];
const following = followFile(output);
const logFile = join(root, "out/vscode.log");
try {
  process.exitCode = await runInHost(vscode, {
    extension: root,
    tests: join(compiled, "index.cjs"),
    workspace,
    dataDir: join(folder, "data"),
    logFile,
    env: Object.fromEntries([
      ["HANGSCOPE_TEST_OUTPUT", output],
      ...passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    ]),
  });
} finally {
  following.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
if (process.exitCode !== 0) console.log(`What VS Code itself printed is in ${logFile}`);
