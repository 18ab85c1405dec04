/** Every form of line in which xcodebuild and its tools say what is wrong, as Problems has it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { maxDiagnostics } from "../../../src/runner/diagnostics/diagnostic.ts";
import { XcodebuildLines } from "../../../src/runner/diagnostics/xcodebuild-lines.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { corpus, folder } from "./support/xcodebuild-corpus.ts";

const verdicts = [
  ["** BUILD SUCCEEDED **", { phase: "BUILD", outcome: "SUCCEEDED" }],
  ["** BUILD FAILED **", { phase: "BUILD", outcome: "FAILED" }],
  ["** TEST BUILD SUCCEEDED ** [12.345 sec]", { phase: "TEST BUILD", outcome: "SUCCEEDED" }],
  ["** TEST BUILD FAILED **", { phase: "TEST BUILD", outcome: "FAILED" }],
  ["** TEST EXECUTE FAILED **\r", { phase: "TEST EXECUTE", outcome: "FAILED" }],
  ["\x1b[1;31m** TEST FAILED **\x1b[0m", { phase: "TEST", outcome: "FAILED" }],
  ["** BUILD INTERRUPTED **", { phase: "BUILD", outcome: "INTERRUPTED" }],
] as const;

function read(lines: readonly string[]): XcodebuildLines {
  const reader = new XcodebuildLines(folder);
  for (const line of lines) reader.push(line);
  reader.end();
  return reader;
}

describe("what xcodebuild says", () => {
  it("is told of in at least sixty lines", () => {
    const lines = Object.values(corpus).flatMap((cases) => cases.flatMap((each) => each.lines));
    assert.ok(lines.length + verdicts.length >= 60, `${lines.length}`);
  });
  for (const [name, cases] of Object.entries(corpus)) {
    describe(name, () => {
      for (const { is, lines, says } of cases) {
        it(is, () => {
          const wanted = says.map((each) => ({ related: [], ...each }));
          assert.deepEqual(read(lines).diagnostics, wanted);
        });
      }
    });
  }
  for (const [line, verdict] of verdicts) {
    it(`ends with ${JSON.stringify(line)}`, () => {
      const reader = read([line]);
      assert.deepEqual({ ...reader.verdict }, verdict);
      assert.deepEqual(reader.diagnostics, []);
    });
  }

  it("tells of every change, so that notes that come later are published too", () => {
    const reader = new XcodebuildLines(folder);
    const changes = [
      "/p/F.swift:1:2: error: m",
      "/p/F.swift:1:2: error: m",
      "/p/G.swift:1:2: note: n",
      "nothing",
    ].map((line) => {
      reader.push(line);
      return reader.changes;
    });
    assert.deepEqual(changes, [1, 1, 2, 2]);
  });

  it("is bounded", () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `/p/F.swift:${i + 1}:1: error: m`);
    assert.equal(read(lines).diagnostics.length, maxDiagnostics);
  });

  it("is read in time, whatever it is", async () => {
    const parts = fc.constantFrom(
      " ",
      ":",
      "/",
      "1",
      "error",
      "error:",
      "note: ",
      "a",
      "\x1b[1m",
      "-[",
      "]",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 400 }), async (words) => {
        assert.ok((await cpuMs(() => read([words.join("")]))) < 500);
      }),
      { numRuns: 300 },
    );
  });
});
