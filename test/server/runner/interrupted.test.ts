/**
 * Preparations that are cancelled, killed, met by a full or read-only disk, or by another one of
 * the same: nothing runs on, nothing is left, and the next one is told the truth.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { LocalRunners } from "../../../src/runner/local-runners.ts";
import type { Phase, PrepareInput, PrepareResult } from "../../../src/runner/prepare-result.ts";
import type { Scenario } from "../../toolchain/scenario-types.ts";
import { prepared, type RunnerLab, runnerLab } from "./support/runner-lab.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const phases = ["resolve", "restore", "validate", "build", "launch", "health"] as const;
/** Long enough to be met in the middle. */
const slow: Scenario = { times: { building: 300_000, launching: 150_000 } };

describe("a preparation that is interrupted", function () {
  this.timeout(60_000);
  let lab: RunnerLab;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    lab = runnerLab(slow);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await lab.dispose();
  });

  const builds = () => lab.calls("build-for-testing").length;
  const entries = () =>
    existsSync(join(lab.cache, "entries")) ? readdirSync(join(lab.cache, "entries")) : [];
  const summary = (result: PrepareResult) => {
    const { cache, artifact, started, recovered } = prepared(result);
    return [cache, artifact, started, ...(recovered ? ["recovered"] : [])].join(" ");
  };
  const runsOn = () => (process.platform === "linux" ? lab.processes() : lab.tools.live());

  interface Cancel {
    readonly phase: Phase;
    readonly where?: string;
    readonly cached: boolean;
    /** Keeps it there; without it, it is cancelled at once. */
    readonly scenario?: Scenario;
    readonly next: string;
  }
  const built = { cached: false, next: "miss built launched" } as const;
  const restored = { cached: true, next: "hit restored launched" } as const;
  const cancels: readonly Cancel[] = [
    { phase: "resolve", ...built, scenario: { holds: ["xcodebuild -version"] } },
    { phase: "resolve", where: "booting", ...built, scenario: { holds: ["simctl bootstatus"] } },
    { phase: "wait", ...restored },
    { phase: "restore", ...restored },
    { phase: "validate", ...restored },
    { phase: "build", ...built, scenario: { build: { outcome: "hangs" } } },
    { phase: "build", where: "compiled", ...built, scenario: { holds: ["plutil -convert json"] } },
    { phase: "launch", ...restored, scenario: { holds: ["plutil -convert xml1"] } },
    {
      phase: "launch",
      where: "uninstalling",
      ...restored,
      scenario: { holds: ["simctl uninstall"] },
    },
    { phase: "health", ...restored, scenario: { runner: { launches: ["never-listens"] } } },
  ];

  describe("by a cancel", () => {
    for (const { phase, where = "", cached, scenario, next } of cancels) {
      for (const afterMs of scenario ? (isLong ? [0, 30, 120, 400] : [150]) : [0]) {
        it(`in the phase ${phase} ${where}, after ${afterMs} ms: the next one is ${next}`, async () => {
          if (cached) await lab.fill();
          const before = entries();
          if (scenario) lab.change(scenario);
          const runners = lab.runners();
          const abort = new AbortController();
          const preparing = runners.prepare(lab.input(), lab.task({ signal: abort.signal }), {
            onState({ phase: now }) {
              if (now !== phase) return;
              if (afterMs === 0) abort.abort();
              else setTimeout(() => abort.abort(), afterMs);
            },
          });
          await assert.rejects(preparing, { name: "AbortError" });
          assert.deepEqual(runsOn(), []);
          assert.deepEqual(lab.leftovers(), []);
          assert.deepEqual(await lab.heldLocks(), []);
          assert.deepEqual(entries(), before);
          lab.change({});
          const result = await runners.prepare(lab.input(), lab.task());
          assert.equal(summary(result), next);
          assert.deepEqual(runsOn(), [prepared(result).runner.pid]);
        });
      }
    }
    it("ends what ignores it", async () => {
      await lab.dispose();
      lab = runnerLab({ build: { ignoresTerm: true, outcome: "hangs" } });
      const runners = lab.runners();
      const abort = new AbortController();
      const preparing = runners.prepare(lab.input(), lab.task({ signal: abort.signal }), {
        onLines: () => setTimeout(() => abort.abort(), 300),
      });
      await assert.rejects(preparing, { name: "AbortError" });
      assert.deepEqual(lab.tools.live(), []);
      const [build] = lab.calls("build-for-testing");
      assert.deepEqual(build!.signals, ["SIGTERM"]);
    });
  });

  describe("by another one of the same (weakness: concurrent ones failed)", () => {
    it("in one server: joins it, and gets its progress and result", async () => {
      const runners = lab.runners();
      const heard: [string[], string[]] = [[], []];
      const both = heard.map((states) =>
        runners.prepare(lab.input(), lab.task(), { onState: ({ phase }) => states.push(phase) }),
      );
      const [first, second] = await Promise.all(both);
      assert.equal(summary(first!), "miss built launched");
      assert.equal(prepared(second!).runner.instance, prepared(first!).runner.instance);
      // Whichever was there first.
      assert.deepEqual([first!.joined, second!.joined].sort(), [true, undefined]);
      assert.equal(builds(), 1);
      for (const states of heard) assert.ok(states.includes("build") && states.includes("health"));
    });
    it("for another device: builds once, and launches both", async () => {
      await lab.dispose();
      lab = runnerLab({
        ...slow,
        simulators: ["A", "B"].map((udid) => ({
          udid,
          name: udid,
          os: "26.2",
          state: "Booted" as const,
        })),
      });
      const runners = lab.runners();
      const both = await Promise.all(
        ["A", "B"].map((device) => runners.prepare(lab.input({ device }), lab.task())),
      );
      assert.deepEqual(both.map(summary).sort(), ["hit restored launched", "miss built launched"]);
      assert.equal(builds(), 1);
      assert.equal(lab.calls("test-without-building").length, 2);
    });
    it("of which one leaves: the other gets what it asked for", async () => {
      const runners = lab.runners();
      const abort = new AbortController();
      const notBuilding = new Set(["first", "second"]);
      const watch = (which: string): { onState: (state: { phase: string }) => void } => ({
        onState: ({ phase }) => {
          if (phase === "build" && notBuilding.delete(which) && notBuilding.size === 0) {
            setTimeout(() => abort.abort(), 100);
          }
        },
      });
      const task = lab.task({ signal: abort.signal });
      const first = runners.prepare(lab.input(), task, watch("first"));
      const second = runners.prepare(lab.input(), lab.task(), watch("second"));
      await assert.rejects(first, { name: "AbortError" });
      assert.equal(summary(await second), "miss built launched");
      assert.equal(builds(), 1);
    });
  });

  describe("by a full disk", () => {
    let mounted: string | undefined;
    const filler = () => join(mounted!, "filler");
    function fillDisk(): void {
      for (let bytes = 1 << 20; bytes >= 512; bytes >>= 1) {
        for (let n = 0; ; n++) {
          try {
            writeFileSync(`${filler()}.${bytes}.${n}`, Buffer.alloc(bytes));
          } catch {
            rmSync(`${filler()}.${bytes}.${n}`, { force: true });
            break;
          }
        }
      }
      assert.equal(statfsSync(mounted!).bavail, 0);
    }
    function freeDisk(): void {
      for (const name of readdirSync(mounted!)) {
        if (name.startsWith("filler")) unlinkSync(join(mounted!, name));
      }
    }
    beforeEach(async function () {
      const home = join(lab.home, "data");
      mkdirSync(home, { recursive: true });
      const args = ["-t", "tmpfs", "-o", "size=24m", "tmpfs", home];
      if ((await execa("mount", args, { reject: false })).failed) this.skip();
      mounted = home;
    });
    afterEach(async () => {
      if (mounted) await execa("umount", ["-l", mounted], { reject: false });
      mounted = undefined;
    });

    /** In which phase it is met, and whether there is an entry then. */
    const outcomes: Readonly<Record<(typeof phases)[number], [met: Phase, cached: boolean]>> = {
      resolve: ["build", false],
      restore: ["build", false],
      validate: ["launch", true],
      build: ["build", false],
      launch: ["launch", true],
      health: ["health", true],
    };
    for (const phase of phases) {
      const [met, cached] = outcomes[phase];
      it(`in the phase ${phase}: says so in ${met}, leaves nothing, condemns nothing`, async () => {
        if (cached) await lab.fill();
        const runners = lab.runners();
        let isFull = false;
        const result = await runners.prepare(lab.input(), lab.task(), {
          onState({ phase: now }) {
            if (now !== phase || isFull) return;
            isFull = true;
            fillDisk();
          },
        });
        assert.ok(!result.ok);
        const { code, blame, phase: where } = result.failure;
        assert.deepEqual([code, blame, where], ["disk-full", "environment", met]);
        assert.deepEqual(lab.tools.live(), []);
        assert.deepEqual(lab.leftovers(), []);
        freeDisk();
        const next = await runners.prepare(lab.input(), lab.task());
        assert.equal(summary(next), cached ? "hit restored launched" : "miss built launched");
        await runners.stop({}, lab.task());
        assert.deepEqual(lab.leftovers(), []);
        await runners.dispose();
      });
    }
  });

  describe("by a cache that cannot be written", () => {
    const nobody = 65_534;
    let cacheDir: string;
    beforeEach(async function () {
      if (process.getuid?.() !== 0) this.skip();
      await lab.fill();
      cacheDir = join(lab.home, "shared");
      cpSync(lab.cache, cacheDir, { recursive: true });
      rmSync(join(cacheDir, "locks"), { recursive: true });
    });
    async function asNobody(more: Partial<PrepareInput>) {
      const own = join(lab.home, "nobody");
      mkdirSync(own);
      for (const path of [own, lab.tools.dir]) chownSync(path, nobody, nobody);
      chmodSync(lab.home, 0o755);
      chmodSync(lab.tools.dir, 0o777);
      for (const name of readdirSync(lab.tools.dir, { recursive: true })) {
        chmodSync(join(lab.tools.dir, String(name)), 0o777);
      }
      await execa("chmod", ["-R", "a+rX,go-w", cacheDir]);
      const script = join(import.meta.dirname, "support/prepare-process.ts");
      const argument = {
        input: lab.input({ ...more, cacheDir }),
        env: lab.tools.env,
        baseEnv: { HANGSCOPE_HOME: own },
      };
      const child = spawn(process.execPath, [script, JSON.stringify(argument)], {
        uid: nobody,
        gid: nobody,
        env: { ...process.env, HOME: own },
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      for await (const line of createInterface({ input: child.stdout! })) {
        const { result } = JSON.parse(line) as { result?: PrepareResult };
        if (!result) continue;
        return { result, own };
      }
      return assert.fail("no result");
    }
    async function end(own: string): Promise<void> {
      children.splice(0).map((child) => child.kill("SIGKILL"));
      const theirs = new LocalRunners({ baseEnv: { HANGSCOPE_HOME: own } });
      await theirs.stop({}, lab.task());
      await theirs.dispose();
    }

    it("restores what is there", async () => {
      const { result, own } = await asNobody({});
      assert.equal(summary(result), "hit restored launched");
      assert.match(result.warnings.join(), /cannot be written/);
      await end(own);
      assert.equal(builds(), 0);
    });
    it("says that it cannot build what is not", async () => {
      const { result, own } = await asNobody({ settings: { OTHER: "1" } });
      assert.ok(!result.ok);
      assert.deepEqual(
        [result.failure.code, result.failure.blame],
        ["not-writable", "environment"],
      );
      await end(own);
      assert.equal(builds(), 0);
    });
  });
});
