import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeProgress, ProgressBar } from "../../../src/cli/progress-bar.ts";

const { signal } = new AbortController();

function bar(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) };
  return { written, bar: new ProgressBar(stream as unknown as NodeJS.WriteStream) };
}

describe("progress bar", () => {
  it("shows how far a task has come", () => {
    const message = "Reading a-v8.log";
    assert.equal(describeProgress({ message }), "Reading a-v8.log …");
    assert.equal(
      describeProgress({ message, done: 50e6, total: 200e6, unit: "bytes" }),
      "Reading a-v8.log  ██████░░░░░░░░░░░░░░░░░░  25 % of 200 MB",
    );
    assert.equal(
      describeProgress({ message, done: 5, total: 0, unit: "bytes" }),
      "Reading a-v8.log …",
    );
    assert.equal(
      describeProgress({ message: "Building", done: 12_900, total: 900_000, unit: "ms" }),
      "12 s  Building …",
    );
    // A log that grows while it is read.
    assert.match(describeProgress({ message, done: 3, total: 2 }), /█{24} {2}100 %$/);
  });

  it("stays on one line, is drawn a few times a second, and goes away", () => {
    const { written, bar: shown } = bar(true);
    const { onProgress } = shown.task(signal);
    for (let done = 0; done < 1000; done++) {
      onProgress?.({ message: "Reading a-v8.log", done, total: 1000 });
    }
    assert.equal(written.length, 1);
    assert.ok(written[0]!.length < 40 + "\r\x1b[2K".length);
    onProgress?.({ message: "Writing" });
    assert.match(written[1]!, /Writing …$/);
    shown.clear();
    shown.clear();
    assert.deepEqual(written.slice(2), ["\r\x1b[2K"]);
  });

  it("writes nothing into what is no terminal", () => {
    const { written, bar: hidden } = bar(false);
    hidden.task(signal).onProgress?.({ message: "x", done: 1, total: 2 });
    hidden.clear();
    assert.deepEqual(written, []);
  });
});
