/** The way a desktop VS Code is started, with a stand-in that records what it was given. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VSCode } from "../../../scripts/host/ensure-vscode.ts";
import { openProfile } from "../../../scripts/host/open-profile.ts";
import { runInHost } from "../../../scripts/host/run-tests.ts";

describe("a desktop VS Code", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hangscope-desktop-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that writes its arguments and one variable, and leaves with the code. */
  function standIn(exitCode: number): string {
    const path = join(folder, "code");
    const record = `{ args: process.argv.slice(2), given: process.env.GIVEN }`;
    writeFileSync(
      path,
      `#!${process.execPath}
require("node:fs").writeFileSync(${JSON.stringify(join(folder, "record.json"))}, JSON.stringify(${record}));
process.exit(${exitCode});
`,
    );
    chmodSync(path, 0o755);
    return path;
  }

  function recorded(): { args: string[]; given?: string } {
    return JSON.parse(readFileSync(join(folder, "record.json"), "utf8"));
  }

  function runTests(exitCode: number): Promise<number> {
    const vscode: VSCode = { kind: "downloaded", executable: standIn(exitCode) };
    return runInHost(vscode, {
      extension: "/the/extension",
      tests: "/the/tests.cjs",
      workspace: "/the/workspace",
      dataDir: join(folder, "data"),
      logFile: join(folder, "log"),
      env: { GIVEN: "to the tests" },
    });
  }

  it("runs the tests in the workspace, with the extension and nobody's settings", async () => {
    assert.equal(await runTests(0), 0);
    const { args, given } = recorded();
    assert.equal(args[0], "/the/workspace");
    assert.ok(args.includes("--extensionDevelopmentPath=/the/extension"));
    assert.ok(args.includes("--extensionTestsPath=/the/tests.cjs"));
    assert.ok(args.includes("--disable-extensions"));
    assert.ok(args.includes(`--user-data-dir=${join(folder, "data")}`));
    assert.equal(given, "to the tests");
  });

  it("gives the exit code of failed tests", async () => {
    assert.equal(await runTests(3), 3);
  });

  it("opens a profile in the developer's own VS Code as it is set up", async () => {
    const opening = { extension: "/the/extension", folder: "/the/app", profile: "/a-v8.log" };
    await openProfile({ kind: "installed", executable: standIn(0) }, opening);
    assert.deepEqual(recorded().args, [
      "--new-window",
      "--extensionDevelopmentPath=/the/extension",
      "/the/app",
      "/a-v8.log",
    ]);
  });

  it("opens a profile in a downloaded VS Code with settings of its own", async () => {
    const opening = { extension: "/the/extension", folder: "/the/app", profile: "/a-v8.log" };
    await openProfile({ kind: "downloaded", executable: standIn(0) }, opening);
    const { args } = recorded();
    assert.ok(args.some((arg) => /^--user-data-dir=.*\.vscode-test/.test(arg)));
    assert.deepEqual(args.slice(-2), ["/the/app", "/a-v8.log"]);
  });
});
