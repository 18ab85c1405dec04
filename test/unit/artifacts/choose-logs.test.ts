import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { artifactKey, kindOfName, parseKey } from "../../../src/artifacts/key.ts";
import type { Artifact } from "../../../src/artifacts/store.ts";
import { chooseLogs, machinesOf } from "../../../src/fleet/choose-logs.ts";
import { inLanes } from "../../../src/fleet/lanes.ts";

function key(target: string, job: string, time: number): string {
  const origin = { env: "ci", project: "shop", job, target, step: "s" };
  return artifactKey({ ...origin, time, seq: "0", kind: "v8log" });
}

function artifact(name: string): Artifact {
  const kind = kindOfName(name);
  return {
    key: name,
    ...(kind && { kind }),
    bytes: 1,
    time: parseKey(name)?.time ?? 0,
    pinned: false,
  };
}

describe("the logs of a fleet", () => {
  const keys = [
    key("b", "2", 2),
    key("a", "1", 3),
    key("c.x", "1", 1),
    "notes.txt",
    "p.cpuprofile",
  ];
  const artifacts = keys.map(artifact);

  it("are V8 logs only: all, oldest first, or the newest", () => {
    const chosen = (choice: Parameters<typeof chooseLogs>[1]) =>
      chooseLogs(artifacts, choice).map(({ time }) => time);
    assert.deepEqual(chosen({ which: "all" }), [1, 2, 3]);
    assert.deepEqual(chosen({ which: "newest" }), [3]);
    assert.deepEqual(chosen({ which: "newest", match: "/b/" }), [2]);
    assert.deepEqual(chosen({ which: "all", match: "nothing" }), []);
  });

  it("match a text as it stands, not as a pattern", () => {
    const chosen = (match: string) => chooseLogs(artifacts, { which: "all", match }).length;
    assert.deepEqual(
      [".*", "c.x", "[abc]", "c?x", "*", ".", ""].map(chosen),
      [0, 1, 0, 0, 0, 3, 3],
    );
    fc.assert(
      fc.property(
        fc.string(),
        (match) => chosen(match) === keys.slice(0, 3).filter((k) => k.includes(match)).length,
      ),
    );
  });

  it("are named by their target, and by the job too where that is not enough", () => {
    const two = [key("a", "1", 1), key("a", "2", 2), key("b", "1", 3)];
    assert.deepEqual([...machinesOf(two, "s3://x").values()], ["a/1", "a/2", "b"]);
    // A prefix that holds the first parts.
    const [first] = two;
    const [env, project, job, target, ...rest] = first!.split("/");
    const place = `s3://x/${env}/${project}/${job}/${target}`;
    assert.deepEqual([...machinesOf([rest.join("/")], place).values()], ["a"]);
    const foreign = ["web-1/isolate-0x1-v8.log", "x-v8.log"];
    assert.deepEqual([...machinesOf(foreign, "/logs/today").values()], ["web-1", "today"]);
  });

  it("are worked on at once, and finished in order, with so many held at most", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (delays, lanes) => {
          const finished: number[] = [];
          let held = 0;
          let most = 0;
          await inLanes(
            delays.map((_, i) => i),
            lanes,
            async (i) => {
              most = Math.max(most, ++held);
              for (let n = 0; n < delays[i]!; n++) await turn();
              return i * 10;
            },
            async (i, ready) => {
              assert.equal(ready, i * 10);
              finished.push(i);
              held--;
            },
          );
          assert.deepEqual(
            finished,
            delays.map((_, i) => i),
          );
          assert.ok(most <= lanes);
          assert.equal(most, Math.min(lanes, delays.length));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("stop at the first failure, when all that was begun has ended", async () => {
    let running = 0;
    const begun: number[] = [];
    const failing = inLanes(
      [0, 1, 2, 3, 4, 5],
      2,
      async (i) => {
        begun.push(i);
        running++;
        await turn();
        running--;
        if (i === 1) throw new Error("one");
        return i;
      },
      async () => {},
    );
    await assert.rejects(failing, /one/);
    assert.equal(running, 0);
    assert.ok(begun.length < 6);
  });
});
