/** What is said of a recording: its hangs with their stacks, its hot functions, its bursts. */
import assert from "node:assert/strict";
import { ProfileBuilder } from "../../src/profile/builder.ts";
import type { Category, Profile } from "../../src/profile/profile.ts";
import type { FindingsAnswer } from "../../src/profile/query.ts";
import { ProfileViews } from "../../src/profile/views/profile-views.ts";

const ms = 1_000;

interface Sampled {
  /** Bottom first: `name@line`, `!` before the name of what is the system's. */
  readonly stack: string;
  readonly at: number;
  readonly thread?: number;
}

function recording(
  samples: readonly Sampled[],
  hangs: readonly (readonly [type: string, start: number, duration: number])[] = [],
): Profile {
  const builder = new ProfileBuilder();
  builder.thread({ id: 1, name: "Main Thread" });
  builder.thread({ id: 2, name: "Worker" });
  for (const { stack, at, thread = 0 } of samples) {
    let node = -1;
    for (const part of stack.split(" ")) {
      const [name = "", line = "0"] = part.replace("!", "").split("@");
      const category: Category = part.startsWith("!") ? "system" : "app";
      const url = category === "app" ? "/app/Feed.swift" : "";
      const func = builder.func({ name, category, url });
      node = builder.node(node, builder.frame(func, { line: Number(line) }));
    }
    builder.sample(node, at, ms, thread);
  }
  for (const [name, start, duration] of hangs) {
    builder.marker({ name, kind: "hang", category: "system", thread: 0, start, duration });
  }
  return builder.finish({ format: "xctrace", title: "t" });
}

function findingsOf(profile: Profile): FindingsAnswer {
  const query = { kind: "findings", filter: { includeIdle: false }, limit: 20 } as const;
  return new ProfileViews(profile).answer(query);
}

/** A sample each millisecond. */
function every(stack: string, from: number, count: number, thread = 0): Sampled[] {
  return Array.from({ length: count }, (_, i) => ({ stack, at: (from + i) * ms, thread }));
}

describe("findings", () => {
  it("names the app's line in the heaviest stack of a hang, and only of its window", () => {
    const { hangs } = findingsOf(
      recording(
        [
          ...every("!main decode@10 !memcpy", 0, 50),
          ...every("!main load@20 parse@31 !read", 50, 6),
          ...every("!main load@20 parse@33 !read", 56, 4),
          ...every("!main load@25 draw@50", 60, 5),
        ],
        [["Severe Hang", 50 * ms, 15 * ms]],
      ),
    );
    const [hang] = hangs.found;
    assert.deepEqual(
      hang!.stack.map(({ name, frameLine }) => `${name}@${frameLine}`),
      ["read@0", "parse@31", "load@20", "main@0"],
    );
    assert.equal(hang!.culprit, 1);
    assert.equal(hang!.samples, 15);
    assert.equal(hang!.busy, 15 * ms);
  });

  it("says that nothing ran in a hang whose thread waited", () => {
    const samples = every("!main work@1", 0, 5);
    const { hangs } = findingsOf(recording(samples, [["Hang", 100 * ms, 500 * ms]]));
    assert.deepEqual(
      hangs.found.map(({ samples: count, stack, culprit }) => ({ count, stack, culprit })),
      [{ count: 0, stack: [], culprit: -1 }],
    );
  });

  it("takes no stack of another thread for the hanging one's", () => {
    const samples = [...every("!start other@5", 0, 20, 1), ...every("!main own@7", 0, 3)];
    const { hangs } = findingsOf(recording(samples, [["Hang", 0, 20 * ms]]));
    assert.deepEqual(
      hangs.found[0]!.stack.map(({ name }) => name),
      ["own", "main"],
    );
  });

  it("gives the longest hang first", () => {
    const hangs = [["Microhang", 0, 300 * ms] as const, ["Severe Hang", 900 * ms, 2e6] as const];
    const { found } = findingsOf(recording(every("!main a@1", 0, 5), hangs)).hangs;
    assert.deepEqual(
      found.map(({ type }) => type),
      ["Severe Hang", "Microhang"],
    );
  });

  it("puts the app's functions first, with the system's time below them", () => {
    const { functions } = findingsOf(
      recording([...every("!main a@1 !memcpy", 0, 30), ...every("!main b@1", 30, 10)]),
    );
    assert.deepEqual(
      functions.map(({ name, isApp, own, self }) => [name, isApp, own / ms, self / ms]),
      [
        ["a", true, 30, 0],
        ["b", true, 10, 10],
        ["memcpy", false, 0, 30],
      ],
    );
  });

  it("tells how much of a function's time was spent hanging, on the hanging thread alone", () => {
    const { functions } = findingsOf(
      recording(
        [...every("!main a@1", 0, 40), ...every("!start a@1", 0, 40, 1)],
        [["Hang", 0, 20 * ms]],
      ),
    );
    assert.equal(functions[0]!.duringHangs, 0.25);
  });

  it("finds bursts: a core kept busy for a quarter of a second", () => {
    const samples = [...every("!main a@1", 0, 100), ...every("!main a@1", 500, 400)];
    const { bursts } = findingsOf(recording(samples));
    assert.deepEqual(bursts, [{ start: 500 * ms, duration: 400 * ms, time: 400 * ms }]);
  });

  it("does not take a missing part for an empty one", () => {
    const { hangs, leaks } = findingsOf(recording(every("!main a@1", 0, 5)));
    assert.equal(hangs.state, "not-recorded");
    assert.equal(leaks.state, "not-recorded");
  });

  it("lists threads by what they took", () => {
    const samples = [...every("!main a@1", 0, 5), ...every("!start b@1", 0, 9, 1)];
    const { threads } = findingsOf(recording(samples));
    assert.deepEqual(
      threads.map(({ name, time }) => [name, time / ms]),
      [
        ["Worker", 9],
        ["Main Thread", 5],
      ],
    );
  });
});
