/** Runs a compiled test suite inside VS Code's extension host. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { runTests, TestRunFailedError } from "@vscode/test-electron";
import { launchBrowser, runTestsInPage, workbenchUrl } from "./drive.ts";
import type { VSCode } from "./ensure-vscode.ts";
import { startServer } from "./server.ts";

export interface HostRun {
  /** Folder of the extension under test. */
  readonly extension: string;
  /** Compiled module that exports `run(): Promise<void>`. */
  readonly tests: string;
  /** Folder to open. */
  readonly workspace: string;
  /** Empty folder for settings and storage. */
  readonly dataDir: string;
  /** File for what VS Code itself prints. */
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @returns the suite's exit code: 0 when every test passed. */
export async function runInHost(vscode: VSCode, run: HostRun): Promise<number> {
  const log = createWriteStream(run.logFile);
  try {
    if (vscode.kind === "server") return await runInServer(run, log);
    return await runInDesktop(vscode.executable, run, log);
  } finally {
    log.end();
  }
}

async function runInDesktop(executable: string, run: HostRun, log: Writable): Promise<number> {
  try {
    return await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: run.extension,
      extensionTestsPath: run.tests,
      extensionTestsEnv: run.env,
      launchArgs: [run.workspace, "--disable-extensions", `--user-data-dir=${run.dataDir}`],
      stdout: log,
      stderr: log,
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  }
}

async function runInServer(run: HostRun, log: Writable): Promise<number> {
  const server = await startServer({
    dataDir: run.dataDir,
    extensionsDir: join(run.dataDir, "extensions"),
    env: run.env,
  });
  try {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    const url = workbenchUrl(server.url, {
      folder: run.workspace,
      extensionDevelopmentPath: run.extension,
      extensionTestsPath: run.tests,
    });
    const code = await runTestsInPage(page, url, (line) => log.write(`${line}\n`));
    await browser.close();
    return code;
  } finally {
    await server.stop();
  }
}
