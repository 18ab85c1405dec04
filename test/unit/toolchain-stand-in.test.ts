/**
 * Holds the stand-ins of Apple's tools to the table of what is known of them: what they refuse,
 * say, write and leave behind. Times are scaled down.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa, type Options } from "execa";
import { XMLValidator } from "fast-xml-parser";
import { afterEach, describe, it } from "mocha";
import { defaultDevice, defaultSimulator } from "../toolchain/defaults.ts";
import { type AppleTools, type Scenario, withAppleTools } from "../toolchain/scenario.ts";
import {
  type Known,
  lines,
  refusals,
  simulatorDeadlock,
  tocNoiseBytes,
} from "../toolchain/table.ts";
import * as program from "../toolchain/trace/stuck-app.ts";

const fast = { scale: 0.001 };
const open: AppleTools[] = [];

function mac(scenario: Scenario = {}): AppleTools {
  const tools = withAppleTools({ times: fast, ...scenario });
  open.push(tools);
  return tools;
}

/** What running programs have said so far. */
const said = new WeakMap<object, string>();

function start(tools: AppleTools, command: string, args: readonly string[], options: Options = {}) {
  const child = execa(command, args, {
    env: tools.env,
    cwd: tools.dir,
    reject: false,
    ...options,
  });
  if (options.buffer !== false) {
    child.stdout?.on("data", (chunk) => said.set(child, (said.get(child) ?? "") + chunk));
  }
  return child;
}

