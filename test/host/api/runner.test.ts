// biome-ignore-all lint/suspicious/noTemplateCurlyInString: VS Code's variables are written so.
/** Preparing a runner from VS Code: commands, progress, Problems, tasks and the view. */
import assert from "node:assert/strict";
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import type { Row } from "../../../extension/runner/runners-tree.ts";
import { appearance } from "../../../extension/server/status-bar.ts";
import { xcrun } from "../../../src/capture/apple/xcode.ts";
import { eventually } from "../../support/eventually.ts";
import { defaultSimulator } from "../../toolchain/defaults.ts";
import { activateApp, write } from "./profile-fixture.ts";
import { buildProblems, configure, openRunnerMac, type RunnerMac } from "./runner-mac.ts";
import { WindowStub } from "./window-stub.ts";

type Item = vscode.QuickPickItem;

const broken = {
  outcome: "fails",
  lines: [
    "Sources/Main.swift:1:4: error: cannot find 'x' in scope",
    "Sources/Server.swift:1:1: note: did you mean 'y'?",
    "Undefined symbols for architecture arm64:",
    '  "_main", referenced from:',
    "      start in Main.o",
    "ld: symbol(s) not found for architecture arm64",
    "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
  ],
} as const;

describe("a runner in VS Code", () => {
  const window = new WindowStub();
  let app: App;
  let mac: RunnerMac;
  let errors: unknown[][];
  let told: unknown[][];

  before(async function () {
    if (process.platform === "win32") this.skip();
    app = await activateApp();
    mac = await openRunnerMac("runner");
    await writeTasks();
  });
  beforeEach(async () => {
    await mac.reset();
    errors = window.answer("showErrorMessage", () => undefined);
    told = window.answer("setStatusBarMessage", () => new vscode.Disposable(() => {}));
  });
  afterEach(() => window.restore());
  after(() => mac?.remove());

  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`hangscope.${command}`, ...args);

  /** Chooses a row by the end of its label; the rows as they were shown. */
  function choose(label: string): Item[][] {
    const shown: Item[][] = [];
    window.answer("showQuickPick", async (items: Item[]) => {
      shown.push(items);
      return items.find((item) => item.label.endsWith(label));
    });
    return shown;
  }

  async function prepare(command = "prepareRunner", label = "iPhone 17 Pro"): Promise<Item[]> {
    const [shown] = await (async () => {
      const all = choose(label);
      await run(command);
      return all;
    })();
    return shown ?? [];
  }

  const builds = () => mac.calls("build-for-testing");
  const messages = () => told.map(([text]) => String(text));

  async function rows(): Promise<string[]> {
    await run("runners.refresh");
    const lines: string[] = [];
    for (const row of await children()) {
      const { label, description } = await item(row);
      lines.push([label, description].filter(Boolean).join(" | "));
      for (const child of await children(row)) {
        const { label: name, description: facts } = await item(child);
        lines.push(`  ${name} | ${facts}`);
      }
    }
    return lines;
  }
  const children = async (row?: Row) => (await app.runners.getChildren(row)) ?? [];
  const item = async (row: Row) => app.runners.getTreeItem(row);
  async function entryRow(): Promise<Row> {
    await run("runners.refresh");
    const [, cache] = await children();
    const [row] = await children(cache!);
    return row!;
  }

  describe("prepared by a command", () => {
    it("is ready on the destination that is chosen, which is offered first then", async () => {
      const first = await prepare();
      assert.deepEqual(
        first
          .filter(({ kind }) => kind === undefined)
          .map((each) => [each.label, each.description]),
        [
          ["$(device-mobile) iPhone 17 Pro", "iOS 26.2"],
          ["$(device-mobile) iPad Air", "iOS 26.2"],
          ["$(device-desktop) This Mac", "macOS"],
        ],
      );
      assert.match(messages().at(-1)!, /^\$\(check\) Runner ready on iPhone 17 Pro: built, in /);
      assert.deepEqual(errors, []);
      const { runners } = await app.server.call("runner.status", {});
      assert.deepEqual(
        runners.map(({ state, device }) => [state, device]),
        [["ready", defaultSimulator]],
      );
      await prepare("prepareRunner", "This Mac");
      const again = await prepare();
      assert.deepEqual(
        again.map(({ label }) => label),
        [
          "prepared last",
          "$(device-desktop) This Mac",
          "destinations",
          "$(device-mobile) iPhone 17 Pro",
          "$(device-mobile) iPad Air",
        ],
      );
      assert.match(messages().at(-1)!, /Runner on iPhone 17 Pro runs already/);
      assert.equal(builds(), 2);
    });

    it("is built whatever is cached when that is asked for", async () => {
      await prepare();
      const before = builds();
      await prepare("prepareRunnerClean");
      assert.equal(builds(), before + 1);
      assert.match(messages().at(-1)!, /ready on iPhone 17 Pro: built/);
    });

    it("is stopped by a command, which says when there is none", async () => {
      await prepare();
      await run("stopRunner");
      assert.match(messages().at(-1)!, /Runner on iPhone 17 Pro stopped/);
      assert.deepEqual(mac.tools.live(), []);
      const none = window.answer("showInformationMessage", () => undefined);
      await run("stopRunner");
      assert.deepEqual(none, [["No runner is ready."]]);
    });

    it("keeps its cache where the settings say, and no larger", async () => {
      await prepare();
      const entries = () => readdirSync(join(mac.cache, "entries")).length;
      assert.equal(entries(), 1);
      await run("stopRunner");
      await configure({ buildSettings: { OTHER: "1" } });
      await prepare();
      assert.equal(entries(), 2);
      await run("stopRunner");
      await configure({ maxCacheSize: 1, buildSettings: undefined });
      try {
        mac.become({ build: { files: 10, bytes: 2_000_000 } });
        await prepare("prepareRunnerClean");
        await eventually(() => assert.equal(entries(), 1));
      } finally {
        await configure({ maxCacheSize: undefined });
      }
    });

    it("tells a bad restored one as recovered, and says nothing of failure", async () => {
      await prepare();
      await run("stopRunner");
      const [product] = globSync(join(mac.cache, "entries/*/products/*/*-Runner.app/*-Runner"));
      writeFileSync(product!, readFileSync(product!, "utf8").replace("program", "PROGRAM"));
      await prepare();
      assert.match(messages().at(-1)!, /ready on iPhone 17 Pro: rebuilt, recovered, in/);
      assert.deepEqual(errors, []);
      assert.ok((await rows()).includes("  iPhone 17 Pro | iOS 26.2 · ready, recovered"));
    });
  });

  describe("that cannot be built", () => {
    beforeEach(() => mac.become({ build: broken }));

    it("has its errors in Problems: on the line, and the linker's as one", async () => {
      await prepare();
      const [compile, link] = buildProblems();
      assert.equal(buildProblems().length, 2);
      assert.equal(compile!.file, "Main.swift");
      assert.equal(compile!.problem.message, "cannot find 'x' in scope");
      assert.equal(compile!.problem.severity, vscode.DiagnosticSeverity.Error);
      const { start } = compile!.problem.range;
      assert.deepEqual([start.line, start.character], [0, 3]);
      const [note] = compile!.problem.relatedInformation!;
      assert.equal(note!.message, "did you mean 'y'?");
      assert.match(note!.location.uri.path, /Sources\/Server\.swift$/);
      assert.equal(link!.file, "project.pbxproj");
      assert.equal(link!.problem.code, "link");
      assert.deepEqual(link!.problem.message.split("\n").length, 5);
    });

    it("is told once, with ways to the log and to Problems", async () => {
      await prepare();
      assert.deepEqual(errors, [
        [
          "No runner on iPhone 17 Pro. The build failed: Main.swift:1: cannot find 'x' in scope (and 1 more)",
          "Show Problems",
          "Show Log",
        ],
      ]);
      assert.deepEqual(messages(), []);
      assert.ok(
        (await rows()).some((row) => /iPhone 17 Pro \| .*failed: The build failed/.test(row)),
      );
    });

    it("gains what only the result bundle knows, and no line twice", async () => {
      const at = (file: string, line: number, column: number) =>
        `file://${join(mac.project, "..", file)}#StartingLineNumber=${line}&StartingColumnNumber=${column}`;
      mac.become({
        build: {
          ...broken,
          issues: {
            errors: [
              {
                issueType: "Swift Compiler Error",
                message: "Cannot find 'x' in scope",
                sourceURL: at("Sources/Main.swift", 0, 3),
              },
              { issueType: "Linker", message: "Undefined symbol: _main" },
            ],
            warnings: [
              {
                issueType: "Swift Compiler Warning",
                message: "only the bundle knows",
                sourceURL: at("Sources/Commands.swift", 2, 0),
              },
            ],
          },
        },
      });
      await prepare();
      assert.deepEqual(
        buildProblems().map(({ file, problem }) => [file, problem.range.start.line]),
        [
          ["Commands.swift", 2],
          ["Main.swift", 0],
          ["project.pbxproj", 0],
        ],
      );
    });

    it("leaves nothing stale in Problems once it is mended", async () => {
      await prepare();
      assert.equal(buildProblems().length, 2);
      mac.become({});
      // On another device, too.
      await prepare("prepareRunner", "iPad Air");
      assert.deepEqual(buildProblems(), []);
    });
  });

  describe("cancelled while it is built", () => {
    it("leaves no process, no problem, no half entry and no word", async () => {
      mac.become({ build: broken });
      await prepare();
      errors.length = 0;
      mac.become({ build: { outcome: "hangs" } });
      const cancel = new vscode.EventEmitter<void>();
      const shown: string[] = [];
      let title = "";
      window.answer(
        "withProgress",
        (
          options: vscode.ProgressOptions,
          work: (progress: object, token: object) => Promise<unknown>,
        ) => {
          title = options.title ?? "";
          const report = ({ message }: { message: string }) => {
            shown.push(message);
            if (message.includes("CompileSwift")) cancel.fire();
          };
          return work({ report }, { onCancellationRequested: cancel.event });
        },
      );
      await prepare();
      assert.equal(
        title,
        "Preparing a runner on iPhone 17 Pro ([Show Log](command:hangscope.showRunnerLog))",
      );
      assert.match(shown.at(-1)!, /^0:\d\d · Building the runner: CompileSwift \w+\.swift$/);
      await eventually(() => assert.deepEqual(mac.tools.live(), []));
      await eventually(async () => {
        const { state } = app.server;
        assert.ok(state.kind === "ready" && state.jobs.length === 0);
      });
      assert.deepEqual(buildProblems(), []);
      assert.deepEqual(errors, []);
      assert.deepEqual(globSync(join(mac.cache, "{entries,staging}/*")), []);
      assert.ok((await rows()).includes("  iPhone 17 Pro | iOS 26.2 · no runner"));
    });
  });

  describe("asked for twice at once", () => {
    it("is built once, for a window, a task and an agent", async () => {
      mac.become({ times: { scale: 0.3 } });
      const before = builds();
      const input = { platform: "ios", device: defaultSimulator, cacheDir: mac.cache } as const;
      const { project } = mac;
      const agent = app.server.call("runner.prepare", {
        ...input,
        project,
        scheme: "HangscopeRunner",
      });
      const seen = eventually(() => {
        const { text } = appearance(undefined, app.server.state, true);
        assert.equal(text, "$(loading~spin) Building the runner");
      });
      await seen;
      const task = runTask("prepare the phone");
      await prepare();
      const result = await agent;
      assert.ok(result.ok && result.artifact === "built");
      assert.equal(await task, 0);
      assert.equal(builds(), before + 1);
      assert.match(messages().at(-1)!, /ready on iPhone 17 Pro: built/);
    });
  });

  describe("as a task", () => {
    it("is offered for each platform", async () => {
      const tasks = await vscode.tasks.fetchTasks({ type: "hangscope" });
      const names = tasks.map(({ name }) => name);
      for (const platform of ["ios", "tvos", "macos"]) {
        assert.ok(names.includes(`prepare ${platform}`), platform);
        assert.ok(names.includes(`clean ${platform}`), platform);
      }
    });

    it("ends with 0 when the runner is ready, and builds anew when that is asked", async () => {
      assert.equal(await runTask("prepare the phone"), 0);
      const before = builds();
      assert.equal(await runTask("clean the phone"), 0);
      assert.equal(builds(), before + 1);
    });

    it("ends with 1 when it is not, with its errors in Problems", async () => {
      mac.become({ build: broken });
      assert.equal(await runTask("prepare the phone"), 1);
      assert.equal(buildProblems().length, 2);
    });

    it("ends with 1 for what is not there", async () => {
      const before = builds();
      assert.equal(await runTask("unknown platform"), 1);
      assert.equal(await runTask("another project"), 1);
      assert.equal(builds(), before);
    });

    it("that is a user's own has its problems through $hangscope-xcodebuild", async () => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const said = vscode.Uri.joinPath(folder!.uri, "runner", "said.txt");
      const lines = [
        "\x1b[1mrunner/Sources/Main.swift:3:5: \x1b[31merror: \x1b[0mno such thing",
        `${folder!.uri.fsPath}/runner/Sources/Server.swift:7: warning: careful`,
        "<unknown>:0: error: nowhere",
        "CompileSwift normal arm64 /p/F.swift",
      ];
      await write(said, `${lines.join("\n")}\n`);
      assert.equal(await runTask("their own"), 0);
      await eventually(() =>
        assert.deepEqual(
          buildProblems().map(({ file, problem: { message, range, severity } }) => [
            file,
            message,
            range.start.line,
            range.start.character,
            severity,
          ]),
          [
            ["Main.swift", "no such thing", 2, 4, vscode.DiagnosticSeverity.Error],
            ["Server.swift", "careful", 6, 0, vscode.DiagnosticSeverity.Warning],
          ],
        ),
      );
      await write(said, "\n");
      assert.equal(await runTask("their own"), 0);
      await eventually(() => assert.deepEqual(buildProblems(), []));
    });

    it("is cancelled with its terminal", async () => {
      mac.become({ build: { outcome: "hangs" } });
      const before = builds();
      const ended = runTask("prepare the phone");
      await eventually(() => assert.equal(builds(), before + 1));
      const [execution] = vscode.tasks.taskExecutions;
      execution!.terminate();
      await ended;
      await eventually(() => assert.deepEqual(mac.tools.live(), []));
      assert.deepEqual(buildProblems(), []);
    });
  });

  describe("in its view", () => {
    // A view that is looked at asks when it is refreshed.
    after(async () => {
      await vscode.commands.executeCommand("workbench.view.explorer");
      await sleep(500);
    });

    it("stands with its state, and its entry in the cache with size and age", async () => {
      assert.deepEqual(await rows(), [
        "Destinations",
        "  iPhone 17 Pro | iOS 26.2 · no runner",
        "  iPad Air | iOS 26.2 · no runner",
        "  This Mac | macOS · no runner",
      ]);
      await prepare();
      const [, phone, , , cache, entry] = await rows();
      assert.equal(phone, "  iPhone 17 Pro | iOS 26.2 · ready");
      assert.match(cache!, /^Cached Runners \| [\d.]+ k?B$/);
      assert.match(entry!, /^ {2}iOS Simulator \| [\d.]+ k?B · built now · in use · Xcode 26\.3$/);
    });

    it("prepares and stops what is chosen in it, without a question", async () => {
      const asked = choose("nothing");
      const [destinations] = await children();
      const [, pad] = await children(destinations!);
      await run("prepareRunner", pad);
      assert.match(messages().at(-1)!, /Runner ready on iPad Air/);
      await run("stopRunner", pad);
      assert.match(messages().at(-1)!, /Runner on iPad Air stopped/);
      assert.deepEqual(asked, []);
    });

    it("deletes an entry once that is confirmed, but none that is in use", async () => {
      await prepare();
      const question = window.answer("showWarningMessage", () => "Delete");
      await run("runners.delete", await entryRow());
      assert.match(String(errors[0]![0]), /A runner runs from it/);
      await run("stopRunner");
      const row = await entryRow();
      window.answer("showWarningMessage", () => undefined);
      await run("runners.delete", row);
      assert.equal(readdirSync(join(mac.cache, "entries")).length, 1);
      window.answer("showWarningMessage", () => "Delete");
      await run("runners.delete", row);
      assert.deepEqual(readdirSync(join(mac.cache, "entries")), []);
      assert.match(String(question[0]![0]), /^Delete the cached runner \(\d/);
    });

    it("shows where an entry is, prunes, and deletes all", async () => {
      await prepare();
      await run("stopRunner");
      const info = window.answer("showInformationMessage", () => undefined);
      await run("runners.reveal", await entryRow());
      const folder = await vscode.env.clipboard.readText();
      assert.ok(existsSync(join(folder, "manifest.json")), folder);
      assert.equal(info.length, 1);
      await run("runners.prune");
      assert.match(messages().at(-1)!, /^\$\(trash\) 0 cached runners removed/);
      window.answer("showWarningMessage", () => "Delete");
      await run("runners.clean");
      assert.match(messages().at(-1)!, /^\$\(trash\) 1 cached runners removed, 0 B left/);
    });

    it("asks ahead when it is opened, and nothing while it is closed", async () => {
      await vscode.commands.executeCommand("workbench.view.explorer");
      const asked = spyOnCalls();
      try {
        await vscode.commands.executeCommand("hangscope.runners.focus");
        await eventually(() => assert.ok(asked.includes("runner.prewarm"), asked.join()));
        assert.ok(asked.includes("apple.devices"));
        await vscode.commands.executeCommand("workbench.view.explorer");
        await sleep(500);
        asked.length = 0;
        await prepare();
        await run("stopRunner");
        await sleep(1_000);
        assert.deepEqual(
          [...asked],
          ["apple.devices", "runner.prepare", "runner.status", "runner.stop"],
        );
      } finally {
        asked.restore();
      }
    });

    it("says nothing when what it asks ahead fails", async () => {
      await vscode.commands.executeCommand("workbench.view.explorer");
      const asked = spyOnCalls("runner.prewarm");
      try {
        await vscode.commands.executeCommand("hangscope.runners.focus");
        await eventually(() => assert.ok(asked.includes("runner.prewarm"), asked.join()));
        await sleep(200);
        assert.deepEqual(errors, []);
      } finally {
        asked.restore();
      }
    });
  });

  describe("in the status bar", () => {
    const job = (message?: string) => ({
      id: "1",
      tool: "runner.prepare",
      state: "running" as const,
      elapsedMs: 5_000,
      quietMs: 0,
      ...(message !== undefined && { message }),
    });

    it("shows its phase, whoever asked for it, and what the compiler does in the tooltip", () => {
      const jobs = [job("Building the runner: Ld App")];
      const { text, label, details, background } = appearance(
        undefined,
        { kind: "ready", jobs },
        true,
      );
      assert.equal(text, "$(loading~spin) Building the runner");
      assert.equal(label, "preparing a runner: Building the runner");
      assert.match(details.join(), /Ld App/);
      assert.equal(background, undefined);
      const none = appearance(undefined, { kind: "ready", jobs: [job()] }, true);
      assert.equal(none.text, "$(loading~spin) Preparing a runner");
    });

    it("gives way to a recording, and to what is wrong with the server", () => {
      const jobs = [job("Building the runner")];
      const recording = { title: "app", startedAt: Date.now() };
      assert.match(appearance(recording, { kind: "ready", jobs }, true).text, /^\$\(record\)/);
      const stuck = { kind: "busy", silentMs: 9_000, isStuck: true, jobs } as const;
      assert.equal(appearance(undefined, stuck, true).background, "warning");
    });
  });

  describe("without Apple's tools", () => {
    it("is refused with where they are, and the view asks no server", async () => {
      await mac.without(() => run("prepareRunner"));
      await eventually(() =>
        assert.deepEqual(errors, [[`xcrun was not found. ${xcrun.howToGet}`]]),
      );
      if (process.platform === "darwin") return;
      await app.server.stop();
      await mac.without(async () => assert.deepEqual(await rows(), []));
      assert.equal(app.server.state.kind, "stopped");
    });
  });

  describe("in a folder without trust", () => {
    const trust = Object.getOwnPropertyDescriptor(vscode.workspace, "isTrusted")!;

    it("starts nothing: no tool of Apple's, and no server", async () => {
      await app.server.stop();
      const calls = mac.tools.calls().length;
      const asked = choose("iPhone 17 Pro");
      Object.defineProperty(vscode.workspace, "isTrusted", { value: false, configurable: true });
      try {
        for (const name of ["prepareRunner", "prepareRunnerClean", "stopRunner", "runners.prune"]) {
          errors.length = 0;
          await run(name);
          assert.match(String(errors[0]?.[0]), /starts nothing in a folder.*not trusted/, name);
          assert.deepEqual(errors[0]!.slice(1), ["Manage Trust"], name);
        }
        assert.deepEqual(await rows(), []);
        assert.equal(await runTask("prepare the phone"), 1);
        assert.deepEqual(asked, []);
        assert.equal(mac.tools.calls().length, calls);
        assert.equal(app.server.state.kind, "stopped");
      } finally {
        Object.defineProperty(vscode.workspace, "isTrusted", trust);
      }
    });
  });

  /** Names of the server's tools in the order of their calls. */
  function spyOnCalls(failing?: string) {
    const { server } = app;
    const names: string[] = [];
    const call = server.call.bind(server);
    server.call = (name, input, task) => {
      names.push(name);
      return name === failing ? Promise.reject(new Error("no")) : call(name, input, task);
    };
    return Object.assign(names, { restore: () => Reflect.deleteProperty(server, "call") });
  }

  /** As tasks.json has them. */
  async function writeTasks(): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const task = (label: string, rest: object) => ({ label, type: "hangscope", ...rest });
    const tasks = [
      task("prepare the phone", { task: "prepare", platform: "ios", device: defaultSimulator }),
      task("clean the phone", { task: "clean", platform: "ios", device: defaultSimulator }),
      task("another project", {
        task: "prepare",
        platform: "ios",
        project: "${workspaceFolder}/nowhere.xcodeproj",
      }),
      task("unknown platform", { task: "prepare", platform: "beos" }),
      {
        label: "their own",
        type: "shell",
        // VS Code does not always read the last lines of a task that ends at once.
        command: "cat '${workspaceFolder}/runner/said.txt'; sleep 2",
        problemMatcher: "$hangscope-xcodebuild",
      },
    ];
    await write(
      vscode.Uri.joinPath(folder!.uri, ".vscode", "tasks.json"),
      JSON.stringify({ version: "2.0.0", tasks }),
    );
    await eventually(async () => {
      const known = (await vscode.tasks.fetchTasks()).map(({ name }) => name);
      for (const { label } of tasks) assert.ok(known.includes(label), label);
    });
  }

  /** Gives its exit code; none of one that was ended. */
  async function runTask(name: string): Promise<number | undefined> {
    const tasks = await vscode.tasks.fetchTasks();
    const task = tasks.find((each) => each.name === name);
    assert.ok(task, name);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const isIts = ({ execution }: { execution: vscode.TaskExecution }) =>
      execution.task.name === name;
    const listeners = vscode.Disposable.from(
      vscode.tasks.onDidEndTaskProcess((end) => isIts(end) && resolve(end.exitCode)),
      vscode.tasks.onDidEndTask((end) => isIts(end) && setTimeout(resolve, 500, undefined)),
    );
    try {
      await vscode.tasks.executeTask(task);
      return await promise;
    } finally {
      listeners.dispose();
    }
  }
});
