import assert from "node:assert/strict";
import { reportMarkdown } from "../../../src/formats/hang-capture/report-markdown.ts";
import { frame, hang, native, step, unmapped } from "./hang-fixture.ts";

const [main, spin] = [frame("main"), frame("spin", { line: 7 })];
const stuck = [
  [1, 0],
  [1, 0],
];
const paused = [step("probe", "told"), step("pause", "named")];

describe("the verdict on a hang", () => {
  it("names the function, and how often it was found there", () => {
    const report = unmapped(hang([main, spin], stuck, { steps: paused }));
    const where = "The main thread is stuck in spin (file:///app.js:7)";
    assert.equal(report.verdict, `${where}: each of 2 looks found it there.`);
    const { file, line, column, name } = { ...report.stack[0]! };
    assert.deepEqual(report.stuckIn, { name, file, line, column, by: "pause" });
    const once = unmapped(hang([main, spin], [[1, 0]], { steps: paused }));
    assert.equal(once.verdict, `${where}: one look found it there.`);
  });

  it("names the program's own function rather than the runtime's", () => {
    const inner = frame("next", { url: "node:internal/x" });
    const report = unmapped(hang([main, spin, inner], [[2, 1, 0]], { steps: paused }));
    assert.equal(report.stuckIn?.name, "spin");
    assert.equal(report.stack[0]!.isApp, false);
    const runtime = unmapped(hang([inner], [[0]], { steps: paused }));
    assert.equal(runtime.stuckIn?.name, "next");
  });

  it("names nothing that was not on every stack", () => {
    const report = unmapped(hang([main, spin], [[0], [1]], { steps: paused }));
    assert.equal(report.stuckIn, undefined);
  });

  it("says that a busy thread takes work", () => {
    const report = unmapped(hang([main, spin], stuck, { steps: paused, responsive: true }));
    assert.match(report.verdict, /^The main thread is busy but takes other work; it was in spin/);
  });

  it("says that a debugger has paused it", () => {
    const steps = [step("pause", "named", "paused-in-debugger")];
    const report = unmapped(hang([main, spin], [[1, 0]], { steps }));
    assert.match(report.verdict, /^It is not stuck: a debugger has paused it, in spin/);
  });

  it("names what JavaScript called into, of native code", () => {
    const frames = [native("memcpy"), native("node::fs::Read"), native("0x12"), native("uv_run")];
    const steps = [step("pause", "failed", "native-call"), step("native", "named")];
    const report = unmapped(hang(frames, [[0, 1, 2, 3]], { steps }));
    assert.match(
      report.verdict,
      /inside native code, in node::fs::Read \(node\); which JavaScript/,
    );
    assert.equal(report.stuckIn?.by, "native");
    assert.match(report.advice.join(), /sampler/);
  });

  it("says that it is not stuck", () => {
    const steps = [step("probe", "told"), step("pause", "failed", "responsive")];
    const report = unmapped(hang([], [], { steps, responsive: true }));
    assert.equal(report.verdict, "It is not stuck: its main thread takes other work.");
    assert.match(report.advice.join(), /profile it/);
  });

  it("says what kept it from being seen: the pause's failure before that of others", () => {
    const steps = [
      step("probe", "failed", "no-signal", "No signal."),
      step("pause", "failed", "connected-late", "Too late."),
      step("sampler", "skipped", "not-armed"),
      step("native", "failed", "no-tool", "Install elfutils."),
    ];
    const report = unmapped(hang([], [], { steps }));
    assert.equal(report.verdict, "What it is stuck in could not be seen. Too late.");
    assert.equal(report.advice.length, 3);
    assert.ok(report.advice.includes("Install elfutils."));
    const [first] = steps;
    const only = unmapped(hang([], [], { steps: [first!] }));
    assert.equal(only.verdict, "What it is stuck in could not be seen. No signal.");
    const none = unmapped(hang([], []));
    assert.equal(none.verdict, "What it is stuck in could not be seen.");
  });

  it("tells of runaway recursion, and folds it", () => {
    const deep = Array.from({ length: 1500 }, () => 1);
    const report = unmapped(hang([main, spin], [[0], [...deep, 0]], { steps: paused }));
    assert.match(report.verdict, /Its stack is 1,501 frames deep: spin calls itself\.$/);
    assert.equal(report.stack[0]!.repeated, 1500);
    assert.equal(report.stack.length, 2);
    assert.equal(report.depth, 1501);
  });

  it("tells of a climbing heap, and keeps quiet about another", () => {
    const usedBytes = [1 << 20, 64 << 20];
    const of = (trend: "climbing" | "flat") =>
      unmapped(hang([main], [[0]], { steps: paused, heap: { trend, usedBytes } })).verdict;
    assert.match(of("climbing"), /Its heap is climbing, from 1 MB to 67 MB\.$/);
    assert.doesNotMatch(of("flat"), /heap/);
  });

  it("cuts a long stack at its outer end", () => {
    const frames = Array.from({ length: 100 }, (_, i) => frame(`f${i}`));
    const all = frames.map((_, i) => i);
    const report = unmapped(hang(frames, [all], { steps: paused }));
    assert.equal(report.stack.length, 60);
    assert.equal(report.stack[0]!.name, "f0");
    assert.equal(report.depth, 100);
  });
});

describe("the report as Markdown", () => {
  const hostile = "a`b``c|d\n# e <script>alert(1)</script> [x](http://y) *z*\r\n- f";

  it("holds what the target calls itself in one line of code each", () => {
    const frames = [frame(hostile, { url: hostile })];
    const steps = [step("pause", "named"), step("native", "failed", "no-tool", hostile)];
    const file = hang(frames, [[0]], { steps, title: hostile });
    const text = reportMarkdown(unmapped(file));
    const lines = text.split("\n");
    assert.equal(lines.filter((line) => line.startsWith("#")).length, 4);
    assert.ok(!text.includes("\r"));
    // Outside code, each sign that means something is escaped.
    const outside = text.replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
    assert.doesNotMatch(outside, /(?<!\\)<|(?<!\\)\[|(?<!\\)\*/);
    const row = lines.find((line) => line.startsWith("| native"))!;
    assert.equal(row.match(/(?<!\\)\|/g)!.length, 5);
    const stack = lines.find((line) => line.startsWith("1. "))!;
    assert.equal(stack.match(/```/g)!.length, 4);
  });

  it("shows names that begin or end with backticks, and none", () => {
    const frames = [frame("`x`"), frame("")];
    const text = reportMarkdown(unmapped(hang(frames, [[0, 1]], { steps: paused })));
    assert.match(text, /^1\. `` `x` `` — /m);
    assert.match(text, /^1\. `\(anonymous\)` — /m);
  });
});
