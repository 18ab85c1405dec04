/** *Capture What It's Stuck On*, of a real program that is stuck. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { listCaptures } from "../../../src/capture/storage.ts";
import { eventually } from "../../support/eventually.ts";
import { frame, hang } from "../../unit/hang/hang-fixture.ts";
import { KeptCaptures } from "./kept-captures.ts";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

const program = [
  "function matchNames(text) {",
  "  return /^(\\w+\\s?)+$/.test(text);",
  "}",
  "",
  'setTimeout(() => matchNames("name ".repeat(40) + "!"), 50);',
  'console.log("stuck");',
].join("\n");

describe("what a program is stuck on", () => {
  const [folder] = vscode.workspace.workspaceFolders!;
  const file = vscode.Uri.joinPath(folder!.uri, "hang", "stuck.cjs");
  const window = new WindowStub();
  let app: App;
  let child: ChildProcess;

  before(async function () {
    if (process.platform === "win32") this.skip();
    app = await activateApp();
    await write(file, program);
    child = spawn("node", [file.fsPath], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout!, "data");
  });
  afterEach(() => window.restore());
  after(async () => {
    child?.kill("SIGKILL");
    await closeEverything();
  });

  it("is captured from the palette, out of a list with the busiest on top", async () => {
    let rows: vscode.QuickPickItem[] = [];
    const own = (row: vscode.QuickPickItem) => /stuck\.cjs/.test(row.label);
    window.answer("showQuickPick", async (items: vscode.QuickPickItem[]) => {
      rows = items;
      return items.find(own);
    });
    const told = Promise.withResolvers<string>();
    window.answer("showWarningMessage", (message: string) => {
      told.resolve(message);
      return undefined;
    });
    const kept = await KeptCaptures.open(app);
    await vscode.commands.executeCommand("hangscope.captureHang");
    try {
      await eventually(async () => assert.deepEqual(await kept.list(), ["hang node stuck.cjs"]));
    } finally {
      await kept.close();
    }
    assert.match(rows.find(own)!.description!, new RegExp(`^${child.pid} · \\d+ % CPU`));
    const shares = rows.map(({ description }) =>
      Number(/(\d+) % CPU/.exec(description!)?.[1] ?? 0),
    );
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => b - a),
    );
    assert.match(await told.promise, /^The main thread is stuck in matchNames \(.*stuck\.cjs:2\)/);
    assert.equal(child.exitCode, null);
    const [newest] = await listCaptures(app.captures.directory.fsPath);
    assert.equal(newest!.title, "node stuck.cjs");
  });

  it("opens as a profile that counts samples and no times", async () => {
    const active = await eventually(() => {
      assert.match(app.active.current?.uri.path ?? "", /stuck-\d+\.hangscope-hang$/);
      return app.active.current!;
    });
    const { meta, samples } = await active.query({ kind: "summary" });
    assert.equal(meta.weightUnit, "samples");
    assert.equal(samples, 6);
    const { hangs } = await active.query({ kind: "findings" });
    assert.deepEqual(
      hangs.found.map(({ stack, culprit }) => stack[culprit]!.name),
      ["matchNames"],
    );
  });

  it("is a warning on its line, with how it came there", async () => {
    const problem = await eventually(() => {
      const found = vscode.languages
        .getDiagnostics(file)
        .find(({ severity }) => severity === vscode.DiagnosticSeverity.Warning);
      assert.ok(found);
      return found;
    });
    assert.match(
      problem.message,
      /^Stuck in matchNames: watched for .* s, and in each of 6 samples/,
    );
    assert.equal(problem.range.start.line, 1);
    assert.deepEqual(
      problem.relatedInformation?.map(({ location }) => location.range.start.line),
      [4],
    );
  });

  it("has a lens that counts samples, and stays on its line", async () => {
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    await eventually(async () => {
      assert.match(
        (await lensesAt(file, 0)).map(titleOf).join(),
        /self 6 samples \(100 %\), total/,
      );
      const [stuck, ...others] = await lensesAt(file, 1);
      assert.deepEqual(others, []);
      assert.equal(titleOf(stuck!), "$(warning) stuck here, in each of 6 samples");
      const { hangs } = await app.active.current!.query({ kind: "findings" });
      const [{ stack, culprit }] = hangs.found as [(typeof hangs.found)[0]];
      assert.deepEqual(stuck!.command?.arguments, [stack[culprit]!.id]);
    });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(file, new vscode.Position(0, 0), "// new\n");
    await vscode.workspace.applyEdit(edit);
    await eventually(async () => {
      assert.match((await lensesAt(file, 2)).map(titleOf).join(), /stuck here/);
      assert.doesNotMatch((await lensesAt(file, 1)).map(titleOf).join(), /stuck here/);
    });
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });

  it("has no lens where it is not, or nobody wants one", async () => {
    const other = vscode.Uri.joinPath(folder!.uri, "hang", "other.cjs");
    await write(other, program);
    await vscode.workspace.openTextDocument(other);
    assert.deepEqual(await lensesAt(other, 1), []);
    const settings = vscode.workspace.getConfiguration("hangscope");
    await settings.update("codeLens.enabled", false, vscode.ConfigurationTarget.Global);
    try {
      await eventually(async () => assert.deepEqual(await lensesAt(file, 1), []));
    } finally {
      await settings.update("codeLens.enabled", undefined, vscode.ConfigurationTarget.Global);
    }
    await eventually(async () => assert.equal((await lensesAt(file, 1)).length, 1));
  });

  it("is told from others by its terminal or debug session", async () => {
    const idle = "setInterval(() => {}, 1000)";
    const options = { name: "the shop", shellPath: "node", shellArgs: ["-e", idle] };
    const terminal = vscode.window.createTerminal(options);
    const launch = { type: "node", request: "launch", name: "the till", runtimeExecutable: "node" };
    const program = vscode.Uri.joinPath(folder!.uri, "hang", "idle.cjs");
    await write(program, idle);
    try {
      const pid = await terminal.processId;
      assert.ok(await vscode.debug.startDebugging(folder, { ...launch, program: program.fsPath }));
      await eventually(async () => {
        let rows: vscode.QuickPickItem[] = [];
        window.answer("showQuickPick", (items: vscode.QuickPickItem[]) => {
          rows = items;
          return undefined;
        });
        await vscode.commands.executeCommand("hangscope.captureHang");
        const described = (part: string) =>
          rows.find(({ description }) => description!.includes(part))?.description;
        assert.match(described("terminal: the shop") ?? "", new RegExp(`^${pid} · `));
        assert.match(described("debugged: the till") ?? "", /^\d+ · /);
      });
    } finally {
      terminal.dispose();
      await vscode.debug.stopDebugging();
    }
  });

  it("is said to be nothing when it waits for work", async () => {
    const waits = 'console.log("up"); setInterval(() => {}, 1000)';
    const idle = spawn("node", ["-e", waits], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      await once(idle.stdout, "data");
      const told = Promise.withResolvers<string>();
      window.answer("showWarningMessage", (message: string) => {
        told.resolve(message);
        return undefined;
      });
      await vscode.commands.executeCommand("hangscope.captureHang", { pid: idle.pid });
      assert.match(await told.promise, /^It is not stuck: its main thread takes other work/);
    } finally {
      idle.kill("SIGKILL");
    }
  });

  it("says so when it was seen only once", async () => {
    const place = { url: file.toString(), line: 2, functionLine: 2 };
    const once = vscode.Uri.joinPath(folder!.uri, "hang", "once.hangscope-hang");
    await write(once, JSON.stringify(hang([frame("matchNames", place)], [[0]])));
    await app.active.open(once);
    await eventually(async () => {
      const [stuck] = await lensesAt(file, 1);
      assert.equal(stuck && titleOf(stuck), "$(warning) stuck here, in the only sample");
      const messages = vscode.languages.getDiagnostics(file).map(({ message }) => message);
      const told = "Stuck in matchNames: watched for 1.50 s, and in the only sample it was here";
      assert.deepEqual(messages, [told]);
    });
  });
});

/** @param line 0-based */
async function lensesAt(file: vscode.Uri, line: number): Promise<vscode.CodeLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    file,
    100,
  );
  return lenses.filter(({ range }) => range.start.line === line);
}

function titleOf({ command }: vscode.CodeLens): string {
  return command?.title ?? "";
}
