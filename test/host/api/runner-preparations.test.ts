/** What a window does with what a server tells of a preparation, from a server that says it on cue. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { ServerConnection } from "../../../extension/app.ts";
import { RunnerPreparations } from "../../../extension/runner/preparations.ts";
import { PrepareTerminal } from "../../../extension/runner/prepare-terminal.ts";
import type { Diagnostic } from "../../../src/runner/diagnostics/diagnostic.ts";
import type { NotPrepared, Prepared } from "../../../src/runner/prepare-result.ts";
import type { RunnerEvent } from "../../../src/runner/runner-events.ts";
import type { TaskOptions } from "../../../src/toolchain/progress.ts";
import { eventually } from "../../support/eventually.ts";

import { buildProblems } from "./runner-mac.ts";

interface Call {
  readonly input: { readonly prepareId: string; readonly platform: string };
  readonly answer: (result: Prepared | NotPrepared) => void;
  readonly fail: (error: Error) => void;
}

const common = { timings: { total: 1_000 }, warnings: [] };
const key = "ios/U-1";
const asked = { platform: "ios", device: "U-1" } as const;

const problem = (message: string, severity: Diagnostic["severity"] = "error"): Diagnostic => ({
  file: "/nowhere/Main.swift",
  line: 3,
  column: 5,
  severity,
  kind: "compile",
  message,
  related: [],
});

const ready = (diagnostics: readonly Diagnostic[] = []): Prepared => ({
  ok: true,
  cache: "miss",
  artifact: "built",
  started: "launched",
  key: "k",
  xctestrunPath: "/x",
  runner: {
    device: "U-1",
    name: "iPhone",
    platform: "ios",
    port: 1,
    instance: "i",
    fingerprint: "k",
    pid: 1,
  },
  diagnostics,
  ...common,
});

const failed = (diagnostics: readonly Diagnostic[], output?: string): NotPrepared => ({
  ok: false,
  failure: {
    code: "runner-exited",
    phase: "launch",
    blame: "artifact",
    message: "The runner left.",
    ...(output !== undefined && { output }),
  },
  diagnostics,
  ...common,
});

describe("a preparation of this window", () => {
  const events = new vscode.EventEmitter<RunnerEvent>();
  let calls: Call[];
  let logged: string[];
  let preparations: RunnerPreparations;

  beforeEach(() => {
    calls = [];
    logged = [];
    const call = (_: string, input: Call["input"], { signal }: TaskOptions) =>
      new Promise((answer, fail) => {
        signal?.addEventListener("abort", () => fail(signal.reason));
        calls.push({ input, answer, fail });
      });
    const server = { call: call as ServerConnection["call"], onDidTellOfRunner: events.event };
    preparations = new RunnerPreparations(
      server,
      { asAbsolutePath: (path) => `/extension/${path}` },
      { say: (text) => logged.push(`── ${text}`), lines: (lines) => logged.push(...lines) },
    );
  });
  afterEach(() => {
    preparations.dispose();
    assert.deepEqual(buildProblems(), []);
  });
  after(() => events.dispose());

  /** Begins one; what the server says of it. */
  function begin(place: { platform: "ios" | "tvos"; device?: string } = asked) {
    const lines: string[] = [];
    const result = preparations.run(place, { onLines: (more) => lines.push(...more) });
    result.catch(() => {});
    const { input, answer, fail } = calls.at(-1)!;
    const { prepareId } = input;
    return {
      result,
      lines,
      answer,
      fail,
      say: (...said: string[]) => events.fire({ kind: "runner-lines", prepareId, lines: said }),
      problems: (...diagnostics: Diagnostic[]) =>
        events.fire({ kind: "runner-diagnostics", prepareId, diagnostics }),
      enters: (phase: "build" | "launch") =>
        events.fire({ kind: "runner-state", prepareId, phase, elapsedMs: 1, detail: "" }),
    };
  }
  const messages = () => buildProblems().map(({ problem: { message } }) => message);

  it("has its problems as they come, and those of its end in their place", async () => {
    const one = begin();
    one.problems(problem("a"));
    assert.deepEqual(messages(), ["a"]);
    one.problems(problem("a"), problem("b", "warning"));
    assert.deepEqual(messages(), ["a", "b"]);
    one.answer(failed([problem("a"), problem("from the bundle")]));
    await one.result;
    assert.deepEqual(messages(), ["a", "from the bundle"]);
    // What comes late has been said already.
    one.problems(problem("a"));
    assert.deepEqual(messages(), ["a", "from the bundle"]);
  });

  it("clears those of the last one when it begins, of whichever device", async () => {
    const one = begin();
    one.answer(failed([problem("a")]));
    await one.result;
    assert.deepEqual(messages(), ["a"]);
    const other = begin({ platform: "tvos" });
    assert.deepEqual(messages(), []);
    other.answer(ready());
    await other.result;
    assert.deepEqual(messages(), []);
  });

  it("leaves those of another one under way", async () => {
    const one = begin();
    one.problems(problem("a"));
    const other = begin({ platform: "tvos" });
    other.problems(problem("b"));
    // The same problem twice is one.
    other.problems(problem("b"), problem("a"));
    assert.deepEqual(messages().sort(), ["a", "b"]);
    one.answer(ready());
    other.answer(ready());
    await Promise.all([one.result, other.result]);
    assert.deepEqual(messages(), []);
  });

  const ends = [
    ["is cancelled", () => new DOMException("This operation was aborted", "AbortError"), undefined],
    ["loses its server", () => new Error("The server is gone."), "failed"],
  ] as const;
  for (const [how, error, attempt] of ends) {
    it(`keeps no problem of a build that ${how}`, async () => {
      const one = begin();
      one.problems(problem("a"));
      one.fail(error());
      await assert.rejects(one.result);
      assert.deepEqual(messages(), []);
      assert.equal(preparations.attempts.get(key)?.kind, attempt);
    });
  }

  it("goes on when only one of two is cancelled", async () => {
    const one = begin();
    const other = begin();
    one.problems(problem("a"));
    one.fail(new DOMException("This operation was aborted", "AbortError"));
    await assert.rejects(one.result);
    assert.deepEqual(messages(), ["a"]);
    assert.equal(preparations.attempts.get(key)?.kind, "preparing");
    other.answer(ready());
    await other.result;
    assert.deepEqual(messages(), []);
    assert.equal(preparations.attempts.get(key)?.kind, "prepared");
  });

  it("logs the lines of two that are one only once, and gives them to both", async () => {
    const one = begin();
    const other = begin();
    one.say("CompileSwift");
    other.say("CompileSwift");
    assert.deepEqual(one.lines, ["CompileSwift"]);
    assert.deepEqual(other.lines, ["CompileSwift"]);
    assert.equal(logged.filter((line) => line === "CompileSwift").length, 1);
    one.answer(ready());
    other.answer(ready());
    await Promise.all([one.result, other.result]);
  });

  it("logs lines that come after the answer, and nobody else's", async () => {
    const one = begin();
    one.answer(ready());
    await one.result;
    one.say("late");
    events.fire({ kind: "runner-lines", prepareId: "of another window", lines: ["strange"] });
    assert.deepEqual(
      logged.filter((line) => !line.startsWith("──")),
      ["late"],
    );
  });

  it("logs what came of it, with the output of what is no build", async () => {
    const one = begin();
    one.answer(failed([], "Testing failed:\n\tno listener"));
    await one.result;
    assert.deepEqual(logged.slice(-3), ["Testing failed:", "\tno listener", "── The runner left."]);
  });

  it("tells of its phases, each once, and of the device once it is known", async () => {
    let changes = 0;
    const listener = preparations.onDidChange(() => changes++);
    const one = begin({ platform: "ios" });
    one.enters("build");
    one.enters("build");
    one.enters("launch");
    assert.equal(changes, 3);
    assert.deepEqual(preparations.attempts.get("ios/"), { kind: "preparing", phase: "launch" });
    one.answer(ready());
    await one.result;
    assert.deepEqual([...preparations.attempts.keys()], [key]);
    listener.dispose();
  });

  it("stands in the project when it has no file", async () => {
    const { file: _, line: __, column: ___, ...link } = problem("Undefined symbols\n  _main");
    const one = begin();
    one.answer(failed([{ ...link, kind: "link" }]));
    await one.result;
    const [{ uri, problem: shown } = assert.fail("no problem")] = buildProblems();
    assert.equal(basename(uri.path), "project.pbxproj");
    assert.match(uri.path, /^\/extension\/runner\//);
    assert.deepEqual([shown.message, shown.code], ["Undefined symbols\n  _main", "link"]);
  });

  describe("in a task's terminal", () => {
    function open() {
      const terminal = new PrepareTerminal(preparations, async () => asked);
      const shown: string[] = [];
      terminal.onDidWrite((text) => shown.push(text));
      const { promise: code, resolve } = Promise.withResolvers<number>();
      terminal.onDidClose(resolve);
      terminal.open();
      return { terminal, shown, code };
    }
    const begun = () => eventually(() => calls.at(-1) ?? assert.fail("not called"));

    it("shows the compiler's lines as they come, and how it ended", async () => {
      const { shown, code } = open();
      const { input, answer } = await begun();
      const { prepareId } = input;
      events.fire({ kind: "runner-lines", prepareId, lines: ["CompileSwift", "Ld"] });
      assert.deepEqual(shown, ["CompileSwift\r\n", "Ld\r\n"]);
      answer(failed([problem("one\ntwo"), problem("w", "warning")]));
      assert.equal(await code, 1);
      assert.deepEqual(shown.slice(2), [
        "/nowhere/Main.swift:3:5: error: one\r\ntwo\r\n",
        "The runner left.\r\n",
      ]);
    });

    it("ends with 0 for a runner that is ready", async () => {
      const { shown, code } = open();
      (await begun()).answer(ready());
      assert.equal(await code, 0);
      assert.deepEqual(shown, ["Ready on iPhone: built, in 1.0 s.\r\n"]);
    });

    for (const [how, leave] of [
      ["Ctrl+C", (terminal: PrepareTerminal) => terminal.handleInput("\x03")],
      ["closing it", (terminal: PrepareTerminal) => terminal.close()],
    ] as const) {
      it(`is cancelled by ${how}, and by no other key`, async () => {
        const { terminal, shown, code } = open();
        await begun();
        terminal.handleInput("x");
        assert.equal(preparations.attempts.get(key)?.kind, "preparing");
        leave(terminal);
        assert.equal(await code, 1);
        assert.equal(shown.at(-1), "Cancelled.\r\n");
        assert.equal(preparations.attempts.get(key), undefined);
      });
    }
  });
});
