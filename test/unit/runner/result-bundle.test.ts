/** What a result bundle says, and one list of that and what was said while it built. */
import assert from "node:assert/strict";
import type { Diagnostic } from "../../../src/runner/diagnostics/diagnostic.ts";
import { mergeDiagnostics } from "../../../src/runner/diagnostics/merge.ts";
import { readBuildResults, readSourceUrl } from "../../../src/runner/diagnostics/result-bundle.ts";

const text = (value: string) => ({ _type: { _name: "String" }, _value: value });

describe("a result bundle", () => {
  it("counts lines and columns from zero", () => {
    const url =
      "file:///p/My%20App/F.swift#EndingLineNumber=9&StartingColumnNumber=4&StartingLineNumber=9";
    assert.deepEqual(readSourceUrl(url), { file: "/p/My App/F.swift", line: 10, column: 5 });
  });
  it("may know only the file, or nothing", () => {
    assert.deepEqual(readSourceUrl("file:///p/F.swift"), { file: "/p/F.swift" });
    assert.deepEqual(readSourceUrl("file:///p/F.swift#StartingLineNumber=0"), {
      file: "/p/F.swift",
      line: 1,
    });
    assert.deepEqual(readSourceUrl("doc://x/y"), {});
    assert.deepEqual(readSourceUrl("no url"), {});
    assert.deepEqual(readSourceUrl("file:///p/100%.swift"), { file: "/p/100%.swift" });
  });
  it("tells the folders of macOS without /private", () => {
    assert.equal(readSourceUrl("file:///private/tmp/F.swift").file, "/tmp/F.swift");
    assert.equal(readSourceUrl("file:///private/own/F.swift").file, "/private/own/F.swift");
  });

  const issue = {
    issueType: "Swift Compiler Error",
    message: "cannot find 'x' in scope",
    targetName: "App",
    className: "DVTTextDocumentLocation",
    sourceURL: "file:///p/F.swift#StartingLineNumber=11&StartingColumnNumber=6",
  };
  const placed: Diagnostic = {
    file: "/p/F.swift",
    line: 12,
    column: 7,
    severity: "error",
    kind: "compile",
    message: "cannot find 'x' in scope",
    target: "App",
    related: [],
  };

  it("is read as Xcode 16 writes it", () => {
    const json = {
      status: "failed",
      errorCount: 1,
      warningCount: 2,
      errors: [issue],
      warnings: [{ message: "odd", targetName: "" }],
      analyzerWarnings: [{ issueType: "Dead store", message: "never read" }],
    };
    const plain = { kind: "project", severity: "warning", related: [] } as const;
    assert.deepEqual(readBuildResults(json), [
      placed,
      { ...plain, message: "odd" },
      { ...plain, message: "never read" },
    ]);
  });
  it("is read as older ones write it", () => {
    const json = {
      _type: { _name: "ActionsInvocationRecord" },
      issues: {
        errorSummaries: {
          _values: [
            {
              issueType: text("Swift Compiler Error"),
              message: text(issue.message),
              producingTarget: text("App"),
              documentLocationInCreatingWorkspace: { url: text(issue.sourceURL) },
            },
          ],
        },
        testFailureSummaries: {
          _values: [{ issueType: text("Uncategorized"), message: text("XCTAssert failed") }],
        },
      },
    };
    assert.deepEqual(readBuildResults(json), [
      placed,
      { severity: "error", kind: "test", message: "XCTAssert failed", related: [] },
    ]);
  });
  it("is nothing where it is neither", () => {
    for (const json of [null, "x", { errors: 1 }, { issues: [] }]) {
      assert.equal(readBuildResults(json), undefined);
    }
  });

  describe("merged with what was said", () => {
    const said: Diagnostic = {
      file: "/p/F.swift",
      line: 12,
      column: 7,
      severity: "error",
      kind: "compile",
      message: "cannot find 'x' in scope",
      related: [{ message: "n", file: "/p/G.swift", line: 1 }],
    };
    const same = (name: string, other: Partial<Diagnostic>) =>
      it(`is one: ${name}`, () => {
        const [merged, ...more] = mergeDiagnostics([said], [{ ...placed, ...other }]);
        assert.deepEqual(more, []);
        assert.deepEqual(merged, { ...said, target: "App" });
      });
    const two = (name: string, other: Diagnostic) =>
      it(`is two: ${name}`, () => assert.equal(mergeDiagnostics([said], [other]).length, 2));

    same("the same place", {});
    same("the same place in other words", { message: "Cannot find 'x'" });
    const { column: _column, ...withoutColumn } = placed;
    it("is one: without a column", () => {
      assert.equal(mergeDiagnostics([said], [withoutColumn]).length, 1);
    });
    const { file: _file, line: _line, column: _c, ...withoutPlace } = placed;
    it("is one: without a place", () => {
      assert.equal(mergeDiagnostics([said], [withoutPlace]).length, 1);
    });
    it("is one: with /private", () => {
      const inTmp = { ...said, file: "/private/tmp/F.swift" };
      assert.equal(mergeDiagnostics([inTmp], [{ ...placed, file: "/tmp/F.swift" }]).length, 1);
    });
    two("another line", { ...placed, line: 13 });
    two("another file", { ...placed, file: "/p/G.swift" });
    two("another severity", { ...placed, severity: "warning" });
    two("another message without a place", { ...withoutPlace, message: "other" });

    it("is one for all symbols that a linker misses", () => {
      const linker: Diagnostic = {
        severity: "error",
        kind: "link",
        message: "Undefined symbols for architecture arm64: …",
        related: [],
      };
      const bundled = [
        "Undefined symbol: _a",
        "Undefined symbol: _b",
        "Linker command failed with exit code 1",
      ];
      const found = readBuildResults({
        errors: bundled.map((message) => ({ issueType: "Error", message })),
      })!;
      assert.deepEqual(mergeDiagnostics([linker], found), [linker]);
    });
  });
});
