/** *Choose Another Log…* of a program that is stuck and wrote several. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as vscode from "vscode";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

/** In a native call, beside a worker that waits. */
const armed = [
  'const { Worker, isMainThread, parentPort } = require("node:worker_threads");',
  "function hashPassword() {",
  '  require("node:crypto").pbkdf2Sync("p", "s", 2 ** 31 - 1, 64, "sha512");',
  "}",
  "if (isMainThread) {",
  '  new Worker(__filename).once("online", () => {',
  '    console.log("stuck");',
  "    setTimeout(hashPassword, 50);",
  "  });",
  '} else parentPort.on("message", () => {});',
].join("\n");

describe("the log of a program that is stuck", () => {
  const [folder] = vscode.workspace.workspaceFolders!;
  const window = new WindowStub();

  before(async function () {
    if (process.platform === "win32") this.skip();
    await activateApp();
  });
  afterEach(() => window.restore());
  after(closeEverything);

  it("is looked at again by another one when the user says so", async function () {
    const other = "Choose Another Log…";
    // Two captures, each of up to its whole budget.
    this.timeout(120_000);
    const script = vscode.Uri.joinPath(folder!.uri, "hang", "armed.cjs");
    await write(script, armed);
    const logs = vscode.Uri.joinPath(folder!.uri, "hang", "%p-v8.log").fsPath;
    const stuck = spawn("node", ["--prof", `--logfile=${logs}`, script.fsPath]);
    try {
      await once(stuck.stdout!, "data");
      // The sampler's log is asked for the last two seconds: not those of starting up.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const told = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
      let offered: readonly string[] = [];
      let times = 0;
      window.answer("showWarningMessage", (message: string, ...buttons: string[]) => {
        told[times++]?.resolve(message);
        if (times > 1) return undefined;
        offered = buttons;
        return other;
      });
      let rows: (vscode.QuickPickItem & { path?: string })[] = [];
      window.answer("showQuickPick", (items: vscode.QuickPickItem[]) => {
        rows = items;
        return items[1];
      });
      await vscode.commands.executeCommand("hangscope.captureHang", { pid: stuck.pid });
      assert.match(await told[0]!.promise, /stuck in hashPassword/);
      assert.ok(offered.includes(other), offered.join());
      assert.doesNotMatch(await told[1]!.promise, /hashPassword/);
      assert.equal(rows.length, 2);
      assert.equal(rows[0]!.label, "$(file) armed.cjs");
      assert.match(rows[0]!.detail!, /^isolate-.*-v8\.log · hang\/armed\.cjs$/);
      assert.match(rows[0]!.description!, /^\d+ samples in the last 2 s · was chosen$/);
      assert.match(rows[1]!.description!, /^0 samples in the last 2 s · (?!was chosen)/);
    } finally {
      stuck.kill("SIGKILL");
    }
  });
});
