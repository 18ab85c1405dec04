import assert from "node:assert/strict";
import { heapTrend } from "../../../src/hang/probe.ts";

const mb = (values: readonly number[]) => values.map((value) => value * 2 ** 20);

describe("the trend of a heap", () => {
  it("is climbing when it leaves all that it had before below", () => {
    assert.equal(heapTrend(mb([10, 40, 70, 100, 130, 160])), "climbing");
    assert.equal(heapTrend(mb([10, 70, 40, 100, 160, 130])), "climbing");
  });

  it("is flat when it stays, falls, or grows by next to nothing", () => {
    assert.equal(heapTrend(mb([50, 50, 50, 50])), "flat");
    assert.equal(heapTrend(mb([50, 40, 30, 20])), "flat");
    assert.equal(heapTrend(mb([10, 12, 14, 16])), "flat");
    assert.equal(heapTrend(mb([1000, 1010, 1050, 1090])), "flat");
  });

  it("is flat when it is collected again and again", () => {
    assert.equal(heapTrend(mb([10, 90, 20, 95, 15, 92])), "flat");
    // Looked at before its next collection.
    assert.equal(heapTrend(mb([6, 10, 14, 20, 26, 34])), "flat");
  });

  it("is unknown when it goes up and down, may hold garbage alone, or was asked too seldom", () => {
    assert.equal(heapTrend(mb([10, 50, 20, 140, 15, 130])), "unknown");
    // As seen in a small heap of Node 24, of which nothing stays.
    assert.equal(heapTrend(mb([6, 7, 6, 33, 45, 69, 25])), "unknown");
    assert.equal(heapTrend(mb([10, 50, 100])), "unknown");
    assert.equal(heapTrend([]), "unknown");
  });
});
