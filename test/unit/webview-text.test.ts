/** Words and numbers as the view shows them, and the wire to the host. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeColumns } from "../../src/profile/columns.ts";
import type { FunctionInfo } from "../../src/profile/query.ts";
import * as results from "../../src/results/format.ts";
import { QueryClient } from "../../webview/host/query-client.ts";
import type { FromView } from "../../webview/protocol.ts";
import { clipped, formatCount, formatShare, formatTime } from "../../webview/text/format.ts";
import { fullLocation, shortLocation, sourceOf } from "../../webview/text/location.ts";
import { stackBands } from "../../webview/timeline/activity.ts";

describe("webview text", () => {
  it("writes times and shares as lenses and problems do", () => {
    const micros = fc.double({ min: 1e-3, max: 1e11, noNaN: true });
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        assert.equal(formatTime(a), results.formatTime(a));
        assert.equal(formatShare(a, b), results.formatShare(a, b));
      }),
    );
    assert.equal(formatTime(0), "0 ms");
    assert.equal(formatShare(1, 0), "0 %");
  });

  it("counts in words", () => {
    assert.equal(formatCount(1, "match", "matches"), "1 match");
    assert.equal(formatCount(1234, "match", "matches"), "1,234 matches");
  });

  it("clips names of any length to one line without control characters", () => {
    const long = clipped("x".repeat(5_000_000));
    assert.equal(long.length, 513);
    assert.equal(clipped("a\r\nb\u202ec\u0000d"), "a b c d");
    assert.equal(clipped("<b>&amp;"), "<b>&amp;");
  });

  it("names places short and long, and opens only what is a file", () => {
    const place = (url: string, more: Partial<FunctionInfo> = {}) => ({
      url,
      line: 3,
      column: 7,
      module: "",
      ...more,
    });
    assert.equal(shortLocation(place("file:///a/b/src/c.ts")), "src/c.ts:3");
    assert.equal(shortLocation(place("file:///C:/a/b.ts")), "a/b.ts:3");
    assert.equal(shortLocation(place("C:\\a\\b.ts")), "a/b.ts:3");
    assert.equal(shortLocation(place("node:internal/fs/utils")), "node:internal/fs/utils:3");
    assert.equal(shortLocation(place("", { module: "/usr/lib/libc.so.6" })), "libc.so.6");
    assert.equal(fullLocation(place("file:///a/b%20c.ts")), "/a/b c.ts:3:7");
    assert.equal(fullLocation(place("", { module: "/usr/lib/libc.so.6" })), "/usr/lib/libc.so.6");
    assert.deepEqual(sourceOf(place("file:///a.ts")), { url: "file:///a.ts", line: 3, column: 7 });
    assert.equal(sourceOf(place("")), undefined);
    assert.equal(sourceOf(place("node:fs")), undefined);
  });

  it("stacks activity from the foot up, with idle time left empty", () => {
    const bands = stackBands({
      kind: "timeline",
      hangs: [],
      buckets: 2,
      bucketTime: 10,
      categories: ["js", "idle", "gc"],
      time: Float64Array.of(4, 5, 0, 5, 4, 0),
    });
    assert.deepEqual(
      bands.map(({ category, from, to }) => [category, [...from], [...to]]),
      [
        ["js", [0, 0], [0.4, 0.5].map(Math.fround)],
        ["gc", [0.4, 0.5].map(Math.fround), [0.8, 0.5].map(Math.fround)],
      ],
    );
  });
});

describe("webview query client", () => {
  const query = { kind: "summary" } as const;
  function setUp() {
    const posted: FromView[] = [];
    const client = new QueryClient((message) => posted.push(message));
    const outcome: unknown[] = [];
    const listener = {
      answered: (answer: unknown) => outcome.push(answer),
      failed: (message: string) => outcome.push(message),
    };
    return { posted, client, outcome, listener };
  }

  it("gives each answer to who asked, in any order", () => {
    const { client, outcome, listener } = setUp();
    client.ask<"summary">(query, listener);
    client.ask<"summary">(query, listener);
    const data = (samples: number) => encodeColumns({ kind: "summary", samples });
    client.receive({ kind: "answer", id: 2, data: data(2) });
    client.receive({ kind: "answer", id: 1, data: data(1) });
    client.receive({ kind: "answer", id: 1, data: data(9) });
    assert.deepEqual(outcome, [
      { kind: "summary", samples: 2 },
      { kind: "summary", samples: 1 },
    ]);
  });

  it("tells the host what is no longer wanted, and hears no more of it", () => {
    const { client, posted, outcome, listener } = setUp();
    const cancel = client.ask<"summary">(query, listener);
    cancel();
    cancel();
    client.receive({ kind: "answer", id: 1, data: encodeColumns({}) });
    assert.deepEqual(posted, [
      { kind: "query", id: 1, query },
      { kind: "cancel-query", id: 1 },
    ]);
    assert.deepEqual(outcome, []);
  });

  it("says why there is no answer, also when the bytes make no sense", () => {
    const { client, outcome, listener } = setUp();
    client.ask<"summary">(query, listener);
    client.ask<"summary">(query, listener);
    client.receive({ kind: "query-failed", id: 1, message: "Gone." });
    client.receive({ kind: "answer", id: 2, data: new ArrayBuffer(3) });
    assert.deepEqual(outcome, [
      "Gone.",
      "The answer could not be read: Not a columns message: too short.",
    ]);
  });
});
