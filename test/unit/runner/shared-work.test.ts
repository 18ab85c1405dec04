/** Work that several wait for: who leaves does not end it, and the last one does. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SharedWork, TimeIsUp, type WorkContext } from "../../../src/runner/shared-work.ts";

interface Said {
  readonly kind: string;
  readonly text: string;
}

function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let context: WorkContext<Said> | undefined;
  let cleaned = false;
  const shared = new SharedWork<string, Said>(async (given) => {
    context = given;
    given.signal.addEventListener("abort", async () => {
      await sleep(20);
      cleaned = true;
      reject(given.signal.reason);
    });
    return promise;
  });
  return { shared, resolve, reject, context: () => context!, cleaned: () => cleaned };
}

const later = () => performance.now() + 60_000;

describe("work that several wait for", () => {
  it("gives each the same", async () => {
    const { shared, resolve } = work();
    const both = [shared.join({ until: later() }), shared.join({ until: later() })];
    resolve("done");
    assert.deepEqual(await Promise.all(both), ["done", "done"]);
    assert.equal(shared.canBeJoined, false);
  });
  it("goes on when one of them leaves", async () => {
    const { shared, resolve, cleaned } = work();
    const abort = new AbortController();
    const first = shared.join({ until: later(), signal: abort.signal });
    const second = shared.join({ until: later() });
    abort.abort();
    await assert.rejects(first, { name: "AbortError" });
    assert.equal(cleaned(), false);
    resolve("done");
    assert.equal(await second, "done");
  });
  it("ends when the last one leaves, who waits until all is cleaned up", async () => {
    const { shared, cleaned } = work();
    const abort = new AbortController();
    const only = shared.join({ until: later(), signal: abort.signal });
    abort.abort();
    await assert.rejects(only, { name: "AbortError" });
    assert.equal(cleaned(), true);
    assert.equal(shared.canBeJoined, false);
  });
  it("goes on for who has more time (weakness: limits that do not add up)", async () => {
    const { shared, resolve, context } = work();
    const hasty = shared.join({ until: performance.now() + 30 });
    assert.ok(context().remainingMs() <= 30);
    const patient = shared.join({ until: performance.now() + 5_000 });
    assert.ok(context().remainingMs() > 4_000);
    await assert.rejects(hasty, TimeIsUp);
    resolve("done");
    assert.equal(await patient, "done");
  });
  it("ends when the time of all is over", async () => {
    const { shared, cleaned } = work();
    await assert.rejects(shared.join({ until: performance.now() + 20 }), { code: "timeout" });
    assert.equal(cleaned(), true);
  });
  it("tells who comes later where it is", async () => {
    const { shared, resolve, context } = work();
    const first = shared.join({ until: later() });
    context().tell({ kind: "state", text: "a" });
    context().tell({ kind: "state", text: "b" });
    context().tell({ kind: "lines", text: "c" });
    const heard: string[] = [];
    const second = shared.join({ until: later(), onProgress: ({ text }) => heard.push(text) });
    context().tell({ kind: "state", text: "d" });
    resolve("");
    await Promise.all([first, second]);
    assert.deepEqual(heard, ["b", "c", "d"]);
  });
  it("does not begin for who has left already", async () => {
    const { shared } = work();
    await assert.rejects(shared.join({ until: later(), signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  });
});
