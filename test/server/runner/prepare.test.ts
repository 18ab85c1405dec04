/** Preparing a runner from its sources to its answer, against stand-ins of Apple's tools. */
import assert from "node:assert/strict";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Prepared, PrepareInput, PrepareResult } from "../../../src/runner/prepare-result.ts";
import type { PrepareListener } from "../../../src/runner/provider.ts";
import { defaultDevice, defaultSimulator } from "../../toolchain/defaults.ts";
import type { Scenario } from "../../toolchain/scenario-types.ts";
import { prepared, type RunnerLab, runnerLab, scheme } from "./support/runner-lab.ts";

/** The full tables run with `--long`; which outcomes there are is told by unit tests, too. */
const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const some = <T>(short: number, all: readonly T[]) => (isLong ? all : all.slice(0, short));

type LocalRunners = ReturnType<RunnerLab["runners"]>;

describe("preparing a runner", function () {
  this.timeout(60_000);
  let lab: RunnerLab;
  let runners: LocalRunners;

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  afterEach(() => lab.dispose());

  function mac(scenario: Scenario = {}): void {
    lab = runnerLab(scenario);
    runners = lab.runners();
  }
  const prepare = (more: Partial<PrepareInput> = {}, listener: PrepareListener = {}) =>
    runners.prepare(lab.input(more), lab.task(), listener);
  const stop = () => runners.stop({}, lab.task());
  const builds = () => lab.calls("build-for-testing").length;
  const launches = () => lab.calls("test-without-building").length;
  const product = (pattern: string) => globSync(join(lab.cache, "entries/*/products", pattern))[0]!;

  function failure(result: PrepareResult) {
    assert.ok(!result.ok, JSON.stringify(result));
    return result.failure;
  }
  /** What callers match on. */
  const summary = ({ cache, artifact, started, recovered }: Prepared) =>
    [cache, artifact, started, ...(recovered ? ["recovered"] : [])].join(" ");
  const entries = () =>
    existsSync(join(lab.cache, "entries")) ? readdirSync(join(lab.cache, "entries")) : [];

  describe("from a cache that tells the truth", () => {
    it("builds what is not there, and restores what is", async () => {
      mac();
      const cold = prepared(await prepare());
      assert.equal(summary(cold), "miss built launched");
      assert.ok(cold.timings.total >= (cold.timings.build ?? 0));
      assert.deepEqual(entries(), [cold.key]);
      assert.ok(existsSync(cold.xctestrunPath));
      await stop();
      assert.deepEqual(lab.leftovers(), []);
      const warm = prepared(await prepare());
      assert.equal(summary(warm), "hit restored launched");
      assert.equal(warm.key, cold.key);
      assert.notEqual(warm.runner.instance, cold.runner.instance);
      assert.deepEqual([builds(), launches()], [1, 2]);
      // One of them that runs is taken as it is.
      const running = prepared(await prepare());
      assert.equal(summary(running), "hit restored running");
      assert.equal(running.runner.instance, warm.runner.instance);
      assert.deepEqual([builds(), launches()], [1, 2]);
    });

    it("runs xcodebuild in a group of its own, with nothing on its input", async () => {
      mac();
      await prepare();
      for (const { stdin, pid } of [
        ...lab.calls("build-for-testing"),
        ...lab.calls("test-without-building"),
      ]) {
        assert.equal(stdin, "null");
        if (process.platform !== "linux" || !existsSync(`/proc/${pid}`)) continue;
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        assert.equal(Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]), pid);
      }
    });

    it("never writes into an entry, nor into its products", async () => {
      mac({ build: { testRunFormat: 2 } });
      const { key } = prepared(await prepare());
      const listed = () => readdirSync(join(lab.cache, "entries", key), { recursive: true }).sort();
      const before = listed();
      await stop();
      prepared(await prepare({ verify: true }));
      assert.deepEqual(listed(), before);
      assert.ok(
        !globSync(join(lab.cache, "entries/**/*.xctestrun")).some((path) =>
          readFileSync(path, "utf8").includes("HANGSCOPE_RUNNER_PORT"),
        ),
      );
    });

    const others: Readonly<Record<string, () => Partial<PrepareInput> | unknown>> = {
      "toolchain upgraded": () => lab.change({ xcode: "26.4" }),
      "source changed": () =>
        writeFileSync(join(dirname(lab.project), "Sources/Main.swift"), "// 2"),
      "scheme changed (weakness: it was not in the source hash)": () =>
        writeFileSync(
          join(lab.project, "xcshareddata/xcschemes", `${scheme}.xcscheme`),
          "<Scheme a='1'/>",
        ),
      "project file changed (weakness: it was not in the source hash)": () =>
        writeFileSync(join(lab.project, "project.pbxproj"), "// other"),
      "settings file changed": () =>
        writeFileSync(join(dirname(lab.project), "Runner.xcconfig"), "A = 2"),
      "resource added": () => writeFileSync(join(dirname(lab.project), "icon.png"), "x"),
      "setting given": () => ({ settings: { SWIFT_VERSION: "6.0" } }),
      "other scheme given": () => {
        writeFileSync(join(lab.project, "xcshareddata/xcschemes/Other.xcscheme"), "<Scheme/>");
        return { scheme: "Other", test: "Other/A/b" };
      },
      "build of the toolchain upgraded": () => lab.change({ xcode: "26.6" }),
    };
    for (const [name, change] of some(3, Object.entries(others))) {
      it(`builds again: ${name}`, async () => {
        mac({ xcode: "26.3" });
        await lab.fill();
        const [before] = entries();
        const more = (change() ?? {}) as Partial<PrepareInput>;
        const after = prepared(await prepare(more));
        assert.equal(summary(after), "miss built launched");
        assert.notEqual(after.key, before);
        assert.deepEqual(entries().sort(), [before, after.key].sort());
      });
    }

    it("remembers a toolchain until it changes in place, and asks nothing for a command (weakness: synchronous probes)", async () => {
      mac({ xcode: "26.3" });
      const developerDir = join(lab.tools.dir, "Xcode.app/Contents/Developer");
      mkdirSync(developerDir, { recursive: true });
      const install = (xcode: string) => {
        for (const name of ["version.plist", "Info.plist"]) {
          writeFileSync(join(dirname(developerDir), name), xcode);
        }
        lab.change({ xcode, developerDir });
      };
      install("26.3");
      const versions = () =>
        lab.tools.calls("xcodebuild").filter(({ args }) => args[0] === "-version").length;
      const before = prepared(await prepare());
      assert.equal(versions(), 1);
      await prepare();
      assert.equal(versions(), 1);
      const all = lab.tools.calls().length;
      await runners.runCommand(
        { name: "echo", arguments: {}, mutating: true, timeoutMs: 5_000 },
        lab.task(),
      );
      assert.equal(lab.tools.calls().length, all);
      install("26.4");
      const after = prepared(await prepare());
      assert.equal(versions(), 2);
      assert.notEqual(after.key, before.key);
    });

    it("does not remember a toolchain that could not be asked (weakness: “unknown” stuck)", async () => {
      mac({ missing: ["xcodebuild"] });
      assert.equal(failure(await prepare()).code, "no-xcode");
      assert.deepEqual(entries(), []);
      await lab.dispose();
      mac({ developerDir: "/Library/Developer/CommandLineTools" });
      assert.equal(failure(await prepare()).code, "no-xcode");
      lab.change({});
      prepared(await prepare());
    });

    it("takes a damaged product for what it is (weakness: only looked at)", async () => {
      mac();
      await lab.fill();
      const program = product(`*/${scheme}-Runner.app/${scheme}-Runner`);
      writeFileSync(program, readFileSync(program, "utf8").replace("A program", "B program"));
      const again = prepared(await prepare());
      assert.equal(summary(again), "hit rebuilt launched recovered");
      assert.match(again.recovered!.reason, /has another content/);
      assert.equal(again.recovered!.attempt, 2);
      await stop();
      assert.equal(summary(prepared(await prepare())), "hit restored launched");
      assert.equal(builds(), 1);
    });

    it("restores whatever the clock says (weakness: mtimes)", async () => {
      mac();
      await lab.fill();
      for (const path of globSync(join(lab.cache, "**"))) utimesSync(path, 4e9, 4e9);
      for (const path of globSync(join(lab.home, "project/**"))) utimesSync(path, 4e9, 4e9);
      const again = prepared(await prepare());
      assert.equal(summary(again), "hit restored launched");
    });

    it("builds whatever is cached, if that is wanted", async () => {
      mac();
      await prepare();
      const { runner, ...again } = prepared(await prepare({ clean: true }));
      assert.equal(summary({ runner, ...again }), "miss built launched");
      assert.equal(builds(), 2);
      assert.equal(entries().length, 1);
      // One runner for each device: the other has gone.
      const { runners: left } = await runners.status({}, lab.task());
      assert.deepEqual(
        left.map(({ instance, state }) => [instance, state]),
        [[runner.instance, "ready"]],
      );
      assert.deepEqual(lab.tools.live(), [runner.pid]);
    });

    it("uses another folder, if that is wanted", async () => {
      mac();
      const cacheDir = join(lab.home, "other-cache");
      prepared(await prepare({ cacheDir }));
      assert.deepEqual(entries(), []);
      assert.equal(readdirSync(join(cacheDir, "entries")).length, 1);
    });

    it("stays within its bounds", async () => {
      mac({ build: { files: 4, bytes: 40_000 } });
      const keys = [];
      for (const text of ["1", "2"]) {
        writeFileSync(join(dirname(lab.project), "Sources/Main.swift"), text);
        keys.push(prepared(await prepare({ maxCacheBytes: 60_000 })).key);
      }
      await runners.dispose();
      assert.deepEqual(entries(), [keys[1]]);
    });

    it("keeps a runner's products even when they name where they were built (weakness: absolute paths)", async () => {
      mac({ build: { absolutePaths: true } });
      prepared(await prepare());
      const text = readFileSync(product("*.xctestrun"), "utf8");
      assert.ok(!text.includes(lab.home));
      assert.ok(text.includes("__TESTROOT__"));
    });
  });

  describe("of a runner that is not well", () => {
    it("rebuilds a restored one once, and says so (weakness: failure of a success)", async () => {
      mac();
      await lab.fill();
      lab.change({ runner: { builds: { "1": "exits-early" } } });
      const result = prepared(await prepare());
      assert.equal(summary(result), "hit rebuilt launched recovered");
      assert.match(
        result.recovered!.reason,
        /before the runner answered: .*\n?.*damaged or missing/,
      );
      assert.ok(!JSON.stringify(result).includes("failure"));
      assert.equal(builds(), 1);
      await stop();
      assert.equal(summary(prepared(await prepare())), "hit restored launched");
    });
    it("ends with a second one that is not well, and never builds a third (weakness: two full rebuilds)", async () => {
      mac();
      await lab.fill();
      lab.change({ runner: { launches: ["exits-early"] } });
      const { code, phase, output } = failure(await prepare());
      assert.deepEqual([code, phase], ["exited-early", "health"]);
      // What it said is not lost (weakness: masked as “did not connect”).
      assert.match(output!, /couldn’t be loaded because it is damaged/);
      assert.equal(builds(), 1);
      // It is bad for good, until it is built anew.
      lab.change({});
      const next = prepared(await prepare());
      assert.equal(summary(next), "hit rebuilt launched recovered");
      assert.match(next.recovered!.reason, /before the runner answered/);
    });
    it("launches one that was just built again, without a build", async () => {
      mac({ runner: { launches: ["exits-early", "healthy"] } });
      const result = prepared(await prepare());
      assert.equal(summary(result), "miss built launched recovered");
      assert.deepEqual([builds(), launches()], [1, 2]);
    });
    for (const [health, code, says] of some(2, [
      ["wrong-fingerprint", "wrong-runner", /was built for 0000/],
      ["wrong-protocol", "wrong-runner", /protocol 99/],
      ["automation-stuck", "unhealthy", /no answer in/],
      ["never-listens", "unhealthy", /ECONNREFUSED/],
    ] as const)) {
      it(`does not take ${health} for health (weakness: health proved a listener)`, async () => {
        mac();
        await lab.fill();
        lab.change({ runner: { builds: { "1": health } } });
        const result = prepared(await prepare({ timeoutMs: 12_000 }));
        assert.equal(summary(result), "hit rebuilt launched recovered");
        assert.match(result.recovered!.reason, says);
        assert.ok(code);
      });
    }
    it("blames no artifact for a port that is taken", async () => {
      mac({ runner: { launches: ["port-taken", "healthy"] } });
      const result = prepared(await prepare());
      assert.equal(summary(result), "miss built launched recovered");
      assert.match(result.recovered!.reason, /Another program answers/);
      assert.deepEqual([builds(), launches()], [1, 2]);
    });
    for (const [health, code] of some(1, [
      ["device-locked", "device-locked"],
      ["no-destination", "no-destination"],
      ["not-booted", "device-not-booted"],
    ] as const)) {
      it(`condemns no artifact when the device is at fault: ${health}`, async () => {
        mac();
        await lab.fill();
        lab.change({ runner: { launches: [health] } });
        const failed = failure(await prepare());
        assert.deepEqual([failed.code, failed.blame], [code, "environment"]);
        lab.change({});
        const again = prepared(await prepare());
        assert.deepEqual([summary(again), [again.key]], ["hit restored launched", entries()]);
        assert.equal(builds(), 0);
      });
    }
  });

  describe("that cannot be built", () => {
    it("gives the compiler's own lines, at once", async () => {
      mac({
        build: {
          outcome: "fails",
          lines: [
            "Sources/Main.swift:3:9: error: cannot find 'x' in scope",
            "/p/G.swift:1:1: note: did you mean this?",
            "Sources/Main.swift:4:1: warning: odd",
          ],
          issues: {
            errors: [
              {
                issueType: "Swift Compiler Error",
                message: "Cannot find 'x' in scope",
                targetName: scheme,
                sourceURL:
                  "file:///elsewhere/Main.swift#StartingLineNumber=2&StartingColumnNumber=8",
              },
            ],
          },
        },
      });
      const told: number[] = [];
      const lines: string[] = [];
      const result = await prepare(
        {},
        {
          onDiagnostics: (diagnostics) => told.push(diagnostics.length),
          onLines: (some) => lines.push(...some),
        },
      );
      const { code, blame, phase, message } = failure(result);
      assert.deepEqual([code, blame, phase], ["build-failed", "source", "build"]);
      assert.match(message, /Main\.swift:3: cannot find 'x' in scope/);
      const own = join(dirname(lab.project), "Sources/Main.swift");
      assert.deepEqual(
        result.diagnostics.map(({ file, line, severity, related }) => [
          file,
          line,
          severity,
          related.length,
        ]),
        [
          [own, 3, "error", 1],
          [own, 4, "warning", 0],
          ["/elsewhere/Main.swift", 3, "error", 0],
        ],
      );
      // Each time all there are, and all of them before the answer.
      assert.deepEqual(told, told.toSorted());
      assert.equal(told.at(-1), 3);
      assert.ok(lines.some((line) => line.startsWith("CompileSwift")));
      assert.deepEqual([builds(), launches()], [1, 0]);
      assert.deepEqual(lab.leftovers(), []);
      assert.deepEqual(entries(), []);
    });
    for (const xcode of ["15.4", "16.4"]) {
      it(`reads the result bundle of Xcode ${xcode}`, async () => {
        const issues = {
          errors: [{ message: "Only the bundle knows" }],
          warnings: [{ message: "w" }],
        };
        mac({ xcode, build: { outcome: "fails", issues } });
        const result = await prepare();
        assert.match(failure(result).message, /Only the bundle knows/);
        assert.deepEqual(
          result.diagnostics.map(({ message }) => message),
          ["Only the bundle knows", "w"],
        );
      });
    }
    for (const [outcome, code, blame] of some(2, [
      ["disk-full", "disk-full", "environment"],
      ["unsigned", "not-signed", "environment"],
      ["no-destination", "no-destination", "environment"],
      ["crashes", "build-failed", "source"],
      ["leaves-nothing", "no-xctestrun", "source"],
      ["leaves-two", "no-xctestrun", "source"],
    ] as const)) {
      it(`says why, and leaves no half entry: ${outcome}`, async () => {
        mac({ build: { outcome } });
        const failed = failure(await prepare());
        assert.deepEqual([failed.code, failed.blame], [code, blame]);
        assert.deepEqual(lab.leftovers(), []);
        assert.deepEqual(entries(), []);
        lab.change({});
        assert.equal(summary(prepared(await prepare())), "miss built launched");
      });
    }
    it("keeps a good entry when a build for another key fails", async () => {
      mac();
      await lab.fill();
      const good = entries();
      writeFileSync(join(dirname(lab.project), "Sources/Main.swift"), "broken");
      lab.change({ build: { outcome: "fails" } });
      assert.equal(failure(await prepare()).code, "build-failed");
      assert.deepEqual(entries(), good);
    });
  });

  describe("on a device", () => {
    it("boots a simulator that is not", async () => {
      mac({
        simulators: [{ udid: "U-1", name: "iPhone", os: "26.2", state: "Shutdown" }],
      });
      assert.equal(prepared(await prepare()).runner.device, "U-1");
      const [boot] = lab.tools.calls("simctl").filter(({ args }) => args[0] === "bootstatus");
      assert.deepEqual(boot!.args, ["bootstatus", "U-1", "-b"]);
    });
    for (const boot of ["fails", "hangs"] as const) {
      it(`says that a simulator did not boot: it ${boot}`, async () => {
        mac({
          simulators: [{ udid: "U-1", name: "iPhone", os: "26.2", state: "Shutdown", boot }],
        });
        const { code, blame, phase } = failure(
          await prepare({ timeoutMs: boot === "hangs" ? 3_000 : 60_000 }),
        );
        assert.ok(code === "device-not-booted" || (boot === "hangs" && code === "timeout"), code);
        assert.deepEqual([blame, phase], ["environment", "resolve"]);
        assert.equal(builds(), 0);
      });
    }
    it("says which there are when there is no such one", async () => {
      mac();
      const { code, message } = failure(await prepare({ device: "nope" }));
      assert.equal(code, "no-such-device");
      assert.match(message, /iPhone 17 Pro/);
    });
    it("says so when there is none for the platform", async () => {
      mac();
      assert.equal(failure(await prepare({ platform: "tvos" })).code, "no-device");
    });
    it("of tvOS", async () => {
      mac({
        simulators: [
          { udid: "TV", name: "Apple TV", os: "26.2", platform: "tvOS", state: "Booted" },
        ],
      });
      assert.equal(prepared(await prepare({ platform: "tvos" })).runner.device, "TV");
      assert.ok(product("Debug-appletvsimulator/*"));
    });
    it("that is this Mac, beside a simulator", async () => {
      mac();
      const onMac = prepared(await prepare({ platform: "macos" }));
      const onPhone = prepared(await prepare());
      assert.notEqual(onMac.key, onPhone.key);
      const { runners: both } = await runners.status({}, lab.task());
      assert.equal(both.length, 2);
      const echo = { name: "echo", arguments: {}, mutating: true, timeoutMs: 5_000 };
      await assert.rejects(runners.runCommand(echo, lab.task()), { code: "which-device" });
      assert.ok((await runners.runCommand({ ...echo, platform: "macos" }, lab.task())).ok);
      assert.equal((await runners.stop({ platform: "macos" }, lab.task())).runners.length, 1);
      assert.ok((await runners.runCommand({ ...echo, device: defaultSimulator }, lab.task())).ok);
    });
    it("that cannot be reached is refused before anything is built", async () => {
      mac();
      assert.equal(failure(await prepare({ device: defaultDevice })).code, "not-reachable");
      assert.equal(builds(), 0);
    });
    it("has what stood there before uninstalled", async () => {
      mac();
      await prepare();
      const [call] = lab.tools.calls("simctl").filter(({ args }) => args[0] === "uninstall");
      assert.deepEqual(call!.args, [
        "uninstall",
        defaultSimulator,
        `dev.hangscope.${scheme}.xctrunner`,
      ]);
    });
  });

  describe("asked for in a wrong way", () => {
    const wrong: Readonly<Record<string, [string, () => Partial<PrepareInput>]>> = {
      "no such project": ["no-project", () => ({ project: "/nope/R.xcodeproj" })],
      "no project at all": ["bad-input", () => ({ project: lab.home })],
      "a path that is not absolute": ["bad-input", () => ({ cacheDir: "cache" })],
      "no such scheme": ["build-failed", () => ({ scheme: "Nope" })],
      "no such folder of sources": ["unreadable-sources", () => ({ sources: ["/nope"] })],
    };
    for (const [name, [code, more]] of Object.entries(wrong)) {
      it(name, async () => {
        mac();
        assert.equal(failure(await prepare(more())).code, code);
        assert.deepEqual(lab.leftovers(), []);
      });
    }
    it("a project without a scheme", async () => {
      mac();
      const { scheme: _scheme, ...input } = lab.input();
      const result = await runners.prepare(input, lab.task());
      assert.equal(failure(result).code, "bad-input");
    });
  });

  describe("within one time for all phases (weakness: 780 s against 240 s)", () => {
    // Long enough to come to the phase on a busy machine; each phase alone would wait for minutes.
    const slow: readonly { phase: string; timeoutMs: number; scenario: Scenario }[] = [
      { phase: "build", timeoutMs: 4_000, scenario: { build: { outcome: "hangs" } } },
      {
        phase: "health",
        timeoutMs: 9_000,
        scenario: { runner: { launches: ["never-listens"] } },
      },
    ];
    for (const { phase, timeoutMs, scenario } of slow) {
      it(`is over in the phase ${phase}`, async () => {
        mac(scenario);
        const result = await prepare({ timeoutMs });
        const failed = failure(result);
        assert.deepEqual(
          [failed.code, failed.phase, failed.blame],
          ["timeout", phase, "environment"],
        );
        assert.deepEqual(lab.tools.live(), []);
        assert.deepEqual(lab.leftovers(), []);
        // No time is no evidence against what was built.
        lab.change({});
        prepared(await prepare());
      });
    }
    it("is over before anything began", async () => {
      mac();
      const { code, phase } = failure(await prepare({ timeoutMs: 1 }));
      assert.deepEqual([code, phase], ["timeout", "resolve"]);
    });
  });

  describe("ahead of time", () => {
    it("asks what the preparation asks first, and never fails", async () => {
      mac();
      const warm = await runners.prewarm(lab.input(), lab.task());
      assert.deepEqual(warm, { warmed: ["toolchain", "sources"] });
      lab.change({ developerDir: "/Library/Developer/CommandLineTools" });
      const cold = await runners.prewarm(lab.input(), lab.task());
      assert.deepEqual(cold.warmed, []);
      assert.match(cold.skipped!, /xcodebuild|Xcode/);
    });
    it("gives way to a preparation", async () => {
      mac();
      const warming = runners.prewarm(lab.input(), lab.task());
      const preparing = prepare();
      assert.equal((await warming).skipped, "A preparation came first.");
      prepared(await preparing);
      assert.deepEqual(lab.leftovers().length, 2);
    });
  });

  describe("whose runner has gone", () => {
    const command = (more: object = {}) => ({
      name: "append",
      arguments: { file: join(lab.home, "said"), text: "once" },
      mutating: true,
      timeoutMs: 5_000,
      ...more,
    });
    const said = () => readFileSync(join(lab.home, "said"), "utf8");

    it("is made ready again for a command that did not arrive, which is carried out once", async () => {
      mac();
      const { runner } = prepared(await prepare());
      process.kill(-runner.pid, "SIGKILL");
      const answer = await runners.runCommand(command(), lab.task());
      assert.deepEqual([answer.ok, answer.replayed], [true, true]);
      assert.equal(said(), "once\n");
      assert.deepEqual([builds(), launches()], [1, 2]);
    });
    it("carries out a command of one id once", async () => {
      mac();
      await prepare();
      const twice = command({ id: "same" });
      await runners.runCommand(twice, lab.task());
      await runners.runCommand(twice, lab.task());
      assert.equal(said(), "once\n");
      const { runners: states } = await runners.status({ command: "same" }, lab.task());
      assert.deepEqual(states[0]!.command, { state: "done", result: {} });
    });
    it("says that a command still runs when its answer is late", async () => {
      mac();
      await prepare();
      const wait = {
        name: "wait",
        arguments: { ms: 1_500 },
        id: "w",
        mutating: true,
        timeoutMs: 200,
      };
      await assert.rejects(runners.runCommand(wait, lab.task()), { code: "command-running" });
      const { runners: states } = await runners.status({ command: "w" }, lab.task());
      assert.deepEqual([states[0]!.state, states[0]!.command], ["busy", { state: "running" }]);
    });
    it("says so when a command is not one of the runner's", async () => {
      mac();
      await prepare();
      const answer = await runners.runCommand(command({ name: "fly" }), lab.task());
      assert.deepEqual([answer.ok, answer.error?.code], [false, "unknown-command"]);
    });
    it("says that there is none when none was prepared", async () => {
      mac();
      await assert.rejects(runners.runCommand(command(), lab.task()), { code: "not-prepared" });
      assert.deepEqual(await runners.status({}, lab.task()), { runners: [] });
      assert.deepEqual(await runners.stop({}, lab.task()), { runners: [] });
    });
    it("is told of as it is, and keeps nothing in the cache", async () => {
      mac();
      const { runner, key } = prepared(await prepare());
      const none = { maxBytes: 0, maxEntries: 0 };
      assert.deepEqual(await runners.pruneCache(none), []);
      process.kill(-runner.pid, "SIGKILL");
      while ((await runners.status({}, lab.task())).runners[0]!.state !== "gone");
      assert.deepEqual(await runners.pruneCache(none), [key]);
      await stop();
      assert.deepEqual(lab.leftovers(), []);
    });
    it("was damaged meanwhile: the manifest, and the record of it", async () => {
      mac();
      await lab.fill();
      const key = entries()[0]!;
      writeFileSync(join(lab.cache, "entries", key, "manifest.json"), "{");
      assert.equal(summary(prepared(await prepare())), "hit rebuilt launched recovered");
      await stop();
      unlinkSync(join(lab.cache, "entries", key, "manifest.json"));
      assert.equal(summary(prepared(await prepare())), "miss built launched");
    });
  });
});
