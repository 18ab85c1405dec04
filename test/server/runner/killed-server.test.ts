/**
 * Preparations whose server is killed, and those of several windows: each server is a process of
 * its own. What the next preparation finds is exact, and all that runs is counted.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "../../../src/runner/file-lock.ts";
import type { PrepareResult } from "../../../src/runner/prepare-result.ts";
import type { Scenario } from "../../toolchain/scenario-types.ts";
import { prepared, type RunnerLab, runnerLab } from "./support/runner-lab.ts";
import { Window } from "./support/window.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

/** Keeps a preparation in one place; gives what lets the next one pass. */
type Block = (lab: RunnerLab) => Promise<() => void> | (() => void);

const byScenario =
  (scenario: Scenario): Block =>
  (lab) => {
    lab.change(scenario);
    return () => lab.change({});
  };

const onlyEntry = (lab: RunnerLab) => {
  const [key, ...more] = readdirSync(join(lab.cache, "entries"));
  assert.ok(key !== undefined && more.length === 0);
  return key;
};

/** Whoever reads it waits for ever. */
const byFile =
  (name: string): Block =>
  (lab) => {
    const path = join(lab.cache, "entries", onlyEntry(lab), name);
    renameSync(path, `${path}.aside`);
    execFileSync("mkfifo", [path]);
    return () => {
      unlinkSync(path);
      renameSync(`${path}.aside`, path);
    };
  };

interface Death {
  /** Where it is killed. */
  readonly phase: string;
  /** What its caller has been told then. */
  readonly says: string;
  /** Whether there is an entry already. */
  readonly cached: boolean;
  readonly block: Block;
  /** What the next preparation tells. */
  readonly next: string;
  /** Of all preparations. */
  readonly builds: number;
  readonly launches: number;
}

const restored = { cached: true, next: "hit restored launched", builds: 0, launches: 1 } as const;

const deaths: readonly Death[] = [
  {
    phase: "resolve",
    says: "Looking what is there: Asking which Xcode there is",
    cached: false,
    block: byScenario({ holds: ["xcodebuild -version"] }),
    next: "miss built launched",
    builds: 1,
    launches: 1,
  },
  {
    ...restored,
    phase: "wait",
    says: "Waiting: Waiting for another build of the same runner",
    async block(lab) {
      const lock = await tryLock(join(lab.cache, "locks", `${onlyEntry(lab)}.lock`));
      return () => lock!.release();
    },
  },
  {
    ...restored,
    phase: "restore",
    says: "Looking for a cached runner",
    block: byFile("manifest.json"),
  },
  {
    ...restored,
    phase: "validate",
    says: "Checking the cached runner",
    block: byFile("files.json"),
  },
  {
    phase: "build",
    says: "Building the runner: Compile",
    cached: false,
    block: byScenario({ build: { outcome: "hangs" } }),
    next: "miss built launched",
    builds: 2,
    launches: 1,
  },
  {
    phase: "build, when all is compiled",
    says: "Building the runner",
    cached: false,
    block: byScenario({ holds: ["plutil -convert json"] }),
    next: "miss built launched",
    builds: 2,
    launches: 1,
  },
  {
    phase: "launch",
    says: "Launching the runner",
    cached: false,
    block: byScenario({ holds: ["plutil -convert xml1"] }),
    next: "hit restored launched",
    builds: 1,
    launches: 1,
  },
  {
    phase: "health",
    says: "Waiting for the runner's answer",
    cached: false,
    block: byScenario({ runner: { launches: ["never-listens"] } }),
    next: "hit restored launched",
    builds: 1,
    launches: 2,
  },
];

