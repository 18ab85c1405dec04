import assert from "node:assert/strict";
import { Heartbeat } from "../../../src/hang/watch/heartbeat.ts";
import { ObservedClock } from "../../../src/hang/watch/observed-clock.ts";

describe("a watched main thread", () => {
  it("is silent since its file was last seen to change", () => {
    const heart = new Heartbeat(100, 1_000, true);
    assert.equal(heart.silentMs(4_000), 3_000);
    assert.equal(heart.look(100, 5_000), false);
    assert.equal(heart.silentMs(6_000), 5_000);
    assert.equal(heart.look(101, 7_000), true);
    assert.equal(heart.silentMs(7_500), 500);
  });

  it("takes a clock that was set back for a beat", () => {
    const heart = new Heartbeat(100, 1_000, true);
    assert.equal(heart.look(-3_600_000, 2_000), true);
    assert.equal(heart.silentMs(2_000), 0);
  });

  it("begins anew when it was held", () => {
    const heart = new Heartbeat(100, 1_000, true);
    heart.excuse(60_000);
    assert.equal(heart.silentMs(60_500), 500);
    assert.equal(heart.look(100, 61_000), false);
  });

  it("counts from its first beat on where the file may be another's", () => {
    const heart = new Heartbeat(100, 1_000, false);
    assert.equal(heart.silentMs(60_000), 0);
    heart.look(101, 61_000);
    assert.equal(heart.silentMs(63_000), 2_000);
  });
});

describe("the clock of a watch", () => {
  it("counts little of a time in which nobody looked", () => {
    let now = 5_000;
    const clock = new ObservedClock(2_000, () => now);
    now += 1_000;
    assert.equal(clock.now(), 1_000);
    // The machine slept for a night.
    now += 8 * 3_600_000;
    assert.equal(clock.now(), 3_000);
    now += 1_500;
    assert.equal(clock.now(), 4_500);
  });
});
