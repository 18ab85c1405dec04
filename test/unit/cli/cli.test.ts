import assert from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { after, before, describe, it } from "mocha";
import type { Analysis } from "../../../src/cli/analysis.ts";
import { categories } from "../../../src/profile/profile.ts";
import { partialFile } from "../../../src/profile-worker/partial-file.ts";
import { ProfileWorker } from "../../../src/profile-worker/profile-worker.ts";
import { cli, Place } from "./program.ts";

/** Works for about a second, nearly all of it on line 2. */
const program = `function hotSpot() { const end = Date.now() + 1000; let n = 0; do {
  for (let i = 0; i < 1e6; i++) n = (n * 31 + i) | 0;
} while (Date.now() < end); return n; }
hotSpot();`;

const bold = "\x1b[1m";
const clearLine = "\r\x1b[2K";

describe("command line", function () {
  this.slow(3_000);
  let place: Place;

  before(async () => {
    place = await Place.make();
    await writeFile(join(place.folder, "app.cjs"), program);
    await execa(process.execPath, ["--prof", "--logfile=app-v8.log", "app.cjs"], {
      cwd: place.folder,
    });
    const [log] = globSync("*-v8.log", { cwd: place.folder });
    await copyFile(join(place.folder, log!), join(place.folder, "app-v8.log"));
  });
  after(() => place.remove());

  /** A log of about 200 MB: that takes a while. */
  async function writeLargeLog(): Promise<void> {
    const log = await readFile(join(place.folder, "app-v8.log"));
    const ticks = Buffer.from(
      log
        .toString("latin1")
        .match(/^tick,.*\n/gm)!
        .join("")
        .repeat(2_000),
      "latin1",
    );
    await writeFile(join(place.folder, "large-v8.log"), Buffer.concat([log, ticks]));
  }

  describe("usage", () => {
    const usage: readonly (readonly [string, number])[] = [
      ["--help", 0],
      ["--version", 0],
      ["analyze --help", 0],
      ["", 2],
      ["bogus", 2],
      ["analyze", 2],
      ["analyze app-v8.log --bogus", 2],
      ["analyze app-v8.log --top 0", 2],
      ["analyze app-v8.log --top many", 2],
      ["convert app-v8.log -o x", 2],
      ["convert app-v8.log --to pdf -o x", 2],
      ["convert app-v8.log --to folded", 2],
      ["symbolize app-v8.log -o app-v8.log", 2],
      ["run", 2],
    ];
    for (const [line, expected] of usage) {
      it(`gives ${expected} for "hangscope ${line}"`, async () => {
        const { exitCode, stdout, stderr } = await place.run(line.split(" ").filter(Boolean));
        assert.equal(exitCode, expected, stderr);
        if (expected === 0) assert.notEqual(stdout, "");
        else assert.match(stderr, /error|Usage|hangscope: /);
        assert.doesNotMatch(stderr, /\n\s+at /);
      });
    }

    it("tells the exit codes", async () => {
      const { stdout } = await place.run(["--help"]);
      assert.match(stdout, /Exit codes:[\s\S]*130/);
    });
  });

  describe("analyze", () => {
    it("prints the documented JSON and nothing else in a pipe", async () => {
      const { exitCode, stdout, stderr } = await place.run(["analyze", "app-v8.log", "--json"]);
      assert.equal(exitCode, 0, stderr);
      assert.equal(stderr, "");
      const analysis = JSON.parse(stdout) as Analysis;
      assert.deepEqual(Object.keys(analysis).sort(), [
        "durationMs",
        "format",
        "functions",
        "samples",
        "unit",
        "version",
        "warnings",
      ]);
      assert.equal(analysis.format, "v8-log");
      assert.match(analysis.version, /^\d+\.\d+/);
      assert.equal(analysis.unit, "us");
      assert.deepEqual(Object.keys(analysis.samples.byCategory), [...categories]);
      const counts = Object.values(analysis.samples.byCategory);
      assert.equal(
        counts.reduce((a, b) => a + b),
        analysis.samples.total,
      );
      assert.ok(analysis.durationMs > 900 && analysis.durationMs < 20_000);
      const [hottest] = analysis.functions;
      assert.equal(hottest?.name, "hotSpot");
      assert.equal(hottest.line, 1);
      assert.equal(hottest.category, "js");
      assert.match(hottest.url, /app\.cjs$/);
      const selfs = analysis.functions.map(({ self }) => self);
      // Of what was sampled: how much of a second that was depends on who else is running.
      assert.ok(hottest.self > selfs.reduce((a, b) => a + b) / 2);
      assert.ok(hottest.total >= hottest.self);
      assert.deepEqual(
        selfs,
        [...selfs].sort((a, b) => b - a),
      );
    });

    it("bounds the functions by --top", async () => {
      const { stdout } = await place.run(["analyze", "app-v8.log", "--json", "--top", "2"]);
      assert.equal((JSON.parse(stdout) as Analysis).functions.length, 2);
    });

    it("prints a plain table in a pipe", async () => {
      const { exitCode, stdout, stderr } = await place.run(["analyze", "app-v8.log"]);
      assert.equal(exitCode, 0, stderr);
      assert.equal(stderr, "");
      assert.ok(!stdout.includes("\x1b"));
      assert.match(stdout, /^\d+ samples in .*js \d/);
      assert.match(stdout, /Self +Total +Function +Location\n.* hotSpot +app\.cjs:1\n/);
      assert.match(stdout, /Hottest line: app\.cjs:2 with .*\n {2}for \(let i = 0;/);
    });

    it("uses colour and progress in a terminal, and no colour against NO_COLOR", async function () {
      if (process.platform !== "linux") this.skip();
      const coloured = await place.startInTerminal(["analyze", "app-v8.log"]);
      assert.ok(coloured.stdout.includes(bold));
      assert.ok(coloured.stdout.includes(clearLine));
      assert.match(coloured.stdout, /Reading|Naming/);
      const env = { NO_COLOR: "1" };
      const plain = await place.startInTerminal(["analyze", "app-v8.log"], env);
      assert.ok(!plain.stdout.includes(bold));
      assert.match(plain.stdout, /hotSpot/);
    });

    it("ends quietly when its reader has seen enough", async () => {
      const line = `"${process.execPath}" "${cli}" analyze app-v8.log --json | head -c 10`;
      const { stdout, stderr, exitCode } = await execa("bash", ["-o", "pipefail", "-c", line], {
        cwd: place.folder,
        reject: false,
      });
      assert.equal(stdout, '{"format":');
      assert.equal(stderr, "");
      assert.equal(exitCode, 0);
    });
  });

  describe("bad input", () => {
    const says = async (args: readonly string[], message: RegExp) => {
      const { exitCode, stdout, stderr } = await place.run(args);
      assert.equal(exitCode, 1);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.equal(stderr.split("\n").length, 1, stderr);
    };

    it("is named with what was expected, what was found, and where", async () => {
      await writeFile(join(place.folder, "poem.txt"), "Tiger, tiger,\nburning bright");
      await writeFile(join(place.folder, "empty-v8.log"), "");
      await writeFile(join(place.folder, "cut.cpuprofile"), '{"nodes":[{"id":1,');
      await says(
        ["analyze", "poem.txt"],
        /^hangscope: .*poem\.txt: expected a V8 log.*, found .*Tiger.* at byte 0\.$/,
      );
      await says(["analyze", "empty-v8.log"], /empty-v8\.log: expected .* found an empty file/);
      await says(["analyze", "cut.cpuprofile"], /cut\.cpuprofile: expected .* at byte \d+/);
      await says(["analyze", "absent-v8.log"], /absent-v8\.log: .*no such file/);
      await says(["analyze", "."], /\.: expected a profile, found a folder/);
      await says(["convert", "poem.txt", "--to", "folded", "-o", "out.txt"], /poem\.txt/);
      assert.ok(!existsSync(join(place.folder, "out.txt")));
    });

    it("shows a stack to whoever debugs us", async () => {
      const { stderr } = await place.run(["analyze", "absent"], { HANGSCOPE_DEBUG: "1" });
      assert.match(stderr, /\n\s+at /);
    });

    it("says when the output cannot be written, and leaves nothing there", async () => {
      const output = join("no-such-folder", "out.cpuprofile");
      const { exitCode, stderr } = await place.run(["symbolize", "app-v8.log", "-o", output]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^hangscope: .*no-such-folder/);
    });
  });

  describe("symbolize and convert", () => {
    it("writes a CPU profile beside the log that reads the same", async () => {
      const { exitCode, stdout, stderr } = await place.run(["symbolize", "app-v8.log"]);
      assert.equal(exitCode, 0, stderr);
      assert.equal(stdout, "app.cpuprofile");
      const top = async (file: string) => {
        const { stdout: json } = await place.run(["analyze", file, "--json", "--top", "1"]);
        return (JSON.parse(json) as Analysis).functions[0]!;
      };
      const [log, profile] = [await top("app-v8.log"), await top("app.cpuprofile")];
      assert.equal(profile.name, "hotSpot");
      assert.equal(profile.selfSamples, log.selfSamples);
    });

    it("writes speedscope and folded stacks where it is told", async () => {
      for (const [to, expected] of [
        ["speedscope", /"\$schema".*hotSpot/s],
        ["folded", /;hotSpot.* \d+\n/],
      ] as const) {
        const output = join(place.folder, `out.${to}`);
        const ended = await place.run(["convert", "app-v8.log", "--to", to, "-o", output]);
        assert.equal(ended.exitCode, 0, ended.stderr);
        assert.match(await readFile(output, "utf8"), expected);
      }
    });
  });

  it("is cancelled by Ctrl-C with 130, and leaves no output", async function () {
    if (process.platform !== "linux") this.skip();
    await writeLargeLog();
    for (const step of ["Reading", "Writing"]) {
      const running = place.startInTerminal(["symbolize", "large-v8.log"]);
      let interrupted = false;
      running.stdout.on("data", (text: Buffer) => {
        if (interrupted || !text.includes(step)) return;
        interrupted = true;
        running.stdin.write("\x03");
      });
      const { exitCode, stdout } = await running;
      assert.equal(exitCode, 130, stdout);
      const left = (await readdir(place.folder)).filter((name) => name.startsWith("large"));
      assert.deepEqual(left, ["large-v8.log"], step);
    }
  });

  it("leaves nothing of an output whose worker is ended", async () => {
    await writeLargeLog();
    const output = join(place.folder, "never.cpuprofile");
    const worker = new ProfileWorker();
    await worker.open(join(place.folder, "large-v8.log"), []);
    const writing = worker.write("cpuprofile", output);
    while (!existsSync(partialFile(output))) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([assert.rejects(writing, /closed/), worker.dispose()]);
    assert.deepEqual(
      (await readdir(place.folder)).filter((name) => name.startsWith("never")),
      [],
    );
  });
});
