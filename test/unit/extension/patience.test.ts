import assert from "node:assert/strict";
import type { ServerState } from "../../../extension/app.ts";
import { calm, look, type Patience, wait } from "../../../extension/server/patience.ts";

const patienceMs = 100;
const silent = { kind: "unresponsive", isStuck: false } as const;
const stuck = { kind: "unresponsive", isStuck: true } as const;
const wedged: ServerState = { kind: "busy", silentMs: 9_000, jobs: [], isStuck: true };

/** What happens at which time; the times at which the user is asked come out. */
function questions(...happenings: (readonly [number, ServerState | "wait"])[]): number[] {
  const asked: number[] = [];
  let patience: Patience = calm;
  for (const [now, what] of happenings) {
    const before = patience;
    patience = what === "wait" ? wait(patience, now, patienceMs) : look(patience, what, now);
    if (patience.kind === "asked" && before.kind !== "asked") asked.push(now);
  }
  return asked;
}

describe("patience with a stuck server", () => {
  it("asks nothing about a server that is well, at work or silent for a moment", () => {
    const busy = { ...wedged, isStuck: false };
    const states: ServerState[] = [
      { kind: "stopped" },
      { kind: "starting" },
      { kind: "ready", jobs: [] },
      { kind: "failed", message: "" },
      busy,
      silent,
    ];
    assert.deepEqual(questions(...states.map((state, now) => [now, state] as const)), []);
  });

  it("asks once, however often the state is told", () => {
    assert.deepEqual(questions([1, silent], [2, stuck], [3, stuck], [500, stuck]), [2]);
    assert.deepEqual(questions([1, wedged], [300, { ...wedged, silentMs: 9_300 }]), [1]);
  });

  it("asks again when a wait was of no use, and not before", () => {
    const [before, after] = [
      [109, stuck],
      [110, stuck],
    ] as const;
    assert.deepEqual(questions([1, stuck], [10, "wait"], before), [1]);
    assert.deepEqual(questions([1, stuck], [10, "wait"], before, after, [111, stuck]), [1, 110]);
    const twice = [
      [120, "wait"],
      [219, wedged],
      [220, wedged],
    ] as const;
    assert.deepEqual(questions([1, stuck], [10, "wait"], after, ...twice), [1, 110, 220]);
  });

  it("asks afresh when the server was well in between", () => {
    const ready: ServerState = { kind: "ready", jobs: [] };
    assert.deepEqual(questions([1, stuck], [2, ready], [3, stuck]), [1, 3]);
    assert.deepEqual(questions([1, stuck], [10, "wait"], [11, ready], [12, stuck]), [1, 12]);
  });

  it("takes a late answer for none", () => {
    assert.deepEqual(wait(calm, 5, patienceMs), calm);
    const waiting = { kind: "waiting", until: 7 } as const;
    assert.deepEqual(wait(waiting, 5, patienceMs), waiting);
  });
});