describe("preparations of servers", function () {
  this.timeout(60_000);
  let lab: RunnerLab;
  let windows: Window[];
  const ownEnv = { ...process.env };

  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(() => {
    windows = [];
    lab = runnerLab();
    Object.assign(process.env, lab.tools.env, lab.baseEnv);
  });
  afterEach(async () => {
    for (const window of windows) await window.kill();
    for (const name of Object.keys(process.env)) {
      if (ownEnv[name] === undefined) delete process.env[name];
      else process.env[name] = ownEnv[name];
    }
    await lab.dispose();
    assert.deepEqual(lab.processes(), [], "processes left");
  });

  async function open(name = "window"): Promise<Window> {
    const window = await Window.open(join(lab.home, name));
    windows.push(window);
    return window;
  }
  const summary = (result: PrepareResult) => {
    const { cache, artifact, started, recovered } = prepared(result);
    return [cache, artifact, started, ...(recovered ? ["recovered"] : [])].join(" ");
  };
  const counts = () => [
    lab.calls("build-for-testing").length,
    lab.calls("test-without-building").length,
  ];
  /** What ends by itself has ended. */
  async function settled(pids: readonly number[]): Promise<void> {
    const wanted = pids.toSorted((a, b) => a - b).join();
    while (lab.processes().join() !== wanted) await sleep(20);
  }
  /** Nothing runs but servers and the runner that was made ready, and nothing else after that. */
  async function leavesNothing(result: PrepareResult, ...servers: Window[]): Promise<void> {
    const pids = servers.map(({ pid }) => pid);
    await settled([...pids, prepared(result).runner.pid]);
    await servers[0]!.client.call("runner.stop", {});
    await settled(pids);
    assert.deepEqual(lab.leftovers(), []);
    assert.deepEqual(await lab.heldLocks(), []);
    assert.equal(readdirSync(join(lab.cache, "entries")).length, 1);
  }

  describe("that are killed (weakness: interrupted builds destroyed the cache)", () => {
    for (const { phase, says, cached, block, next, builds, launches } of deaths) {
      it(`in the phase ${phase}: the next one is ${next}`, async () => {
        if (cached) await lab.fill();
        const unblock = await block(lab);
        const first = await open();
        const preparing = assert.rejects(first.prepare(lab.input()));
        await first.hears(says);
        if (phase === "launch" || phase.includes("compiled")) await held();
        await first.kill();
        await preparing;
        unblock();
        const second = await open();
        const result = await second.prepare(lab.input());
        assert.equal(summary(result), next);
        assert.deepEqual(counts(), [builds, launches]);
        await leavesNothing(result, second);
      });
    }
    /** A tool that waits has been started. */
    async function held(): Promise<void> {
      while (!lab.tools.live().some((pid) => isTool(pid))) await sleep(10);
    }
    const isTool = (pid: number) =>
      lab.tools.calls("plutil").some((call) => call.pid === pid && call.endedAt === undefined);

    it("when it is ready: its runner goes on", async () => {
      const first = await open();
      const { runner } = prepared(await first.prepare(lab.input()));
      await first.kill();
      const second = await open();
      const result = await second.prepare(lab.input());
      assert.equal(summary(result), "hit restored running");
      assert.equal(prepared(result).runner.instance, runner.instance);
      assert.deepEqual(counts(), [1, 1]);
      await leavesNothing(result, second);
    });
    it("goes on with what an interrupted build has left", async () => {
      lab.change({ build: { outcome: "hangs" } });
      const first = await open();
      const preparing = assert.rejects(first.prepare(lab.input()));
      await first.hears("Building the runner: Compile");
      const compiled = () =>
        readdirSync(join(lab.cache, "staging"), { recursive: true }).filter((name) =>
          String(name).endsWith(".o"),
        ).length;
      while (compiled() < 3) await sleep(10);
      await first.kill();
      await preparing;
      lab.change({});
      const lines: string[] = [];
      const runners = lab.runners();
      await runners.prepare(lab.input(), lab.task(), { onLines: (some) => lines.push(...some) });
      const again = lines.filter((line) => line.startsWith("CompileSwift")).length;
      assert.equal(again, 1, "of four, of which three were there");
    });
    if (isLong) {
      for (let ms = 0; ms <= 1_000; ms += 40) {
        it(`after ${ms} ms, wherever that is`, async () => {
          lab.change({ times: { building: 60_000, launching: 30_000 } });
          const first = await open();
          const preparing = first.prepare(lab.input()).catch(() => {});
          await sleep(ms);
          await first.kill();
          await preparing;
          const second = await open();
          const result = await second.prepare(lab.input());
          assert.equal(prepared(result).recovered, undefined);
          assert.ok(counts()[0]! <= 2);
          await leavesNothing(result, second);
        });
      }
    }
  });

  describe("of two windows", () => {
    it("are one: the second joins, and gets its progress and result", async () => {
      lab.change({ holds: ["xcodebuild build-for-testing"] });
      const [one, other] = [await open("one"), await open("other")];
      const first = one.prepare(lab.input());
      await one.hears("Building the runner");
      const second = other.prepare(lab.input());
      await other.hears("Waiting: Waiting for this device (build");
      lab.change({});
      const results = [await first, await second].map(prepared);
      assert.equal(results[0]!.runner.instance, results[1]!.runner.instance);
      assert.deepEqual([results[0]!.joined, results[1]!.joined], [undefined, true]);
      assert.deepEqual(counts(), [1, 1]);
      await leavesNothing(results[0]!, one, other);
    });
    it("whose server is killed: the one that waits goes on by itself", async () => {
      lab.change({ build: { outcome: "hangs" } });
      const [one, other] = [await open("one"), await open("other")];
      const first = assert.rejects(one.prepare(lab.input()));
      await one.hears("Building the runner: Compile");
      const second = other.prepare(lab.input());
      await other.hears("Waiting: Waiting for this device (build");
      lab.change({});
      await one.kill();
      await first;
      const result = await second;
      assert.equal(summary(result), "miss built launched");
      assert.equal(prepared(result).joined, undefined);
      assert.deepEqual(counts(), [2, 1]);
      await leavesNothing(result, other);
    });
  });
});
