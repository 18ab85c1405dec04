/** What editors show of runners, as far as it can be told without one. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { formatAge } from "../../../src/results/age.ts";
import type { ListedEntry } from "../../../src/runner/cache/prune.ts";
import { type Choice, choicesAmong, placeKey } from "../../../src/runner/choices.ts";
import { compilerStep } from "../../../src/runner/compiler-step.ts";
import { diagnosticLine } from "../../../src/runner/diagnostics/diagnostic-line.ts";
import { placeIn } from "../../../src/runner/diagnostics/place.ts";
import type { Prepared } from "../../../src/runner/prepare-result.ts";
import type { RunnerState } from "../../../src/runner/provider.ts";
import { readyText } from "../../../src/runner/ready-text.ts";
import { type Attempt, destinationRows, entryRows } from "../../../src/runner/rows.ts";
import { readTask } from "../../../src/runner/task-definition.ts";
import { isOnPath } from "../../../src/toolchain/on-path.ts";

const phone: Choice = {
  platform: "ios",
  device: "U-1",
  name: "iPhone",
  system: "iOS 26.2",
  kind: "simulator",
};
const runner: RunnerState = {
  device: "U-1",
  name: "iPhone",
  platform: "ios",
  state: "ready",
  key: "k".repeat(64),
  instance: "i",
  port: 1,
  pid: 2,
  startedAt: "",
};
const prepared: Prepared = {
  ok: true,
  cache: "hit",
  artifact: "rebuilt",
  started: "launched",
  key: runner.key,
  xctestrunPath: "/x",
  runner: { ...runner, fingerprint: runner.key },
  timings: { total: 8_123 },
  warnings: [],
  diagnostics: [],
};

describe("the devices to choose from", () => {
  it("are those that a runner can be reached on, this Mac last", () => {
    const choices = choicesAmong([
      { kind: "mac", udid: "", name: "This Mac", os: "" },
      { kind: "simulator", udid: "U-1", name: "iPhone", os: "iOS 26.2" },
      { kind: "device", udid: "D-1", name: "Ada’s iPhone", os: "iOS 26.2" },
      { kind: "simulator", udid: "U-2", name: "TV", os: "tvOS 26.1" },
      { kind: "simulator", udid: "U-3", name: "Watch", os: "watchOS 26.1" },
    ]);
    assert.deepEqual(
      choices.map((each) => [placeKey(each), each.name, each.system]),
      [
        ["ios/U-1", "iPhone", "iOS 26.2"],
        ["tvos/U-2", "TV", "tvOS 26.1"],
        ["macos/", "This Mac", "macOS"],
      ],
    );
  });
});

describe("a destination's row", () => {
  const rowOf = (runners: readonly RunnerState[], attempt?: Attempt) =>
    destinationRows(
      { choices: [phone], runners, entries: [] },
      new Map(attempt ? [[placeKey(phone), attempt]] : []),
    )[0]!.state;
  const failed = { kind: "failed", reason: "no" } as const;
  const preparing = { kind: "preparing", phase: "build" } as const;

  it("says what goes on now before what runs, and that before what failed", () => {
    assert.deepEqual(rowOf([]), { kind: "stopped" });
    assert.deepEqual(rowOf([], failed), failed);
    assert.deepEqual(rowOf([runner], failed), { kind: "ready", runner });
    assert.deepEqual(rowOf([runner], preparing), preparing);
    assert.equal(rowOf([{ ...runner, state: "silent" }]).kind, "silent");
    assert.deepEqual(rowOf([{ ...runner, state: "gone" }]), { kind: "stopped" });
    assert.deepEqual(rowOf([{ ...runner, state: "gone" }], failed), failed);
  });

  it("tells how it came up only of the runner that this was", () => {
    const attempt = { kind: "prepared", result: prepared } as const;
    assert.deepEqual(rowOf([runner], attempt), { kind: "ready", runner, result: prepared });
    const other = { ...runner, instance: "other" };
    assert.deepEqual(rowOf([other], attempt), { kind: "ready", runner: other });
    assert.deepEqual(rowOf([], attempt), { kind: "stopped" });
  });

  it("is of its own device and platform", () => {
    assert.deepEqual(rowOf([{ ...runner, device: "U-2" }]), { kind: "stopped" });
    assert.deepEqual(rowOf([{ ...runner, platform: "tvos" }]), { kind: "stopped" });
  });
});

describe("a cached entry's row", () => {
  const entry: ListedEntry = { key: runner.key, folder: "/c", bytes: 1, createdAt: "", usedAt: 0 };

  it("says whether a runner runs from it", () => {
    const inUse = (runners: readonly RunnerState[]) =>
      entryRows({ choices: [], runners, entries: [entry] })[0]!.inUse;
    assert.equal(inUse([runner]), true);
    assert.equal(inUse([{ ...runner, state: "gone" }]), false);
    assert.equal(inUse([{ ...runner, key: "other" }]), false);
  });

  it("has a name even when it cannot be read", () => {
    const [row] = entryRows({ choices: [], runners: [], entries: [entry] });
    assert.equal(row!.title, "kkkkkkkkkkkk");
  });
});

describe("what the compiler does", () => {
  const tail = "(in target 'T' from project 'P')";
  const steps = [
    [`CompileSwift normal arm64 /p/Main.swift ${tail}`, "CompileSwift Main.swift"],
    [`SwiftCompile normal arm64 Compiling\\ A.swift /p/A.swift ${tail}`, "SwiftCompile A.swift"],
    [`CompileC /b/x.o /p/My\\ App/a.m normal arm64 objective-c ${tail}`, "CompileC a.m"],
    [`Ld /b/T.app/T normal ${tail}`, "Ld T"],
    [`CodeSign /b/My\\ App.app ${tail}`, "CodeSign My App.app"],
    [`PhaseScriptExecution Run\\ Lint ${tail}`, `PhaseScriptExecution Run\\ Lint ${tail}`],
    ["Booting iPhone 17 Pro", "Booting iPhone 17 Pro"],
    ["", ""],
  ] as const;
  for (const [line, said] of steps) {
    it(`is said as ${JSON.stringify(said)}`, () => assert.equal(compilerStep(line), said));
  }
  it("is bounded", () => assert.equal(compilerStep("x".repeat(500)), `${"x".repeat(100)}…`));
});

describe("where a build's problem stands", () => {
  const project = "/p/App.xcodeproj";

  it("is its line, from 0", () => {
    const at = { file: "/p/F.swift", line: 12, column: 7 };
    assert.deepEqual(placeIn(project, at), { file: "/p/F.swift", line: 11, column: 6 });
    const { file, line } = at;
    assert.deepEqual(placeIn(project, { file, line }), { file, line: 11, column: undefined });
    assert.deepEqual(placeIn(project, { file }), { file, line: 0, column: undefined });
  });

  it("is a file of the project that an editor can open when it has none", () => {
    const inProject = { file: `${project}/project.pbxproj`, line: 0, column: undefined };
    assert.deepEqual(placeIn(project, {}), inProject);
    assert.deepEqual(placeIn(project, { file: project }), inProject);
    assert.equal(placeIn("/p/A.xcworkspace", {}).file, "/p/A.xcworkspace/contents.xcworkspacedata");
  });

  it("is a line as compilers write it", () => {
    const error = { severity: "error", kind: "compile", message: "m", related: [] } as const;
    const at = { file: "/p/F.swift", line: 1, column: 2 };
    assert.equal(diagnosticLine({ ...error, ...at }), "/p/F.swift:1:2: error: m");
    assert.equal(diagnosticLine(error), "error: m");
  });
});

describe("what came of a preparation", () => {
  it("says recovered, and nothing of failure", () => {
    assert.equal(readyText(prepared), "Ready on iPhone: rebuilt, in 8.1 s.");
    const recovered = { reason: "It was damaged.", attempt: 2 };
    assert.equal(
      readyText({ ...prepared, recovered }),
      "Ready on iPhone: rebuilt, in 8.1 s. Recovered: It was damaged.",
    );
    assert.equal(
      readyText({ ...prepared, started: "running" }),
      "Ready on iPhone: ran already, in 8.1 s.",
    );
  });
});

describe("an age", () => {
  const minute = 60_000;
  const ages = [
    [-5 * minute, "now"],
    [59_000, "now"],
    [5 * minute, "5 min. ago"],
    [119 * minute, "1 hr. ago"],
    [30 * 60 * minute, "yesterday"],
    [72 * 60 * minute, "3 days ago"],
  ] as const;
  for (const [ms, text] of ages) {
    it(`of ${ms} ms is ${text}`, () => assert.equal(formatAge(ms, "en"), text));
  }
});

describe("a task of tasks.json", () => {
  const task = { type: "hangscope", task: "prepare", platform: "ios" };

  it("asks for what it says, and for nothing else", () => {
    assert.deepEqual(readTask(task), { platform: "ios", clean: false });
    assert.deepEqual(
      readTask({ ...task, task: "clean", device: "U", verify: true, timeoutSeconds: 1.5 }),
      { platform: "ios", device: "U", verify: true, clean: true, timeoutMs: 1_500 },
    );
  });

  it("is refused with what is wrong with it", () => {
    const wrong = [
      { ...task, platform: "beos" },
      { ...task, task: "paint" },
      { ...task, devize: "U" },
      { ...task, timeoutSeconds: -1 },
      { type: "hangscope" },
      undefined,
    ];
    for (const each of wrong) assert.throws(() => readTask(each), { code: "bad-input" });
  });
});

describe("a program on PATH", () => {
  it("is found without being run", async function () {
    if (process.platform === "win32") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "hangscope-path-"));
    try {
      const path = ["", "/nowhere", folder].join(delimiter);
      assert.equal(await isOnPath("tool", path), false);
      writeFileSync(join(folder, "tool"), "exit 1");
      assert.equal(await isOnPath("tool", path), false);
      chmodSync(join(folder, "tool"), 0o755);
      assert.equal(await isOnPath("tool", path), true);
      assert.equal(await isOnPath("tool", undefined), false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
