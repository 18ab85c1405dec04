/** Records real programs, as the commands do: in the user's terminal, through the server. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: VS Code's variables are written so.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { CaptureRecorder, type Outcome, type Plan } from "../../../extension/capture/recorder.ts";
import { runTask } from "../../../extension/capture/run-in-terminal.ts";
import { problemsOf } from "../../../extension/capture/show-result.ts";
import type { StoredCaptures } from "../../../extension/capture/stored-captures.ts";
import { planOf as planOfConfiguration } from "../../../extension/capture/targets/launch-configurations.ts";
import { planOf as planOfTask } from "../../../extension/capture/targets/tasks.ts";
import { eventually } from "../../support/eventually.ts";
import { KeptCaptures } from "./kept-captures.ts";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

/** Runs for a second or so by itself. */
const finite = `
function hotWork() { const end = Date.now() + 20; while (Date.now() < end) Math.sqrt(end); }
for (let round = 0; round < 40; round++) hotWork();
`;
/** Makes a file when it has run as long. */
const endless = (upFile: string) => `${finite} console.log("up");
import("node:fs").then(({ writeFileSync }) => writeFileSync(${JSON.stringify(upFile)}, ""));
setInterval(hotWork, 21);`;

describe("a capture", () => {
  const folder = vscode.workspace.workspaceFolders![0]!;
  const file = (name: string) => vscode.Uri.joinPath(folder.uri, "captures", name);
  const upFile = file("endless.up").fsPath;
  let app: App;
  let recorder: CaptureRecorder;

  before(async () => {
    app = await activateApp();
    recorder = app.recorder as CaptureRecorder;
    await write(file("finite.js"), finite);
    await write(file("endless.js"), endless(upFile));
    await write(file("failing.js"), "process.exit(3);");
  });
  afterEach(async () => {
    await recorder.stop();
    await vscode.workspace.getConfiguration("hangscope").update("capture.sampler", undefined);
    await closeEverything();
  });

  const nodePlan = (name: string, ...flags: string[]): Plan => ({
    title: name,
    target: {
      kind: "command",
      argv: ["node", ...flags, file(name).fsPath],
      cwd: folder.uri.fsPath,
    },
  });

  /** Until its end is told. */
  async function outcomeOf(begin: () => unknown): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const listener = recorder.onDidStop(resolve);
    try {
      await begin();
      return await promise;
    } finally {
      listener.dispose();
    }
  }

  async function hottestOf(outcome: Outcome): Promise<string | undefined> {
    const path = outcome.profiles[0]!.path;
    const { profileId } = await app.server.call("profile.open", { path });
    const query = { kind: "hottest" } as const;
    const answer = await app.server.call("profile.query", { profileId, query });
    assert.equal(answer.kind, "hottest");
    return answer.kind === "hottest" ? answer.functions[0]?.name : undefined;
  }

  async function profileIsOpen(outcome: Outcome): Promise<void> {
    const path = outcome.profiles[0]!.path;
    await eventually(() => assert.equal(app.active.current?.uri.fsPath, path));
  }

  for (const sampler of ["prof", "cpu-prof"] as const) {
    it(`of a program that ends opens its profile (${sampler})`, async () => {
      const settings = vscode.workspace.getConfiguration("hangscope");
      await settings.update("capture.sampler", sampler);
      const kept = await KeptCaptures.open(app);
      const outcome = await outcomeOf(async () => {
        await recorder.start(nodePlan("finite.js"));
        assert.equal(recorder.current?.title, "finite.js");
      });
      try {
        const kind = sampler === "prof" ? "v8log" : "cpuprofile";
        await eventually(async () => assert.deepEqual(await kept.list(), [`${kind} finite.js`]));
      } finally {
        await kept.close();
      }
      assert.equal(recorder.current, undefined);
      assert.equal(outcome.exitCode, 0);
      assert.deepEqual(outcome.unprofiled, []);
      assert.equal(await hottestOf(outcome), "hotWork");
      await profileIsOpen(outcome);
    });

    it(`of a program that is stopped ends it and has its profile (${sampler})`, async () => {
      const settings = vscode.workspace.getConfiguration("hangscope");
      await settings.update("capture.sampler", sampler);
      const outcome = await outcomeOf(async () => {
        await rm(upFile, { force: true });
        await recorder.start(nodePlan("endless.js"));
        await eventually(() => access(upFile));
        await vscode.commands.executeCommand("hangscope.stopProfiling");
      });
      assert.equal(outcome.exitCode, undefined);
      assert.deepEqual(problemsOf(outcome), []);
      assert.equal(await hottestOf(outcome), "hotWork");
      assert.throws(() => process.kill(outcome.profiles[0]!.pid, 0), { code: "ESRCH" });
      await profileIsOpen(outcome);
    });
  }

  it("stands in the extension's storage, not in the folder", async () => {
    const outcome = await outcomeOf(() => recorder.start(nodePlan("finite.js")));
    const storage = app.context.storageUri!.fsPath;
    assert.ok(outcome.profiles[0]!.path.startsWith(storage));
    const files = readdirSync(folder.uri.fsPath, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((name) => /-v8\.log$/.test(name)),
      [],
    );
    const [newest] = await (app.captures as StoredCaptures).list();
    assert.equal(newest?.title, "finite.js");
    assert.equal(newest.underWay, false);
  });

  it("of a program that fails says so", async () => {
    // However slowly it starts: one sample a second are too few.
    const flag = "--prof-sampling-interval=1000000";
    const outcome = await outcomeOf(() => recorder.start(nodePlan("failing.js", flag)));
    assert.equal(outcome.exitCode, 3);
    assert.match(problemsOf({ ...outcome, profiles: [] })[0]!, /left with code 3/);
    assert.match(problemsOf(outcome).join(" "), /samples/);
  });

  it("of a program that has ended tells its exit code while its terminal still closes", async () => {
    const execution = new vscode.ProcessExecution("node", [file("failing.js").fsPath]);
    const task = new vscode.Task({ type: "process" }, folder, "failing", "test", execution);
    const program = await runTask(task);
    // Its process has ended before VS Code takes the task off this list.
    const listed = vscode.tasks.taskExecutions;
    const getter = Object.getOwnPropertyDescriptor(vscode.tasks, "taskExecutions")!;
    Object.defineProperty(vscode.tasks, "taskExecutions", { value: listed, configurable: true });
    try {
      await program.ended;
      assert.equal(await program.end(), 3);
    } finally {
      Object.defineProperty(vscode.tasks, "taskExecutions", getter);
    }
  });

  it("is the only one", async () => {
    const first = recorder.start(nodePlan("endless.js"));
    await assert.rejects(recorder.start(nodePlan("finite.js")), { name: "UserError" });
    await first;
    await assert.rejects(recorder.start(nodePlan("finite.js")), /endless\.js is being profiled/);
  });

  it("of what cannot be run is no capture", async () => {
    const captures = app.captures as StoredCaptures;
    const before = await captures.list();
    const plan = nodePlan("finite.js");
    const failing = { ...plan, run: () => Promise.reject(new Error("no terminal")) };
    await assert.rejects(recorder.start(failing), /no terminal/);
    assert.equal(recorder.current, undefined);
    assert.deepEqual(await captures.list(), before);
  });

  it("finds a missing Node before anything starts", async () => {
    const plan = nodePlan("finite.js");
    const target = { ...plan.target, node: "/nowhere/node" } as Plan["target"];
    await assert.rejects(recorder.start({ ...plan, target }), /node/i);
    assert.equal(recorder.current, undefined);
  });

  it("of a running process leaves it running", async () => {
    const child = spawn("node", [file("endless.js").fsPath]);
    try {
      await once(child.stdout, "data");
      const outcome = await outcomeOf(async () => {
        await recorder.start({ title: "running", target: { kind: "process", pid: child.pid! } });
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await recorder.stop();
      });
      assert.equal(await hottestOf(outcome), "hotWork");
      assert.equal(child.exitCode, null);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("ends when the process that it watches ends", async () => {
    const child = spawn("node", [file("endless.js").fsPath]);
    await once(child.stdout, "data");
    await outcomeOf(async () => {
      await recorder.start({ title: "running", target: { kind: "process", pid: child.pid! } });
      child.kill("SIGKILL");
    });
    assert.equal(recorder.current, undefined);
  });

  it("of a task runs it with the task's own variables", async () => {
    const program = "if (process.env.TASK_WANTS !== 'this') process.exit(9);";
    await write(file("task.js"), program + finite);
    const task = new vscode.Task(
      { type: "shell" },
      folder,
      "crunch",
      "test",
      new vscode.ShellExecution(`node "${file("task.js").fsPath}"`, {
        env: { TASK_WANTS: "this" },
      }),
    );
    const outcome = await outcomeOf(() => recorder.start(planOfTask(task)));
    assert.equal(outcome.exitCode, 0);
    assert.equal(await hottestOf(outcome), "hotWork");
  });

  it("of an npm script has the program's profile, not npm's", async () => {
    const script = { scripts: { crunch: "node captures/finite.js" }, type: "module" };
    await write(vscode.Uri.joinPath(folder.uri, "package.json"), JSON.stringify(script));
    const { npmScripts } = await import("../../../extension/capture/targets/npm-scripts.ts");
    const items = await npmScripts(undefined, undefined);
    const plan = await items.find(({ label }) => label.includes("crunch"))!.plan!();
    assert.equal(plan!.title, "npm run crunch");
    const outcome = await outcomeOf(() => recorder.start(plan!));
    assert.equal(outcome.profiles.length, 1);
    assert.equal(await hottestOf(outcome), "hotWork");
  });

  it("of a launch configuration takes its arguments, variables and folder", async () => {
    await write(file("settings.env"), "FROM_FILE=1\nBOTH=file\n");
    const entry = {
      name: "Serve",
      type: "node",
      request: "launch",
      program: "captures/finite.js",
      args: ["--at", "${workspaceFolderBasename}"],
      runtimeArgs: ["--stack-size=900"],
      cwd: "${workspaceFolder}",
      env: { BOTH: "entry", HOME_OF: "${env:HOME}" },
      envFile: "${workspaceFolder}/captures/settings.env",
    } as const;
    const plan = await planOfConfiguration(entry as never, folder, undefined);
    const root = folder.uri.fsPath;
    assert.deepEqual(plan, {
      title: "Serve",
      target: {
        kind: "command",
        argv: [
          "node",
          "--stack-size=900",
          join(root, "captures/finite.js"),
          "--at",
          root.split(/[\\/]/).at(-1),
        ],
        cwd: root,
        env: { FROM_FILE: "1", BOTH: "entry", HOME_OF: process.env["HOME"] ?? "" },
      },
    });
    const outcome = await outcomeOf(() => recorder.start(plan));
    assert.equal(await hottestOf(outcome), "hotWork");
  });

  it("begins and ends by the commands alone", async () => {
    const window = new WindowStub();
    await vscode.window.showTextDocument(file("endless.js"));
    window.answer("showQuickPick", async (items: Promise<vscode.QuickPickItem[]>) =>
      (await items).find(({ label }) => label.endsWith("endless.js")),
    );
    try {
      const outcome = await outcomeOf(async () => {
        await rm(upFile, { force: true });
        await vscode.commands.executeCommand("hangscope.startProfiling");
        await eventually(() => assert.match(recorder.current?.title ?? "", /endless\.js$/));
        await eventually(() => access(upFile));
        await vscode.commands.executeCommand("hangscope.stopProfiling");
      });
      await profileIsOpen(outcome);
    } finally {
      window.restore();
    }
  });

  it("is refused by the command while one is under way", async () => {
    const window = new WindowStub();
    await recorder.start(nodePlan("endless.js"));
    const told = window.answer("showInformationMessage", () => undefined);
    try {
      await vscode.commands.executeCommand("hangscope.startProfiling", nodePlan("finite.js"));
      assert.match(String(told[0]?.[0]), /endless\.js is being profiled/);
    } finally {
      window.restore();
    }
  });

  it("goes on over a reload of the window", async () => {
    await recorder.start(nodePlan("endless.js"));
    const { server, captures, context } = app;
    const next = new CaptureRecorder(
      server,
      captures as StoredCaptures,
      context.workspaceState,
      assert.ifError,
    );
    try {
      await eventually(() => assert.equal(next.current?.title, "endless.js"));
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      next.onDidStop(resolve);
      await next.stop();
      const { profiles } = await promise;
      assert.throws(() => process.kill(profiles[0]!.pid, 0), { code: "ESRCH" });
    } finally {
      next.dispose();
    }
  });

  it("of a launch configuration says which variable it cannot fill in", async () => {
    const entry = {
      name: "Ask",
      type: "node",
      request: "launch",
      program: "${input:which}",
      args: [],
      runtimeArgs: [],
      env: {},
    } as const;
    await assert.rejects(planOfConfiguration(entry as never, folder, undefined), {
      name: "UserError",
      message: /\$\{input:which\}.*“Ask”/,
    });
  });
});
