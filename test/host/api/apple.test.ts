/** Apple apps from the palette to the line, against stand-ins of Apple's tools. */
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { CaptureRecorder, type Outcome } from "../../../extension/capture/recorder.ts";
import { problemsOf } from "../../../extension/capture/show-result.ts";
import type { StoredCaptures } from "../../../extension/capture/stored-captures.ts";
import { appearance } from "../../../extension/server/status-bar.ts";
import { xcrun } from "../../../src/capture/apple/xcode.ts";
import type { FindingsAnswer } from "../../../src/profile/query.ts";
import { eventually } from "../../support/eventually.ts";
import { type Mac, openMac } from "./mac-fixture.ts";
import { activateApp, closeEverything } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

type Row = vscode.QuickPickItem;

const stuckApp = ["iPhone 17 Pro", "Stuck App"];

describe("an Apple app in VS Code", () => {
  const window = new WindowStub();
  let app: App;
  let recorder: CaptureRecorder;
  let captures: StoredCaptures;
  let mac: Mac;

  before(async function () {
    if (process.platform === "win32") this.skip();
    app = await activateApp();
    recorder = app.recorder as CaptureRecorder;
    captures = app.captures as StoredCaptures;
    mac = await openMac("apple");
  });
  beforeEach(() => mac.become({}));
  afterEach(() => {
    window.restore();
    assert.deepEqual(mac.tools.live(), []);
  });
  after(async () => {
    await closeEverything();
    await mac?.remove();
  });

  /** Chooses a row by the end of its label from each list in turn; the lists as they were shown. */
  function choose(...labels: string[]): Row[][] {
    const shown: Row[][] = [];
    window.answer("showQuickPick", async (items: Row[] | Promise<Row[]>) => {
      const rows = await items;
      const label = labels[shown.push(rows) - 1];
      return rows.find((row) => label !== undefined && row.label.endsWith(label));
    });
    return shown;
  }

  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`hangscope.${command}`, ...args);

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

  function record(...labels: string[]): Promise<Outcome> {
    return outcomeOf(async () => {
      choose(...labels);
      await run("recordAppleApp");
      assert.ok(recorder.current, "it is being recorded");
      await run("stopProfiling");
    });
  }

  /** Gives the program that will be launched. */
  async function lookForLeaks(): Promise<string> {
    mac.become({ xcode: "16.4" });
    await configure({ template: "leaks" });
    const program = mac.source("leaky").fsPath;
    writeFileSync(program, "#!/bin/sh\nexec sleep 60\n");
    chmodSync(program, 0o755);
    window.answer("showInputBox", () => program);
    return program;
  }

  /** What the profile says once its editor has it. */
  async function findingsOf(path: string): Promise<FindingsAnswer> {
    await eventually(() => assert.equal(app.active.current?.uri.fsPath, path));
    return app.active.current!.query({ kind: "findings" });
  }

  function hungIn({ hangs }: FindingsAnswer): string[] {
    return hangs.found.map(({ stack, culprit }) => stack[culprit]!.name);
  }

  function leaksToldIn(file: vscode.Uri): [line: number, message: string][] {
    return vscode.languages.getDiagnostics(file).flatMap(({ message, range }) => {
      const [head, ...rest] = message.split(" (");
      return rest.length > 0 && message.includes(" leaks ") ? [[range.start.line, head!]] : [];
    });
  }

  function recordings() {
    return mac.tools.calls("xctrace").filter(({ args }) => args[0] === "record");
  }

  async function configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const config = vscode.workspace.getConfiguration("hangscope.apple");
    for (const [name, value] of Object.entries(settings)) {
      await config.update(name, value, vscode.ConfigurationTarget.Global);
    }
  }

  describe("recorded", () => {
    afterEach(async () => {
      await recorder.stop();
      await configure({ template: undefined, strategy: undefined, limitSeconds: undefined });
      await closeEverything();
    });

    it("is chosen by its device, then from what runs there", async () => {
      const before = recordings().length;
      const shown = choose("iPhone 17 Pro");
      await run("recordAppleApp");
      const [devices, apps] = shown.map((rows) =>
        rows.map(({ label, description }) => `${label} | ${description}`),
      );
      assert.deepEqual(devices, [
        "$(device-desktop) This Mac | ",
        "$(device-mobile) iPhone 17 Pro | iOS 26.2 · booted",
        "$(device-mobile) Ada’s iPhone | iOS 26.2 · connected",
        "$(device-mobile) iPad Air | iOS 26.2 · shutdown",
      ]);
      assert.equal(apps![0], "$(symbol-event) Stuck App | 4242 · com.example.StuckApp");
      assert.deepEqual(
        apps!.slice(-3).map((row) => row.split(" | ")[0]),
        ["$(edit) By Name…", "$(rocket) Start a Command…", "$(globe) All Processes"],
      );
      // The second question was not answered.
      assert.equal(recorder.current, undefined);
      assert.equal(recordings().length, before);
    });

    it("is one row of Start Profiling, too", async () => {
      const shown = choose("Apple App…", ...stuckApp);
      await outcomeOf(async () => {
        await run("startProfiling");
        assert.equal(shown.length, 3);
        assert.equal(recorder.current?.title, "Stuck App on iPhone 17 Pro");
        await run("stopProfiling");
      });
    });

    const strategies = [
      ["16.4", "alone, by its process", ["--device", "--attach"]],
      ["26.5", "among all processes of the Mac", ["--all-processes"]],
    ] as const;
    for (const [xcode, how, options] of strategies) {
      it(`is recorded ${how} by Xcode ${xcode}, and its profile opens`, async () => {
        mac.become({ xcode });
        const before = recordings().length;
        const outcome = await outcomeOf(async () => {
          choose(...stuckApp);
          await run("recordAppleApp");
          const { text, label, command } = appearance(recorder.current, app.server.state, true);
          assert.match(text, /^\$\(record\) 0:0\d$/);
          assert.match(label, /^Profiling Stuck App on iPhone 17 Pro for 0:0\d\. Click to stop\.$/);
          assert.equal(command, "hangscope.stopProfiling");
          await run("stopProfiling");
        });
        assert.equal(recorder.current, undefined);
        assert.deepEqual(problemsOf(outcome), []);
        const { path } = outcome.profiles[0]!;
        assert.equal(basename(path), "Stuck App on iPhone 17 Pro.hangscope-trace");
        assert.deepEqual(hungIn(await findingsOf(path)), [
          "ImageCache.decode(_:)",
          "FeedStore.loadAndWait()",
          "static FeedCell.measure(_:width:)",
        ]);
        const { activeTab } = vscode.window.tabGroups.activeTabGroup;
        assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
        assert.equal(activeTab.input.viewType, "hangscope.trace");
        assert.equal(activeTab.input.uri.fsPath, path);
        const [call] = recordings().slice(before);
        const used = ["--device", "--attach", "--all-processes", "--launch"];
        assert.deepEqual(
          used.filter((option) => call!.args.includes(option)),
          options,
        );
      });
    }

    it("is launched for leaks, and they are told by type and function", async () => {
      const program = await lookForLeaks();
      const before = recordings().length;
      const outcome = await record("This Mac", "Start a Command…");
      const [call] = recordings().slice(before);
      assert.deepEqual(call!.args.slice(-3), ["--launch", "--", program]);
      assert.ok(call!.args.includes("MallocStackLogging=1"));
      const { leaks, hangs } = await findingsOf(outcome.profiles[0]!.path);
      assert.equal(leaks.state, "read");
      const groups = leaks.groups.map(({ type, frame, count }) => [type, frame, count]);
      assert.deepEqual(groups.sort(), [
        ["FeedObserver", "FeedStore.observe(_:)", 1],
        ["ImageCache.Entry", "ImageCache.remember(_:)", 3],
      ]);
      assert.equal(hangs.state, "not-recorded");
      assert.equal(outcome.title, "leaky");
      assert.deepEqual(problemsOf(outcome), []);
      assert.deepEqual(leaksToldIn(mac.source("ImageCache.swift")), []);
    });

    it("tells leaks where the language's extension says that a function is declared", async () => {
      await lookForLeaks();
      const file = mac.source("ImageCache.swift");
      const text = readFileSync(file.fsPath, "utf8").split("\n");
      const line = text.findIndex((each) => each.includes("func remember("));
      const symbol = (name: string, container: string, at: number) =>
        new vscode.SymbolInformation(
          name,
          vscode.SymbolKind.Method,
          container,
          new vscode.Location(file, new vscode.Range(at, 0, at, 1)),
        );
      const provider = vscode.languages.registerWorkspaceSymbolProvider({
        provideWorkspaceSymbols: (query) =>
          query === "remember"
            ? [symbol("remember(_:)", "ImageCache", line), symbol("remember(_:)", "Other", 0)]
            : [symbol("observe(_:)", "FeedStore", 1), symbol("observe(_:)", "FeedStore", 2)],
      });
      try {
        await record("This Mac", "Start a Command…");
        await eventually(() => {
          assert.deepEqual(leaksToldIn(file), [
            [line, "ImageCache.remember(_:) leaks 3 × ImageCache.Entry"],
          ]);
        });
      } finally {
        provider.dispose();
      }
    });

    it("takes the strategy of the settings over the choice by Xcode", async () => {
      mac.become({ xcode: "16.4" });
      await configure({ strategy: "host-wide" });
      const before = recordings().length;
      await record(...stuckApp);
      assert.ok(recordings()[before]!.args.includes("--all-processes"));
    });

    it("ends by itself at the limit of the settings, and its profile opens", async () => {
      await configure({ limitSeconds: 1 });
      const outcome = await outcomeOf(() => {
        choose(...stuckApp);
        return run("recordAppleApp");
      });
      assert.equal(recorder.current, undefined);
      assert.equal(hungIn(await findingsOf(outcome.profiles[0]!.path)).length, 3);
    });

    it("goes on over a reload of the window", async () => {
      choose(...stuckApp);
      await run("recordAppleApp");
      const { server, context } = app;
      const next = new CaptureRecorder(server, captures, context.workspaceState, assert.ifError);
      try {
        await eventually(() => assert.equal(next.current?.title, "Stuck App on iPhone 17 Pro"));
        const { promise, resolve } = Promise.withResolvers<Outcome>();
        next.onDidStop(resolve);
        await next.stop();
        assert.match((await promise).profiles[0]!.path, /\.hangscope-trace$/);
      } finally {
        next.dispose();
      }
    });

    it("says what could not be exported, and shows the rest", async () => {
      mac.become({ export: { tables: { "potential-hangs": "fails" } } });
      const warned = window.answer("showWarningMessage", () => undefined);
      const outcome = await record(...stuckApp);
      const { hangs, samples } = await findingsOf(outcome.profiles[0]!.path);
      assert.deepEqual([hangs.state, samples.state], ["failed", "read"]);
      await eventually(() => assert.match(String(warned[0]?.[0]), /hangs were not exported whole/));
    });

    it("cannot be recorded on a simulator that is not booted, which is said", async () => {
      const told = window.answer("showErrorMessage", () => undefined);
      choose("iPad Air");
      await run("recordAppleApp");
      assert.equal(recorder.current, undefined);
      assert.match(
        String(told[0]![0]),
        /^iPad Air is not booted\. Run: xcrun simctl boot A1B2C3D4/,
      );
    });

    it("is recorded by its name on a device, which does not tell what runs", async () => {
      window.answer("showInputBox", () => " StuckApp ");
      const outcome = await record("Ada’s iPhone", "By Name…");
      assert.equal(outcome.title, "StuckApp on Ada’s iPhone");
      assert.ok((await findingsOf(outcome.profiles[0]!.path)).samples.count > 0);
    });
  });

  describe("on the code", () => {
    before(async () => {
      mac.become({ xcode: "26.5" });
      await vscode.window.showTextDocument(mac.source("ImageCache.swift"));
      const outcome = await record(...stuckApp);
      await findingsOf(outcome.profiles[0]!.path);
    });
    after(closeEverything);

    it("has a lens on each hot Swift function", async () => {
      const uri = mac.source("ImageCache.swift");
      await eventually(async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          "vscode.executeCodeLensProvider",
          uri,
          100,
        );
        assert.deepEqual(
          lenses.map(({ range, command }) => [range.start.line + 1, command!.title]),
          [
            [27, "$(flame) self 0 µs (0 %), total 2.40 s (52.6 %)"],
            [42, "$(flame) self 240 ms (5.3 %), total 240 ms (5.3 %)"],
            [47, "$(flame) self 1.68 s (36.9 %), total 1.68 s (36.9 %)"],
            [49, "$(warning) stuck here 2.40 s"],
            [
              52,
              "$(flame) closure #1 in ImageCache.scale(_:to:): self 480 ms (10.5 %), total 480 ms (10.5 %)",
            ],
            [52, "$(flame) ImageCache.scale(_:to:): self 0 µs (0 %), total 480 ms (10.5 %)"],
          ],
        );
      });
    });

    it("has a warning for each hang, on the app's line that it spent the time in", async () => {
      const warnings = await eventually(() => {
        const found = problems(vscode.DiagnosticSeverity.Warning);
        assert.equal(found.length, 3);
        return found;
      });
      const title = "Stuck App on iPhone 17 Pro.hangscope-trace";
      assert.deepEqual(
        warnings.map(({ file, problem: { message, range } }) => [
          file,
          range.start.line + 1,
          message,
        ]),
        [
          [
            "FeedCell.swift",
            18,
            `The app hung for 310 ms (Microhang), most of it in static FeedCell.measure(_:width:), in ${title}`,
          ],
          [
            "FeedStore.swift",
            28,
            `The app hung for 620 ms (Hang), most of it in FeedStore.loadAndWait(), in ${title}`,
          ],
          [
            "ImageCache.swift",
            49,
            `The app hung for 2.40 s (Severe Hang), most of it in ImageCache.decode(_:), in ${title}`,
          ],
        ],
      );
    });

    it("tells who called it, each where it calls", async () => {
      const { problem } = await eventually(() => {
        const found = problems(vscode.DiagnosticSeverity.Warning);
        return found.find(({ file }) => file === "ImageCache.swift")!;
      });
      const chain = problem.relatedInformation!.map(({ message, location: { uri, range } }) => {
        return `${message}, ${basename(uri.fsPath)}:${range.start.line + 1}`;
      });
      assert.deepEqual(chain, [
        "called from ImageCache.decodeAll(), ImageCache.swift:29",
        "called from FeedViewController.viewDidLoad(), FeedViewController.swift:27",
        "called from AppDelegate.application(_:didFinishLaunchingWithOptions:), AppDelegate.swift:14",
        "called from static AppDelegate.$main(), AppDelegate.swift:3",
      ]);
    });

    it("has its hot functions as information, below the warnings", () => {
      const hot = problems(vscode.DiagnosticSeverity.Information);
      assert.deepEqual(hot.map(({ problem: { message } }) => message.split(" takes ")[0]).sort(), [
        "FeedStore.parse(_:)",
        "ImageCache.decode(_:)",
        "ImageCache.isFresh(_:)",
        "ThumbnailWorker.render(_:)",
        "closure #1 in ImageCache.scale(_:to:)",
        "static FeedCell.measure(_:width:)",
      ]);
    });

    it("is stood on by Go to Hottest Frame", async () => {
      await run("goToHottestFrame");
      await eventually(() => {
        const editor = vscode.window.activeTextEditor;
        assert.equal(basename(editor?.document.fileName ?? ""), "ImageCache.swift");
        assert.equal(editor!.selection.active.line + 1, 49);
      });
    });
  });

  describe("recorded elsewhere", () => {
    /** In the workspace, where the Explorer shows it. */
    let trace: vscode.Uri;

    before(() => {
      trace = vscode.Uri.joinPath(mac.source("."), "Elsewhere.trace");
      cpSync(mac.tools.trace(), trace.fsPath, { recursive: true });
    });
    afterEach(closeEverything);

    const ways = [
      ["the Explorer's command", "openAppleTrace"],
      ["Open Profile", "openProfile"],
    ] as const;
    for (const [way, command] of ways) {
      it(`opens as a .trace by ${way}`, async () => {
        await run(command, trace);
        const { fsPath } = app.active.current!.uri;
        assert.equal(basename(fsPath), "Elsewhere.hangscope-trace");
        assert.ok(fsPath.startsWith(captures.directory.fsPath));
        assert.equal(hungIn(await findingsOf(fsPath))[0], "ImageCache.decode(_:)");
        const [newest] = await captures.list();
        assert.deepEqual([newest!.title, newest!.underWay], ["Elsewhere", false]);
      });
    }

    it("is asked for where the command comes without a folder", async () => {
      const asked = window.answer("showOpenDialog", () => [trace]);
      await run("openAppleTrace");
      assert.equal((asked[0]![0] as vscode.OpenDialogOptions).canSelectFolders, true);
      assert.equal(basename(app.active.current!.uri.fsPath), "Elsewhere.hangscope-trace");
    });

    it("says what of a trace could not be exported", async () => {
      mac.become({ export: { tables: { "time-profile": "stops-midway" } } });
      const warned = window.answer("showWarningMessage", () => undefined);
      await run("openAppleTrace", trace);
      assert.match(String(warned[0]?.[0]), /samples were not exported whole/);
      const { samples, hangs } = await findingsOf(app.active.current!.uri.fsPath);
      assert.deepEqual([samples.state, hangs.state], ["incomplete", "read"]);
    });

    it("says of a folder that is no trace what it is not, and keeps nothing", async () => {
      const before = await captures.list();
      const told = window.answer("showErrorMessage", () => undefined);
      const folder = vscode.Uri.joinPath(mac.source("."), "Empty.trace");
      await vscode.workspace.fs.createDirectory(folder);
      await run("openAppleTrace", folder);
      assert.match(String(told[0]![0]), /Empty\.trace .* cannot be read/);
      assert.deepEqual(await captures.list(), before);
    });

    it("opens as exported XML without any of Apple's tools", async () => {
      await run("openAppleTrace", trace);
      const exported = dirname(app.active.current!.uri.fsPath);
      await closeEverything();
      const xml = vscode.Uri.joinPath(mac.source("."), "samples.xml");
      copyFileSync(join(exported, "samples.xml"), xml.fsPath);
      const before = mac.tools.calls().length;
      await mac.without(async () => {
        await vscode.commands.executeCommand("vscode.openWith", xml, "hangscope.xctrace");
        const { samples, hangs, functions } = await findingsOf(xml.fsPath);
        assert.equal(samples.state, "read");
        assert.ok(samples.count > 1000);
        assert.equal(functions[0]!.name, "ImageCache.decode(_:)");
        // A table of samples says nothing of hangs: that is no clean bill.
        assert.equal(hangs.state, "not-recorded");
      });
      assert.equal(mac.tools.calls().length, before);
      await closeEverything();
      await run("openProfile", xml);
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
      assert.equal(activeTab.input.viewType, "hangscope.xctrace");
    });
  });

  describe("without Apple's tools", () => {
    const commands: [string, ...unknown[]][] = [["recordAppleApp"], ["listAppleDevices"]];

    before(() => {
      const trace = vscode.Uri.file(mac.tools.trace());
      commands.push(["openAppleTrace", trace], ["openProfile", trace]);
    });

    it("is refused with where they are, and with the demo", async () => {
      const before = await captures.list();
      for (const [command, ...args] of commands) {
        const told = window.answer("showErrorMessage", () => undefined);
        await mac.without(() => run(command, ...args));
        const [message, ...buttons] = await eventually(() => told[0]!);
        assert.equal(message, `xcrun was not found. ${xcrun.howToGet}`, command);
        assert.deepEqual(buttons, [], command);
        if (process.platform !== "darwin") {
          assert.match(String(message), /macOS only.*npm start -- --apple-demo/, command);
        }
      }
      assert.equal(recorder.current, undefined);
      assert.deepEqual(await captures.list(), before);
    });
  });

  describe("in a folder without trust", () => {
    const trust = Object.getOwnPropertyDescriptor(vscode.workspace, "isTrusted")!;

    before(async () => {
      await app.server.stop();
      Object.defineProperty(vscode.workspace, "isTrusted", { value: false, configurable: true });
    });
    after(() => Object.defineProperty(vscode.workspace, "isTrusted", trust));

    it("starts nothing: no tool of Apple's, and no server", async () => {
      const trace = vscode.Uri.file(mac.tools.trace());
      const before = mac.tools.calls().length;
      const asked = choose(...stuckApp);
      for (const [command, ...args] of [
        ["recordAppleApp"],
        ["listAppleDevices"],
        ["startProfiling"],
        ["openAppleTrace"],
        ["openAppleTrace", trace],
        ["openProfile", trace],
      ] as [string, ...unknown[]][]) {
        const told = window.answer("showErrorMessage", () => undefined);
        await run(command, ...args);
        assert.match(String(told[0]?.[0]), /starts nothing in a folder.*not trusted/, command);
        assert.deepEqual(told[0]!.slice(1), ["Manage Trust"], command);
      }
      assert.deepEqual(asked, []);
      await sleep(500);
      assert.equal(mac.tools.calls().length, before);
      assert.equal(app.server.state.kind, "stopped");
    });
  });

  function problems(severity: vscode.DiagnosticSeverity) {
    return vscode.languages
      .getDiagnostics()
      .flatMap(([uri, all]) => all.map((problem) => ({ file: basename(uri.fsPath), problem })))
      .filter(({ problem }) => problem.source === "Hangscope" && problem.severity === severity)
      .sort((a, b) => a.file.localeCompare(b.file));
  }
});
