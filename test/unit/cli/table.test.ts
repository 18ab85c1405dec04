import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import type { Analysis, Hottest } from "../../../src/cli/analysis.ts";
import { paintFor, renderTable } from "../../../src/cli/table.ts";
import { categories } from "../../../src/profile/profile.ts";
import type { ReportFunction } from "../../../src/profile/query.ts";

const place = { url: "file:///app/dist/main.js", line: 80, column: 1 };

const func = (more: Partial<ReportFunction>): ReportFunction => ({
  name: "f",
  ...place,
  category: "js",
  module: "",
  self: 1000,
  total: 1000,
  selfSamples: 1,
  ...more,
});

const analysis = (functions: readonly ReportFunction[], more: Partial<Analysis> = {}): Analysis => {
  const none = Object.fromEntries(categories.map((category) => [category, 0]));
  const byCategory = { ...none, js: 97, gc: 3 } as Analysis["samples"]["byCategory"];
  return {
    format: "v8-log",
    version: "13.6",
    unit: "us",
    samples: { total: 100, byCategory },
    durationMs: 100,
    functions,
    warnings: [],
    ...more,
  };
};

const hottest: Hottest = {
  total: 100_000,
  func: {
    id: 1,
    name: "lineAt",
    url: "file:///app/src/text.ts",
    line: 4,
    column: 1,
    category: "js",
    module: "",
    self: 90_000,
    total: 90_000,
    lines: [{ url: "file:///app/src/text.ts", line: 7, self: 77_000 }],
    callers: [],
  },
};

const render = (given: Analysis, hot: Hottest = { total: 100_000, func: undefined }) =>
  renderTable(given, hot, {
    cwd: "/app",
    paint: (_style, text) => text,
    sourceLine: (path, line) =>
      path === "/app/src/text.ts" && line === 7 ? "  hot();" : undefined,
  });

describe("table", () => {
  it("aligns times, shares, names and original places relative to here", () => {
    const original = { name: "lineAt", url: "file:///app/src/text.ts", line: 4, column: 1 };
    const text = render(
      analysis([
        func({ name: "a", original, self: 90_000, total: 95_000 }),
        func({ name: "parse", self: 900, total: 96_000 }),
        func({
          name: "SSL",
          url: "",
          line: 0,
          module: "/usr/lib/libssl.so.3",
          self: 500,
          total: 500,
        }),
        func({ name: "(anonymous)", url: "node:internal/timers", line: 9, self: 4, total: 9 }),
        func({ name: "elsewhere", url: "/other/x.js", line: 0, self: 3, total: 3 }),
      ]),
    );
    assert.equal(
      text,
      [
        "100 samples in 100 ms: js 97.0 %, gc 3.0 %",
        "",
        "  Self           Total          Function     Location",
        " 90 ms  90.0 %   95 ms  95.0 %  lineAt       src/text.ts:4",
        "900 µs   0.9 %   96 ms  96.0 %  parse        dist/main.js:80",
        "500 µs   0.5 %  500 µs   0.5 %  SSL          libssl.so.3",
        "  4 µs  <0.1 %    9 µs  <0.1 %  (anonymous)  node:internal/timers:9",
        "  3 µs  <0.1 %    3 µs  <0.1 %  elsewhere    /other/x.js",
      ].join("\n"),
    );
  });

  it("ends with the hottest line, its text and the warnings", () => {
    const warnings = [
      { code: "lost", message: "Ticks were lost.", count: 12 },
      { code: "cut", message: "The file ends early.", count: 1 },
    ];
    const lines = render(analysis([func({})], { warnings }), hottest).split("\n");
    assert.deepEqual(lines.slice(-5), [
      "Hottest line: src/text.ts:7 with 77.0 %, in lineAt",
      "  hot();",
      "",
      "Warning: Ticks were lost. (12×)",
      "Warning: The file ends early.",
    ]);
  });

  it("says so when there is nothing to show", () => {
    const idle = render(analysis([]), { total: 0, func: undefined });
    assert.match(idle, /Nothing but idle time\.$/);
  });

  it("keeps names to one line and both their ends", () => {
    const name = `start${"x".repeat(100)}\nend`;
    const row = render(analysis([func({ name })]))
      .split("\n")
      .at(-1)!;
    assert.match(row, / startx+…x+ end {2}dist/);
    assert.ok(row.length < 100);
  });

  it("paints no colour into what is no terminal", () => {
    assert.equal(paintFor(new PassThrough())("red", "x"), "x");
  });
});
