/** *Launch with Hang Capture*: a program that hangs is captured by itself, and told once. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import type { CaptureRecorder, Outcome, Plan } from "../../../extension/capture/recorder.ts";
import { appearance } from "../../../extension/server/status-bar.ts";
import { eventually } from "../../support/eventually.ts";
import { KeptCaptures } from "./kept-captures.ts";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

const stuck = `function matchNames(text) {
  return /^(\\w+\\s?)+$/.test(text);
}
setTimeout(() => matchNames("name ".repeat(40) + "!"), 1500);
`;
/** Waits for a file beside it. */
const late = `${stuck.slice(0, stuck.indexOf("setTimeout"))}
const timer = setInterval(() => {
  if (!require("node:fs").existsSync(__dirname + "/now")) return;
  clearInterval(timer);
  matchNames("name ".repeat(40) + "!");
}, 100);
`;
const healthy = "setTimeout(() => process.exit(4), 2500);";
const native = `const { pbkdf2Sync } = require("node:crypto");
console.log("up");
setTimeout(() => pbkdf2Sync("password", "salt", 2 ** 31 - 1, 64, "sha512"), 100);
`;

describe("a program that is watched", function () {
  this.timeout(90_000);
  const [folder] = vscode.workspace.workspaceFolders!;
  const file = (name: string) => vscode.Uri.joinPath(folder!.uri, "watch", name);
  const settings = () => vscode.workspace.getConfiguration("hangscope");
  const window = new WindowStub();
  let app: App;
  let kept: KeptCaptures | undefined;
  let watcher: CaptureRecorder;

  before(async function () {
    if (process.platform === "win32") this.skip();
    app = await activateApp();
    watcher = app.watcher as CaptureRecorder;
    await write(file("stuck.cjs"), stuck);
    await write(file("late.cjs"), late);
    await write(file("healthy.cjs"), healthy);
    await write(file("native.cjs"), native);
    await settings().update("hangCapture.afterSeconds", 2);
  });
  afterEach(async () => {
    window.restore();
    await kept?.close();
    kept = undefined;
    await watcher.stop();
    await closeEverything();
  });
  after(() => settings().update("hangCapture.afterSeconds", undefined));

  const planOf = (name: string): Plan => ({
    title: name,
    target: { kind: "command", argv: ["node", file(name).fsPath], cwd: folder!.uri.fsPath },
  });
  const ended = () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const listener = watcher.onDidStop((outcome) => {
      listener.dispose();
      resolve(outcome);
    });
    return promise;
  };

  it("is captured when it hangs, told once, and stands on its line", async () => {
    const told = Promise.withResolvers<readonly string[]>();
    const calls = window.answer("showWarningMessage", (...said: string[]) => {
      told.resolve(said);
      return undefined;
    });
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).map(labelOf);
    const before = tabs();
    kept = await KeptCaptures.open(app);
    const outcome = ended();
    await vscode.commands.executeCommand("hangscope.launchWithHangCapture", planOf("stuck.cjs"));
    assert.equal(watcher.current?.title, "stuck.cjs");
    assert.equal(app.recorder.current, undefined, "a profile can be recorded meanwhile");
    const shown = appearance(watcher.current, app.server.state, true);
    assert.match(shown.text, /^\$\(eye\) 0:\d\d$/);
    assert.match(shown.label, /^Watching stuck\.cjs for/);
    assert.equal(shown.command, "hangscope.stopWatching");
    const [verdict, ...buttons] = await told.promise;
    assert.match(verdict!, /^The main thread is stuck in matchNames \(.*stuck\.cjs:2\)/);
    assert.match(verdict!, /It had not responded for at least \d+\.\d s\.$/);
    assert.deepEqual(buttons, ["Go to Line", "Show Report", "Open Profile"]);
    assert.match(app.active.current?.uri.path ?? "", /stuck-\d+\.hangscope-hang$/);
    assert.deepEqual(tabs(), before, "what the user works in stays as it is");
    await eventually(() => {
      const problems = vscode.languages.getDiagnostics(file("stuck.cjs"));
      assert.match(problems[0]?.message ?? "", /^Stuck in matchNames/);
    });
    await eventually(async () => assert.deepEqual(await kept?.list(), ["hang stuck.cjs"]));
    const summed = window.answer("setStatusBarMessage", () => undefined);
    await vscode.commands.executeCommand("hangscope.stopWatching");
    const { hangs = [], profiles, warnings } = await outcome;
    await eventually(() =>
      assert.equal(summed[0]?.[0], "$(eye) stuck.cjs ended: one hang was captured"),
    );
    assert.equal(hangs.length, 1);
    assert.deepEqual([profiles, warnings], [[], []]);
    assert.equal(calls.length, 1);
    assert.equal(watcher.current, undefined);
  });

  it("is watched on when the server dies", async () => {
    const told = Promise.withResolvers<string>();
    window.answer("showWarningMessage", (text: string) => {
      told.resolve(text);
      return undefined;
    });
    await vscode.commands.executeCommand("hangscope.launchWithHangCapture", planOf("late.cjs"));
    const pid = await serverPid();
    process.kill(pid, "SIGKILL");
    await eventually(async () => assert.notEqual(await serverPid(), pid));
    // It proves by a beat that it is the one that was watched.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await write(file("now"), "");
    assert.match(await told.promise, /^The main thread is stuck in matchNames/);
  });

  it("is left alone when it is healthy", async () => {
    const calls = window.answer("showWarningMessage", () => undefined);
    const outcome = ended();
    await vscode.commands.executeCommand("hangscope.launchWithHangCapture", planOf("healthy.cjs"));
    const { hangs, exitCode } = await outcome;
    assert.deepEqual([hangs, exitCode, calls], [[], 4, []]);
  });

  it("is chosen from what can be started", async () => {
    let rows: vscode.QuickPickItem[] = [];
    window.answer("showQuickPick", async (items: Promise<vscode.QuickPickItem[]>) => {
      rows = await items;
      return undefined;
    });
    await vscode.window.showTextDocument(file("stuck.cjs"));
    await vscode.commands.executeCommand("hangscope.launchWithHangCapture");
    const labels = rows.map(({ label }) => label);
    assert.ok(labels.includes("$(file-code) watch/stuck.cjs"));
    assert.ok(labels.includes("$(tasklist) Task…"));
    assert.ok(!labels.some((label) => /Running|Inspector|Apple|Attach/.test(label)));
  });

  it("is a debug session too, which ends with it", async () => {
    const outcome = ended();
    const terminated = new Promise<vscode.DebugSession>((resolve) => {
      const listener = vscode.debug.onDidTerminateDebugSession((session) => {
        listener.dispose();
        resolve(session);
      });
    });
    const started = await vscode.debug.startDebugging(folder, {
      type: "hangscope",
      request: "launch",
      name: "Watched",
      program: file("healthy.cjs").fsPath,
    });
    assert.ok(started);
    assert.equal((await outcome).exitCode, 4);
    assert.equal((await terminated).type, "hangscope");
  });

  it("ends with its debug session", async () => {
    const outcome = ended();
    await vscode.debug.startDebugging(folder, {
      type: "hangscope",
      request: "launch",
      name: "Watched",
      runtimeExecutable: "node",
      runtimeArgs: ["-e", "setInterval(() => {}, 1000)"],
    });
    await eventually(() => assert.equal(watcher.current?.title, "Watched"));
    await vscode.debug.stopDebugging();
    assert.deepEqual((await outcome).hangs, []);
  });

  it("is a task too, which ends as it does", async () => {
    const definition = { type: "hangscope-watch", program: file("healthy.cjs").fsPath };
    const tasks = [{ label: "Watched task", ...definition }];
    const written = vscode.workspace.getConfiguration("tasks", folder);
    await written.update("tasks", tasks, vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      const task = await eventually(async () => {
        const found = (await vscode.tasks.fetchTasks()).find(({ name }) => name === "Watched task");
        assert.ok(found);
        return found;
      });
      const outcome = ended();
      const code = new Promise<number | undefined>((resolve) => {
        const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== "Watched task") return;
          listener.dispose();
          resolve(exitCode);
        });
      });
      await vscode.tasks.executeTask(task);
      assert.equal((await outcome).exitCode, 4);
      assert.equal(await code, 4);
    } finally {
      await written.update("tasks", undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    }
  });

  it("is offered where a capture could not name the function", async () => {
    const child = spawn("node", [file("native.cjs").fsPath], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout!, "data");
      await new Promise((resolve) => setTimeout(resolve, 500));
      window.answer("showWarningMessage", (...said: string[]) =>
        said.find((text) => text.startsWith("Relaunch with Hang Capture")),
      );
      const asked = Promise.withResolvers<vscode.QuickPickOptions>();
      window.answer("showQuickPick", (_items: unknown, options: vscode.QuickPickOptions) => {
        asked.resolve(options);
        return undefined;
      });
      await vscode.commands.executeCommand("hangscope.captureHang", { pid: child.pid });
      const { title, placeHolder } = await asked.promise;
      assert.equal(title, "Launch with Hang Capture");
      assert.match(placeHolder!, /^What should be started anew\? It was: .*native\.cjs$/);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

/** By its log. */
async function serverPid(): Promise<number> {
  await vscode.commands.executeCommand("hangscope.showServerLog");
  const log = vscode.window.activeTextEditor!.document.uri;
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(log));
  return Number([...text.matchAll(/ready: pid (\d+)/g)].at(-1)![1]);
}

function labelOf({ label }: vscode.Tab): string {
  return label;
}