async function run(tools: AppleTools, command: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await start(tools, command, args);
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

const timeProfiler = ["--template", "Time Profiler"];
const attached = [...timeProfiler, "--attach", "4242"];

function record(tools: AppleTools, ...args: string[]) {
  return run(tools, "xctrace", "record", ...args, "--output", "a.trace");
}

function exportOf(tools: AppleTools, trace: string, ...args: string[]) {
  return run(tools, "xctrace", "export", "--input", trace, ...args);
}

async function table(tools: AppleTools, trace: string, schema: string, suffix = "") {
  const xpath = `/trace-toc/run[@number="1"]/data/table[@schema="${schema}"]${suffix}`;
  const { stdout, exitCode } = await exportOf(tools, trace, "--xpath", xpath);
  assert.equal(exitCode, 0);
  return stdout;
}

function heard(child: object, line: string): Promise<void> {
  return soon(() => said.get(child)?.includes(line) === true);
}

async function soon(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe("stand-in for Apple's tools", () => {
  afterEach(() => {
    for (const tools of open.splice(0)) {
      const left = tools.live();
      tools.remove();
      assert.deepEqual(left, [], "processes left");
    }
  });

  it("runs with nothing but its folder and Node on PATH", async () => {
    const tools = mac();
    const bin = resolve(import.meta.dirname, "../toolchain/bin");
    const PATH = [bin, dirname(process.execPath)].join(delimiter);
    const options = { extendEnv: false, env: { ...tools.env, PATH } };
    const names = globSync("*", { cwd: bin });
    assert.equal(names.length, 8);
    await Promise.all(
      names.map(async (name) => {
        const { exitCode } = await start(tools, name, ["--find", "xctrace"], options);
        assert.ok(exitCode !== undefined && exitCode < 126, `${name} left with ${exitCode}`);
      }),
    );
  });

  describe("refuses", () => {
    const refused: readonly (readonly [why: string, args: readonly string[], says: string])[] = [
      ["an unknown command", ["recrod"], refusals.unknownCommand.is("recrod")],
      ["an unknown option", ["record", "--tempalte", "x"], refusals.unknownOption.is("--tempalte")],
      ["a stray value", ["record", "now"], refusals.stray.is("now")],
      ["a missing value", ["record", "--template"], refusals.noValue.is("--template")],
      ["an option twice", ["record", ...attached, ...attached], refusals.twice.is("--template")],
      ["no target", ["record", ...timeProfiler], refusals.noTarget.is],
      ["two targets", ["record", ...attached, "--all-processes"], refusals.targets.is],
      ["no template", ["record", "--attach", "4242"], refusals.noTemplate.is],
      [
        "an unknown template",
        ["record", "--template", "Time Travel", "--attach", "4242"],
        refusals.unknownTemplate.is("Time Travel"),
      ],
      [
        "a template file that is not there",
        ["record", "--template", "./My.tracetemplate", "--attach", "4242"],
        refusals.unknownTemplate.is("./My.tracetemplate"),
      ],
      [
        "an unknown instrument",
        ["record", "--instrument", "Drum", "--attach", "4242"],
        refusals.unknownInstrument.is("Drum"),
      ],
      [
        "an unknown device",
        ["record", ...attached, "--device", "Pixel"],
        refusals.unknownDevice.is("Pixel"),
      ],
      [
        "a time without unit",
        ["record", ...attached, "--time-limit", "5"],
        refusals.badTime.is("5"),
      ],
      ["hours of a window", ["record", ...attached, "--window", "1h"], refusals.badTime.is("1h")],
      ["variables of no launch", ["record", ...attached, "--env", "A=1"], refusals.launchOnly.is],
      [
        "output of no launch",
        ["record", ...attached, "--target-stdout", "-"],
        refusals.launchOnly.is,
      ],
      [
        "input to a simulator's program",
        [
          ...["record", ...timeProfiler, "--device", defaultSimulator],
          ...["--target-stdin", "-", "--launch", "--", "x"],
        ],
        refusals.stdinNeedsMac.is,
      ],
      [
        "a variable without value",
        ["record", ...timeProfiler, "--env", "A", "--launch", "--", "x"],
        refusals.badVariable.is("A"),
      ],
      [
        "no command to launch",
        ["record", ...timeProfiler, "--launch", "--"],
        refusals.noCommand.is,
      ],
      [
        "a run appended to nothing",
        ["record", ...attached, "--append-run", "--output", "b.trace"],
        refusals.appendNeedsTrace.is,
      ],
      [
        "a folder that is not there",
        ["record", ...attached, "--output", "/no/such/a.trace"],
        refusals.noSuchFile.is("/no/such"),
      ],
      ["no input", ["export", "--toc"], refusals.noInput.is],
      ["a trace by position", ["export", "a.trace", "--toc"], refusals.stray.is("a.trace")],
      ["no query", ["export", "--input", "a.trace"], refusals.exportModes.is],
      [
        "two queries",
        ["export", "--input", "a.trace", "--toc", "--xpath", "//run"],
        refusals.exportModes.is,
      ],
      ["an unknown list", ["list", "dishes"], refusals.stray.is("dishes")],
    ];

    for (const [why, args, says] of refused) {
      it(why, async () => {
        const tools = mac();
        const { exitCode, stdout, stderr } = await run(tools, "xctrace", ...args);
        assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 1, stdout: "", stderr: says });
        assert.deepEqual(globSync("**/*.trace", { cwd: tools.dir }), []);
      });
    }

    it("an existing trace, and a run name where the version has none", async () => {
      const tools = mac({ xcode: "16.4" });
      mkdirSync(join(tools.dir, "a.trace"));
      const again = await record(tools, ...attached);
      assert.equal(again.stderr, refusals.outputExists.is(join(tools.dir, "a.trace")));
      const named = await record(tools, ...attached, "--run-name", "x");
      assert.equal(named.stderr, refusals.unknownOption.is("--run-name"));
    });

    it("an XPath that is none", async () => {
      const tools = mac();
      const { exitCode, stderr } = await exportOf(tools, tools.trace(), "--xpath", "/trace-toc[");
      assert.deepEqual([exitCode, stderr], [1, refusals.badXpath.is("/trace-toc[")]);
    });
  });

  it("says where each fact comes from", () => {
    const known: readonly Known<unknown>[] = [...Object.values(lines), ...Object.values(refusals)];
    for (const { from } of known) assert.match(from, /^(man|notes|seen|assumed)$/);
  });

  describe("records", () => {
    it("until SIGINT, and saves only then", async () => {
      const tools = mac({ times: { scale: 0.02 } });
      const child = start(tools, "xcrun", [
        "xctrace",
        "record",
        ...attached,
        "--output",
        "a.trace",
      ]);
      await heard(child, lines.ready.is);
      assert.ok(!existsSync(join(tools.dir, "a.trace/form.template")));
      child.kill("SIGINT");
      await heard(child, lines.stopping.is);
      const { exitCode, stdout, stderr } = await child;
      assert.equal(exitCode, 0);
      assert.equal(stderr, "");
      assert.deepEqual(String(stdout).split("\n"), [
        "Starting recording with the Time Profiler template. Attaching to: StuckApp (4242).",
        "Ctrl-C to stop the recording",
        "Stopping recording...",
        "Recording completed. Saving output file...",
        "Output file saved as: a.trace",
      ]);
      const [call] = tools.calls("xctrace");
      assert.equal(call!.through, "xcrun");
      assert.deepEqual(call!.signals, ["SIGINT"]);
      assert.equal(call!.exitCode, 0);
      // Twelve seconds of a real Mac.
      assert.ok(call!.endedAt! - call!.startedAt >= 240);
    });

    it("for a time, and names what it makes up itself", async () => {
      const tools = mac();
      const args = ["record", ...attached, "--time-limit", "1m", "--output", "."];
      const { exitCode, stdout } = await run(tools, "xctrace", ...args);
      assert.equal(exitCode, 0);
      assert.match(stdout, /Attaching to: StuckApp \(4242\)\. Time limit: 60\.0 s\n/);
      assert.match(stdout, /\nReached specified time limit, ending recording\.\.\.\n/);
      const [, name] = /Output file saved as: (Attach_4242_[\d-]+_[\d.]+_[\dA-F]{8}\.trace)$/.exec(
        stdout,
      )!;
      assert.ok(existsSync(join(tools.dir, name!, "form.template")));
    });

    it("instruments without a template, over all processes", async () => {
      const tools = mac();
      const args = ["--instrument", "Time Profiler", "--all-processes", "--time-limit", "1s"];
      const { stdout } = await record(tools, ...args);
      assert.match(
        stdout,
        /^Starting recording with the Blank template and Time Profiler Instrument\. Targeting All Processes\. Time limit: 1\.0 s\n/,
      );
    });

    it("a program it launches, with the given variables and no others", async () => {
      const tools = mac();
      const script = "echo $ASKED-$UNASKED; exit 0";
      const launch = ["--env", "ASKED=yes", "--target-stdout", "-", "--launch", "--"];
      const { exitCode, stdout } = await start(
        tools,
        "xctrace",
        ["record", ...timeProfiler, "--output", "a.trace", ...launch, "/bin/sh", "-c", script],
        { env: { ...tools.env, UNASKED: "no" } },
      );
      assert.equal(exitCode, 0);
      assert.match(String(stdout), /Launching process: sh\.\n/);
      assert.match(String(stdout), /^yes-$/m);
      assert.match(String(stdout), /Target app exited, ending recording/);
      const toc = await exportOf(tools, "a.trace", "--toc");
      assert.match(
        toc.stdout,
        /<process type="launched" return-exit-status="0" name="sh" pid="\d+"/,
      );
    });

    it("ends a launched program at its time limit, with exit code 54 and a good trace", async () => {
      const tools = mac();
      const args = [
        "--time-limit",
        "1s",
        "--output",
        "a.trace",
        "--launch",
        "--",
        "/bin/sleep",
        "60",
      ];
      const { exitCode, stdout } = await run(tools, "xctrace", "record", ...timeProfiler, ...args);
      assert.equal(exitCode, 54);
      assert.match(stdout, /Output file saved as: a\.trace$/);
      assert.equal((await exportOf(tools, "a.trace", "--toc")).exitCode, 0);
      assert.equal(tools.calls("xctrace")[0]!.launched.length, 1);
      await soon(() => tools.live().length === 0);
    });

    it("does not find a program that is not there", async () => {
      const tools = mac();
      const args = ["--output", "a.trace", "--launch", "--", "/no/such/tool"];
      const { exitCode, stderr } = await run(tools, "xctrace", "record", ...timeProfiler, ...args);
      assert.deepEqual([exitCode, stderr], [2, refusals.noSuchFile.is("/no/such/tool")]);
    });

    it("another run into the same trace, by its own template", async () => {
      const tools = mac();
      await record(tools, ...attached, "--time-limit", "1s");
      const { stdout } = await record(
        tools,
        ...["--append-run", "--run-name", "again", "--attach", "4242", "--time-limit", "1s"],
      );
      assert.match(stdout, /with the Time Profiler template/);
      const toc = await exportOf(tools, "a.trace", "--toc");
      assert.deepEqual(toc.stdout.match(/<run number="\d">/g), [
        '<run number="1">',
        '<run number="2">',
      ]);
    });

    it("posts a notification to those who listen", async () => {
      const tools = mac();
      const listener = start(tools, "notifyutil", ["-v", "-1", "it.runs"]);
      await soon(() => existsSync(join(tools.dir, "notifications/it.runs")));
      await record(tools, ...attached, "--time-limit", "1s", "--notify-tracing-started", "it.runs");
      const { exitCode, stdout } = await listener;
      assert.deepEqual([exitCode, stdout], [0, "it.runs"]);
    });

    it("does not queue notifications", async () => {
      const tools = mac();
      await run(tools, "xcrun", "simctl", "spawn", "booted", "notifyutil", "-p", "it.runs");
      const late = start(tools, "notifyutil", ["-1", "it.runs"]);
      await sleep(200);
      assert.deepEqual(tools.live(), [late.pid]);
      await run(tools, "notifyutil", "-p", "it.runs");
      assert.equal((await late).exitCode, 0);
    });
  });

  describe("fails to record", () => {
    it("a process that is not there", async () => {
      const tools = mac();
      const byPid = await record(tools, ...timeProfiler, "--attach", "99999");
      assert.deepEqual(byPid, {
        exitCode: 21,
        stdout: "",
        stderr: "Cannot find process for provided pid: 99999",
      });
      const byName = await record(tools, ...timeProfiler, "--attach", "Nobody");
      assert.deepEqual(byName, {
        exitCode: 19,
        stdout: "",
        stderr: "Cannot find process matching name: Nobody",
      });
    });

    it("a phone's process without naming the phone", async () => {
      const tools = mac();
      assert.equal((await record(tools, ...timeProfiler, "--attach", "390")).exitCode, 21);
      const there = ["--device", defaultDevice, "--time-limit", "1s"];
      assert.equal((await record(tools, ...timeProfiler, "--attach", "390", ...there)).exitCode, 0);
    });

    it("at the first attempt after a cold start", async () => {
      const tools = mac({ record: { coldStarts: 1 } });
      const byName = [...timeProfiler, "--attach", "StuckApp", "--time-limit", "1s"];
      assert.match((await record(tools, ...byName)).stderr, /^Cannot find process matching name:/);
      assert.equal((await record(tools, ...byName)).exitCode, 0);
    });

    it("an executable's name where the display name is meant", async () => {
      const tools = mac({ xcode: "26.5" });
      assert.equal((await record(tools, ...timeProfiler, "--attach", "StuckApp")).exitCode, 19);
      const shown = ["--attach", "Stuck App", "--time-limit", "1s"];
      assert.equal((await record(tools, ...timeProfiler, ...shown)).exitCode, 0);
    });

    it("a process that cannot be attached to", async () => {
      const tools = mac({ record: { attach: "fails" } });
      const failed = await record(tools, ...attached);
      assert.equal(failed.exitCode, 2);
      assert.match(failed.stderr, /trace is still ready to be viewed/);
      assert.match(failed.stderr, /\* \[Error\] Failed to attach to target process\n/);
      assert.doesNotMatch(failed.stdout, /Output file saved/);
      assert.equal((await exportOf(tools, "a.trace", "--toc")).exitCode, 10);

      tools.change({ times: fast, record: { attach: "fails-plainly" } });
      const plain = await run(tools, "xctrace", "record", ...attached, "--output", "b.trace");
      assert.equal(plain.exitCode, 2);
      assert.doesNotMatch(plain.stderr, /ready to be viewed/);

      tools.change({ times: fast, record: { attach: "fails-with-trace" } });
      const saved = await run(tools, "xctrace", "record", ...attached, "--output", "c.trace");
      assert.equal(saved.exitCode, 2);
      assert.match(saved.stdout, /Output file saved as: c\.trace$/);
      assert.equal(count(await table(tools, "c.trace", "time-profile"), "<row>"), 0);
    });

    it("one instrument, and saves the others' data", async () => {
      const tools = mac({ record: { issues: ["Hitches is not supported on this platform."] } });
      const { exitCode, stdout, stderr } = await record(tools, ...attached, "--time-limit", "1s");
      assert.equal(exitCode, 2);
      assert.match(stderr, /\* \[Error\] Hitches is not supported on this platform\.\n/);
      assert.match(stdout, /Recording failed with errors\. Saving output file\.\.\.\n/);
      assert.ok(count(await table(tools, "a.trace", "time-profile"), "<row>") > 1000);
    });

    it("leaks of all processes", async () => {
      const tools = mac();
      const { exitCode, stdout, stderr } = await record(
        tools,
        ...["--template", "Leaks", "--all-processes"],
      );
      assert.equal(exitCode, 2);
      assert.match(stdout, /Ctrl-C to stop the recording/);
      assert.match(stderr, /Leaks cannot handle a target type of 'All Processes'/);
    });

    it("a simulator in the versions that deadlock, and only there", async () => {
      const { from, until } = simulatorDeadlock.is;
      const args = [...attached, "--device", defaultSimulator, "--time-limit", "1s"];
      for (const xcode of ["26.3", until]) {
        assert.equal((await record(mac({ xcode }), ...args)).exitCode, 0, xcode);
      }
      for (const xcode of [from, "26.5"]) {
        const tools = mac({ xcode });
        const child = start(tools, "xctrace", ["record", ...args, "--output", "a.trace"]);
        await heard(child, "Starting recording");
        child.kill("SIGINT");
        await soon(() => tools.calls()[0]!.signals.length === 1);
        await sleep(100);
        assert.deepEqual(tools.live(), [child.pid]);
        child.kill("SIGKILL");
        assert.doesNotMatch(String((await child).stdout), /Ctrl-C/);
      }
    });

    it("to say that it has begun", async () => {
      for (const saysStarted of ["never", "notification", "line"] as const) {
        const tools = mac({ record: { saysStarted } });
        const listener = start(tools, "notifyutil", ["-1", "it.runs"]);
        await soon(() => existsSync(join(tools.dir, "notifications/it.runs")));
        const told = ["--notify-tracing-started", "it.runs", "--time-limit", "1s"];
        const { exitCode, stdout } = await record(tools, ...attached, ...told);
        assert.equal(exitCode, 0);
        assert.equal(stdout.includes(lines.ready.is), saysStarted === "line");
        if (saysStarted !== "notification") listener.kill();
        assert.equal((await listener).exitCode, saysStarted === "notification" ? 0 : undefined);
      }
    });

    it("to stop: SIGTERM then leaves an unfinished bundle", async () => {
      const tools = mac({ record: { onInterrupt: "ignores" } });
      const child = start(tools, "xctrace", ["record", ...attached, "--output", "a.trace"]);
      await heard(child, lines.ready.is);
      child.kill("SIGINT");
      await soon(() => tools.calls()[0]!.signals.length === 1);
      child.kill("SIGTERM");
      assert.equal((await child).signal, "SIGTERM");
      assert.equal(tools.calls()[0]!.endedBy, "SIGTERM");
      const bytes = globSync("a.trace/**/*", { cwd: tools.dir })
        .map((path) => statSync(join(tools.dir, path)))
        .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
      assert.equal(bytes, 52_000);
      const { exitCode, stderr } = await exportOf(tools, "a.trace", "--toc");
      assert.deepEqual([exitCode, stderr], [10, "Export failed: Document Missing Template Error"]);
    });

    it("to finish, in each way", async () => {
      const ways = { "disk-full": 2, crashes: "SIGTRAP", "never-ends": "SIGKILL" } as const;
      for (const finalising of ["disk-full", "crashes", "never-ends"] as const) {
        const tools = mac({ record: { finalising } });
        const args = ["record", ...attached, "--time-limit", "1s", "--output", "a.trace"];
        const child = start(tools, "xctrace", args);
        await heard(child, lines.saving.is);
        if (finalising === "never-ends") child.kill("SIGKILL");
        const { exitCode, signal, stdout } = await child;
        assert.equal(exitCode ?? signal, ways[finalising]);
        assert.doesNotMatch(String(stdout), /Output file saved/);
        assert.equal((await exportOf(tools, "a.trace", "--toc")).exitCode, 10);
      }
    });

    it("without a word on standard output, and with many on standard error", async () => {
      const tools = mac({ record: { linesOn: "stderr", noiseBytes: 300_000 } });
      const { stdout, stderr } = await record(tools, ...attached, "--time-limit", "1s");
      assert.equal(stdout, "");
      assert.match(stderr, /^Output file saved as: a\.trace$/m);
      assert.ok(stderr.length > 300_000);
    });
  });

  describe("exports", () => {
    it("a toc as Instruments writes it", async () => {
      const tools = mac();
      const { stdout } = await exportOf(tools, tools.trace({ target: "all-processes" }), "--toc");
      assert.ok(stdout.startsWith('<?xml version="1.0"?>\n\n<trace-toc>\n    <run number="1">\n'));
      assert.ok(stdout.endsWith("        <tracks/>\n    </run>\n</trace-toc>"));
      assert.equal(XMLValidator.validate(stdout), true);
      assert.match(stdout, /<all-processes\/>/);
      assert.match(stdout, /<instruments-version>26\.0 \(17C529\)<\/instruments-version>/);
      assert.match(stdout, /<table schema="time-profile" target-pid="ALL"\/>/);
    });

    it("to a file, and says so", async () => {
      const tools = mac();
      const { stdout } = await exportOf(tools, tools.trace(), "--toc", "--output", "toc.xml");
      assert.equal(stdout, "Finished export to the file: toc.xml");
      assert.match(readFileSync(join(tools.dir, "toc.xml"), "utf8"), /<trace-toc>/);
    });

    it("65 bytes of nothing for what is not there", async () => {
      const tools = mac();
      const trace = tools.trace();
      for (const path of [
        '/trace-toc/run[@number="1"]/data/table[@schema="no-such"]',
        '/trace-toc/run[@number="2"]/data/table[@schema="time-profile"]',
        '/trace-toc/run[@number="1"]/data/table[@schema="time-profile"][2]',
      ]) {
        const { exitCode } = await exportOf(tools, trace, "--xpath", path, "--output", "x.xml");
        assert.equal(exitCode, 0);
        assert.equal(statSync(join(tools.dir, "x.xml")).size, 65);
      }
    });

    const stackShapes = {
      "12.5":
        /<backtrace id="\d+" fmt="[^"]+ ← \(\d+ other frames\)"><process ref="4"\/><text-addresses id="\d+" fmt="frag \d+">[\d ]+<\/text-addresses><process ref="4"\/><text-addresses/,
      "14.0":
        /<backtrace id="\d+" fmt="[^"]+ ← \(\d+ other frames\)"><process ref="4"\/><text-addresses/,
      "14.3": /<backtrace id="\d+"><frame id="\d+" name="[^"]+" addr="0x[\da-f]+"><binary id=/,
      "16.4": /<backtrace id="\d+"><frame id="\d+" name=/,
      "26.3": /<backtrace id="\d+"><frame id="\d+" name=/,
      "26.4.1": /<tagged-backtrace id="\d+" fmt="[^"]+"><backtrace id="\d+"><frame id=/,
      "26.5": /<tagged-backtrace id="\d+" fmt="[^"]+"><backtrace id="\d+"><frame id=/,
      "27.0": /<tagged-backtrace id="\d+"><frame id="\d+" name=/,
    };
    for (const [xcode, shape] of Object.entries(stackShapes)) {
      it(`samples as Xcode ${xcode} does, every id before its refs`, async () => {
        const tools = mac({ xcode });
        const [time, cpu] = await Promise.all([
          table(tools, tools.trace(), "time-profile"),
          table(tools, tools.trace({ template: "CPU Profiler" }), "cpu-profile"),
        ]);
        for (const xml of [time, cpu]) {
          assert.equal(XMLValidator.validate(xml), true);
          assert.match(xml, shape);
          checkIds(xml);
        }
        const thread = isNew(xcode)
          ? /"Main Thread \(0x42480\) \(Stuck/
          : /"Main Thread +0x42480 \(Stuck/;
        assert.match(time, thread);
        assert.match(time, /<weight id="\d+" fmt="1\.00 ms">1000000<\/weight>/);
        assert.match(cpu, /<cycle-weight id="\d+" fmt="1\.00 M">1000000<\/cycle-weight>/);
        assert.match(time, /<(tagged-)?backtrace ref="\d+"\/><\/row>/);
        assert.match(time, /<sample-time ref="\d+"\/>/);
      });
    }

    it("hangs, a stranger's only where all were recorded", async () => {
      const tools = mac();
      const own = await table(tools, tools.trace(), "potential-hangs");
      checkIds(own);
      assert.deepEqual(hangTypes(own), ["Severe Hang", "Hang", "Microhang"]);
      assert.doesNotMatch(own, /PhotosWidget/);
      const all = await table(tools, tools.trace({ target: "all-processes" }), "potential-hangs");
      assert.equal(count(all, "<row>"), 4);
      assert.match(all, /Main Thread 0x[\da-f]+ \(PhotosWidget, pid: 5151\)/);
      tools.change({ times: fast, trace: { hangs: "none" } });
      assert.equal(count(await table(tools, tools.trace(), "potential-hangs"), "<row>"), 0);
    });

    it("leaks, as attributes", async () => {
      const tools = mac();
      const xpath =
        '/trace-toc/run[@number="1"]/tracks/track[@name="Leaks"]/details/detail[@name="Leaks"]';
      const found = async (leaks: NonNullable<Scenario["trace"]>["leaks"]) => {
        tools.change({ times: fast, trace: { ...(leaks && { leaks }) } });
        const trace = tools.trace({ template: "Leaks" });
        return (await exportOf(tools, trace, "--xpath", xpath)).stdout;
      };
      const rows = await found("found");
      assert.match(
        rows,
        /<row leaked-object="ImageCache\.Entry" size="96" responsible-frame="ImageCache\.remember\(_:\)" count="1" responsible-library="StuckApp" address="0x6[\da-f]+"\/>\n/,
      );
      assert.equal(count(rows, 'leaked-object="FeedObserver"'), 1);
      assert.match(await found("formatted-sizes"), /size="1,024 Bytes"/);
      assert.match(await found("without-stacks"), /"&lt;Call stack limit reached&gt;"/);
      const empty = await found("empty");
      assert.match(
        empty,
        /<node xpath='\/\/trace-toc\[1\]\/run\[1\]\/tracks\[1\]\/track\[2\]\/details\[1\]\/detail\[1\]'><\/node>/,
      );
    });

    it("every run when none is named, and runs with nothing in them", async () => {
      const tools = mac({ trace: { earlierRuns: ["empty", "quiet", "same"] } });
      const trace = tools.trace();
      const xpath = '/trace-toc/run/data/table[@schema="time-profile"]';
      const { stdout } = await exportOf(tools, trace, "--xpath", xpath);
      assert.deepEqual(
        [...stdout.matchAll(/<node xpath='([^']+)'>/g)].map(([, path]) => path),
        [2, 3, 4].map((run) => `//trace-toc[1]/run[${run}]/data[1]/table[5]`),
      );
      checkIds(stdout);
      const quiet = await exportOf(
        tools,
        trace,
        "--xpath",
        xpath.replace("run", 'run[@number="2"]'),
      );
      assert.equal(count(quiet.stdout, "<row>"), 0);
      assert.match(quiet.stdout, /<\/schema><\/node>/);
    });

    it("tables as often, as long and as empty as the scenario says", async () => {
      const tables = {
        "time-profile": { copies: 2, rows: 20_000 },
        "potential-hangs": { node: false },
        "hang-risks": { copies: 0 },
      };
      const tools = mac({ trace: { tables } });
      const trace = tools.trace();
      const second = await table(tools, trace, "time-profile", "[2]");
      assert.equal(count(second, "<row>"), 20_000);
      checkIds(second);
      assert.match(second, /table\[6\]/);
      assert.equal((await table(tools, trace, "potential-hangs")).length, 64);
      assert.equal((await table(tools, trace, "hang-risks")).length, 64);
      assert.match(await table(tools, trace, "time-sample"), /<\/schema><\/node>/);
    });

    it("megabytes where the scenario asks for them", async () => {
      const tools = mac({
        xcode: "27.0",
        trace: { tables: { "time-profile": { bytes: 1_500_000 } } },
      });
      const xml = await table(tools, tools.trace(), "time-profile");
      assert.ok(xml.length > 1_500_000);
      assert.match(xml, /<tagged-backtrace id="\d+"><frame id=/);
      checkIds(xml);
      const args = ["--xpath", '//table[@schema="time-profile"]', "--output", "big.xml"];
      assert.equal((await exportOf(tools, tools.trace(), ...args)).exitCode, 0);
      assert.equal(readFileSync(join(tools.dir, "big.xml"), "utf8").trimEnd(), xml);
    });

    it("frames on lines of the given sources", async () => {
      const tools = mac({ trace: { sourceRoot: "/work space/app" } });
      const xml = await table(tools, tools.trace(), "time-profile");
      assert.match(
        xml,
        /<frame id="\d+" name="ImageCache\.decodeAll\(\)" addr="0x[\da-f]+"><binary ref="\d+"\/><source line="29"><path ref="\d+"\/>/,
      );
      assert.match(
        xml,
        /<path id="\d+">\/work space\/app\/Sources\/StuckApp\/ImageCache\.swift<\/path>/,
      );
      assert.match(xml, /name="ImageCache\.isFresh\(_:\)" addr="0x[\da-f]+" inlined="true"/);
      assert.match(xml, /<frame id="\d+" name="0x24c0aaa29" addr="0x24c0aaa29"\/>/);
    });

    it("4.4 MB of noise with a toc, and waits for its reader", async () => {
      const tools = mac({ export: { tocNoise: true } });
      const trace = tools.trace();
      const { exitCode, stdout, stderr } = await exportOf(tools, trace, "--toc");
      assert.equal(exitCode, 0);
      assert.match(stdout, /<\/trace-toc>$/);
      assert.ok(stderr.length >= tocNoiseBytes.is);
      const unread = spawn("xctrace", ["export", "--input", trace, "--toc"], {
        env: { ...process.env, ...tools.env },
      });
      await sleep(400);
      assert.deepEqual(tools.live(), [unread.pid]);
      unread.stderr.resume();
      assert.deepEqual(await once(unread, "exit"), [0, null]);
    });

    it("badly, in each way", async () => {
      const trace = mac().trace();
      const exports = async (kind: string) => {
        const tables = { "time-profile": kind } as NonNullable<Scenario["export"]>["tables"];
        const tools = mac({ export: { ...(tables && { tables }) } });
        const xpath = '//table[@schema="time-profile"]';
        const args = ["export", "--input", trace, "--xpath", xpath, "--output", "x.xml"];
        const child = start(tools, "xctrace", args);
        if (kind === "hangs") await sleep(300).then(() => child.kill());
        const { exitCode, signal } = await child;
        const file = join(tools.dir, "x.xml");
        return [
          exitCode ?? signal,
          existsSync(file) && !readFileSync(file, "utf8").endsWith(">\n"),
        ];
      };
      assert.deepEqual(await exports("crashes"), ["SIGTRAP", false]);
      assert.deepEqual(await exports("exits-133"), [133, false]);
      assert.deepEqual(await exports("fails"), [10, false]);
      assert.deepEqual(await exports("says-nothing"), [0, false]);
      assert.deepEqual(await exports("stops-midway"), ["SIGTRAP", true]);
      assert.deepEqual(await exports("disk-full"), [10, true]);
      assert.deepEqual(await exports("hangs"), ["SIGTERM", false]);
    });

    it("badly for a while", async () => {
      const tools = mac({ export: { toc: { kind: "fails", times: 1 } } });
      const trace = tools.trace();
      assert.equal((await exportOf(tools, trace, "--toc")).exitCode, 10);
      assert.equal((await exportOf(tools, trace, "--toc")).exitCode, 0);
    });

    it("a trace by position where the version takes it", async () => {
      const tools = mac({ xcode: "27.0" });
      const { stdout } = await run(tools, "xctrace", "export", tools.trace(), "--toc");
      assert.match(stdout, /<instruments-version>27\.0 \(27A266a\)/);
    });
  });

  it("stands on the example's lines", () => {
    const stacks = Object.values(program).flatMap((each) => (Array.isArray(each) ? each : []));
    const sources = resolve(import.meta.dirname, "../../examples/stuck-ios/Sources/StuckApp");
    const frames = stacks.flat(2).filter((each): each is program.Frame => Object(each) === each);
    const calls = new Map<string, string>();
    for (const stack of [...program.decoding, ...program.measuring, ...program.rendering]) {
      for (const [i, frame] of stack.entries()) note(frame, stack[i + 1]);
    }
    for (const stack of [program.waiting, program.parsing]) {
      for (const [i, frame] of stack.entries()) note(frame, stack[i + 1]);
    }
    function note({ source }: program.Frame, callee: program.Frame | undefined): void {
      if (source) calls.set(`${source.file}:${source.line}`, callee?.name ?? "");
    }
    assert.ok(calls.size >= 12, `${calls.size} lines`);
    assert.ok(frames.length > 0);
    for (const [place, callee] of calls) {
      const [file, line] = place.split(":") as [string, string];
      const text = readFileSync(join(sources, file), "utf8").split("\n")[Number(line) - 1] ?? "";
      assert.ok(text.trim().length > 0, `${place} is empty`);
      // What a line calls stands on it, where it is called by its own name.
      const name = /^(?:static )?\w+\.(\w+)\(/.exec(callee)?.[1];
      if (name && name !== "application") assert.match(text, new RegExp(`\\b${name}\\(`), place);
    }
    for (const { frame, source } of program.leaks) {
      const text = readFileSync(join(sources, source.file), "utf8").split("\n");
      const method = frame.split(".")[1]!.split("(")[0]!;
      const declared = text.findIndex((each) => each.includes(`func ${method}(`));
      assert.ok(declared >= 0 && declared < source.line && source.line - declared < 5, frame);
    }
  });

  describe("tells", () => {
    it("its versions, which are not each other's", async () => {
      const versions = async (xcode: string) => {
        const tools = mac({ xcode });
        const [xcodebuild, xctrace] = await Promise.all([
          run(tools, "xcodebuild", "-version"),
          run(tools, "xctrace", "version"),
        ]);
        return [xcodebuild.stdout, xctrace.stdout];
      };
      assert.deepEqual(await versions("26.3"), [
        "Xcode 26.3\nBuild version 17C529",
        "xctrace version 26.0 (17C529)",
      ]);
      // From 26.4 to 26.6 it counts from 16 again.
      assert.deepEqual(await versions("26.4.1"), [
        "Xcode 26.4.1\nBuild version 17E202",
        "xctrace version 16.0 (17E202)",
      ]);
    });

    it("devices and templates", async () => {
      const tools = mac({ templates: { Mine: ["Time Profiler"] } });
      const devices = await run(tools, "xctrace", "list", "devices");
      assert.match(
        devices.stdout,
        /^== Devices ==\nAda’s MacBook Pro \([\dA-F-]{36}\)\nAda’s iPhone \(26\.2\) \(/,
      );
      assert.match(devices.stdout, /\n\n== Simulators ==\niPhone 17 Pro Simulator \(26\.2\) \(/);
      const templates = await run(tools, "xctrace", "list", "templates");
      assert.match(templates.stdout, /\nTime Profiler\n\n== Custom Templates ==\nMine\n?$/);
      assert.match(
        (await run(tools, "xctrace", "help", "record")).stdout,
        /^usage: xctrace record/,
      );
    });

    it("simulators, their apps and what runs on them", async () => {
      const tools = mac();
      const list = await run(tools, "xcrun", "simctl", "list", "devices", "available", "-j");
      const { devices } = JSON.parse(list.stdout) as {
        devices: Record<string, { udid: string }[]>;
      };
      const runtime = "com.apple.CoreSimulator.SimRuntime.iOS-26-2";
      assert.equal(devices[runtime]![0]!.udid, defaultSimulator);
      const apps = await run(tools, "xcrun", "simctl", "listapps", defaultSimulator);
      assert.match(
        apps.stdout,
        /^\{\n {4}"com\.example\.StuckApp" = {5}\{\n {8}ApplicationType = User;\n/,
      );
      const { stdout } = await start(tools, "plutil", ["-convert", "json", "-o", "-", "--", "-"], {
        input: apps.stdout,
      });
      const converted = JSON.parse(String(stdout)) as Record<string, Record<string, unknown>>;
      assert.equal(converted["com.example.StuckApp"]!["CFBundleDisplayName"], "Stuck App");
      assert.deepEqual(converted["com.example.StuckApp"]!["SBAppTags"], []);
      const running = await run(tools, "simctl", "spawn", "booted", "launchctl", "list");
      assert.match(running.stdout, /^4242\t0\tUIKitApplication:com\.example\.StuckApp\[/m);
    });

    it("simulators that are not booted or not there", async () => {
      const tools = mac();
      const shutdown = "A1B2C3D4-1111-4222-8333-444455556666";
      const off = await run(tools, "simctl", "spawn", shutdown, "launchctl", "list");
      assert.equal(off.exitCode, 149);
      assert.match(off.stderr, /Unable to lookup in current state: Shutdown/);
      assert.equal((await run(tools, "simctl", "listapps", "nowhere")).exitCode, 148);
    });

    it("property lists of every kind", async () => {
      const tools = mac();
      const value = { Name: "A & B", List: ["1", "é"], Empty: {} };
      writeFileSync(join(tools.dir, "in.json"), JSON.stringify(value));
      await run(tools, "plutil", "-convert", "xml1", "-o", "out.plist", "in.json");
      assert.match(
        readFileSync(join(tools.dir, "out.plist"), "utf8"),
        /<string>A &amp; B<\/string>/,
      );
      const back = await run(tools, "plutil", "-convert", "json", "-o", "-", "out.plist");
      assert.deepEqual(JSON.parse(back.stdout), value);
      const bad = await start(tools, "plutil", ["-convert", "json", "-o", "-", "-"], {
        input: "{a",
      });
      assert.equal(bad.exitCode, 1);
      assert.match(String(bad.stderr), /^-: Property List error:/);
    });

    it("phones, in the shape of each version", async () => {
      const list = async (xcode: string) => {
        const args = ["devicectl", "list", "devices", "--quiet", "--json-output", "-"];
        const { stdout } = await run(mac({ xcode }), "xcrun", ...args);
        return JSON.parse(stdout) as { result: { devices: Record<string, unknown>[] } };
      };
      const [old] = (await list("26.3")).result.devices;
      assert.equal((old!["hardwareProperties"] as { udid: string }).udid, defaultDevice);
      const [device] = (await list("27.0")).result.devices;
      assert.equal(
        (device!["properties"] as { hardware: { udid: string } }).hardware.udid,
        defaultDevice,
      );
      const tools = mac();
      const info = ["device", "info", "processes", "--device", defaultDevice];
      await run(tools, "devicectl", ...info, "--json-output", "p.json");
      assert.match(readFileSync(join(tools.dir, "p.json"), "utf8"), /"processIdentifier": 390/);
    });

    it("where a tool is, so that it can be run", async () => {
      for (const tools of [mac(), mac({ missing: ["plutil"] })]) {
        const { stdout } = await run(tools, "xcrun", "--find", "xctrace");
        assert.match((await run(tools, stdout, "version")).stdout, /^xctrace version/);
      }
      const tools = mac();
      const sdk = await run(tools, "xcrun", "--sdk", "iphonesimulator", "--show-sdk-version");
      assert.equal(sdk.stdout, "26.2");
      const dir = await run(tools, "xcode-select", "-p");
      assert.equal(dir.stdout, "/Applications/Xcode.app/Contents/Developer");
    });

    it("that a tool or a whole Xcode is missing", async () => {
      const without = mac({ missing: ["xctrace", "notifyutil"] });
      const gone = await start(without, "notifyutil", []);
      assert.equal(gone.code, "ENOENT");
      const find = await run(without, "xcrun", "--find", "xctrace");
      assert.equal(find.exitCode, 72);
      assert.match(
        find.stderr,
        /unable to find utility "xctrace", not a developer tool or in PATH/,
      );

      const tools = mac({ developerDir: "/Library/Developer/CommandLineTools" });
      assert.equal((await run(tools, "xcrun", "simctl", "list", "devices")).exitCode, 72);
      const direct = await run(tools, "xctrace", "version");
      assert.equal(direct.exitCode, 1);
      assert.match(direct.stderr, /^xcode-select: error: tool 'xctrace' requires Xcode/);
    });

    it("what was called", async () => {
      const tools = mac();
      await start(tools, "xcrun", ["simctl", "list", "devices"], {
        env: { ...tools.env, DEVELOPER_DIR: "/Xcodes/26.app/Contents/Developer" },
      });
      const [call] = tools.calls("simctl");
      assert.deepEqual(call!.args, ["list", "devices"]);
      assert.equal(call!.through, "xcrun");
      assert.equal(call!.env["DEVELOPER_DIR"], "/Xcodes/26.app/Contents/Developer");
      assert.deepEqual(tools.calls("xctrace"), []);
    });
  });
});

function isNew(xcode: string): boolean {
  return ["26.4.1", "26.5", "27.0"].includes(xcode);
}

function hangTypes(xml: string): string[] {
  return [...xml.matchAll(/<hang-type id="\d+" fmt="[^"]+">([^<]+)</g)].map(([, type]) => type!);
}

/** Ids are dense and ascending, each before what refers to it, and always of the same tag. */
function checkIds(xml: string): void {
  const tags: string[] = [];
  for (const [, tag, kind, text] of xml.matchAll(/<([\w-]+) (id|ref)="(\d+)"/g)) {
    const id = Number(text);
    if (kind === "id") assert.equal(id, tags.push(tag!), `id ${id} of ${tag}`);
    else assert.equal(tags[id - 1], tag, `ref ${id} of ${tag}`);
  }
  assert.ok(tags.length > 0);
}
