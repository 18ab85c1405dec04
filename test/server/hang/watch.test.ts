/** `hangscope run --watch` over real programs: what hangs is captured by itself, once, and named. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CapturedHang } from "../../../src/capture/session-watch.ts";
import { readHangFile } from "../../../src/formats/hang-capture/reader.ts";
import { isAlive } from "../../../src/toolchain/process-identity/identity.ts";
import { eventually } from "../../support/eventually.ts";
import { stopProcess } from "../../support/stop-process.ts";
import { Place } from "../../unit/cli/program.ts";
import { hangsTwice, healthy } from "./watch-programs.ts";

const pegs = resolve(import.meta.dirname, "pegs");
const watch = ["run", "--watch", "--after", "1500", "--json", "--", "node"];
type Running = ReturnType<Place["start"]>;

interface WatchOutput {
  readonly exitCode: number;
  readonly hangs: readonly CapturedHang[];
  readonly warnings: readonly string[];
}

describe("hangscope run --watch", function () {
  this.timeout(120_000);
  let place: Place;
  const programs: number[] = [];
  const file = (name: string) => join(place.folder, name);

  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(async () => {
    place = await Place.make();
    await writeFile(file("healthy.cjs"), healthy);
    await writeFile(file("twice.cjs"), hangsTwice);
  });
  afterEach(async () => {
    for (const pid of programs.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await place.remove();
  });

  const captures = () => readdir(file(".home/captures")).catch(() => []);
  /** The program's pid, when it has begun. */
  const up = async () => {
    while (!existsSync(file("up"))) await sleep(20);
    await sleep(50);
    const pid = Number(await readFile(file("up"), "utf8"));
    programs.push(pid);
    await rm(file("up"));
    return pid;
  };
  const output = async (running: Running): Promise<WatchOutput> => {
    const { stdout, stderr } = await running;
    assert.ok(stdout, stderr);
    return JSON.parse(stdout) as WatchOutput;
  };

  const culprits = {
    loop: /^spinForever$/,
    regex: /^matchNames$/,
    native: /^derivePassword$/,
    wait: /^awaitAnswer$/,
  };
  for (const [peg, culprit] of Object.entries(culprits)) {
    it(`captures and names what hangs by itself: ${peg}`, async () => {
      const running = place.start([...watch, join(pegs, `${peg}.cjs`)]);
      const notices = noticesOf(running);
      await notices.atLeast(1);
      // It goes on hanging, and is not told again.
      await sleep(3_000);
      running.kill("SIGTERM");
      const { exitCode, hangs, warnings } = await output(running);
      assert.equal((await running).exitCode, 143);
      assert.equal(exitCode, 143);
      assert.deepEqual(warnings, []);
      assert.equal(hangs.length, 1);
      assert.equal(notices.count, 1);
      const [hang] = hangs;
      assert.match(hang!.stuckIn?.name ?? hang!.verdict, culprit);
      assert.match(hang!.stuckIn!.file, new RegExp(`pegs/${peg}\\.cjs$`));
      assert.ok(hang!.unresponsiveMs >= 1_500);
      assert.match(hang!.verdict, /had not responded for at least \d+\.\d s\.$/);
      const { unresponsiveMs, steps } = await readHangFile(hang!.path);
      assert.equal(unresponsiveMs, hang!.unresponsiveMs);
      assert.match(await readFile(hang!.report, "utf8"), /is stuck in/);
      // Its evidence is all that is left.
      assert.deepEqual(await captures(), [hang!.path.split("/").at(-2)]);
      const kept = await readdir(join(hang!.path, ".."));
      // Whoever named it, the log says what ran before.
      assert.ok(steps.some(({ step, candidates }) => step === "sampler" && candidates?.length));
      assert.equal(kept.filter((name) => name.endsWith("-v8.log")).length, 1);
      assert.equal(kept.length, 4);
    });
  }

  it("says nothing of a healthy program whose worker is busy, and ends as it does", async () => {
    const running = place.start([...watch, "healthy.cjs", "6000"]);
    const notices = noticesOf(running);
    await up();
    const { exitCode, hangs, warnings } = await output(running);
    assert.deepEqual({ exitCode, hangs, warnings }, { exitCode: 5, hangs: [], warnings: [] });
    assert.equal((await running).exitCode, 5);
    assert.equal(notices.count, 0);
    assert.deepEqual(await captures(), []);
  });

  it("takes a program that is stopped for one that is stopped", async () => {
    const running = place.start([...watch, "healthy.cjs", "9000"]);
    const pid = await up();
    await sleep(1_500);
    await stopProcess(pid);
    await sleep(4_500);
    process.kill(pid, "SIGCONT");
    const { exitCode, hangs, warnings } = await output(running);
    assert.deepEqual({ exitCode, hangs, warnings }, { exitCode: 5, hangs: [], warnings: [] });
  });

  it("ends with the code of a program that is not there, and leaves nothing", async () => {
    const { exitCode } = await place.run(["run", "--watch", "--", "no-such-program"]);
    assert.equal(exitCode, 127);
    assert.deepEqual(await captures(), []);
  });

  it("captures a second hang as one of its own", async () => {
    const running = place.start([...watch, "twice.cjs"]);
    const notices = noticesOf(running);
    await up();
    await notices.atLeast(1);
    await writeFile(file("first"), "");
    await notices.atLeast(2);
    await writeFile(file("second"), "");
    const { exitCode, hangs } = await output(running);
    assert.equal(exitCode, 7);
    const names = hangs.map(({ verdict }) => /stuck in (\w+)/.exec(verdict)?.[1]);
    assert.deepEqual(names, ["hangUntil", "hangUntil"]);
    assert.match(await readFile(hangs[0]!.report, "utf8"), /firstHang/);
    assert.match(await readFile(hangs[1]!.report, "utf8"), /secondHang/);
    assert.equal((await captures()).length, 2);
  });

  it("is watched on by the next server when its own is killed", async () => {
    const running = place.start([...watch, "twice.cjs"]);
    const notices = noticesOf(running);
    await up();
    await notices.atLeast(1);
    process.kill(await serverOf(place), "SIGKILL");
    await sleep(2_500);
    await writeFile(file("first"), "");
    await notices.atLeast(2);
    await writeFile(file("second"), "");
    const { exitCode, hangs } = await output(running);
    assert.equal(exitCode, 7);
    // The first server knew of the first one, and its evidence is there.
    assert.equal(hangs.length, 1);
    assert.match(await readFile(hangs[0]!.report, "utf8"), /secondHang/);
    assert.equal((await captures()).length, 2);
  });

  it("refuses what does not fit together", async () => {
    for (const flags of [
      ["--after", "2000"],
      ["--watch", "--cpu-prof"],
      ["--watch", "--after", "10"],
    ]) {
      const { exitCode, stderr } = await place.run(["run", ...flags, "--", "node", "-e", "0"]);
      assert.equal(exitCode, 2, stderr);
    }
  });

  it("sweeps what was left when everything was killed", async () => {
    const running = place.start([...watch, "healthy.cjs", "60000"]);
    const pid = await up();
    const [left] = await captures();
    await eventually(async () => {
      const names = await readdir(file(`.home/captures/${left}`));
      assert.ok(names.some((name) => name.endsWith("-v8.log")));
    });
    running.kill("SIGKILL");
    process.kill(await serverOf(place), "SIGKILL");
    process.kill(pid, "SIGKILL");
    await running;
    await place.run(["run", "--watch", "--", "node", "-e", "0"]);
    assert.deepEqual(await captures(), []);
  });
});

/** What the command line tells of hangs, as it does. */
function noticesOf(running: Running) {
  let text = "";
  let onText = () => {};
  running.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    onText();
  });
  const count = () => [...text.matchAll(/^hangscope: process \d+ hangs\. /gm)].length;
  return {
    get count() {
      return count();
    },
    async atLeast(wanted: number): Promise<void> {
      const { promise, resolve: found, reject } = Promise.withResolvers<void>();
      onText = () => count() >= wanted && found();
      onText();
      void running.then(() => reject(new Error(`It ended: ${text}`)));
      await promise;
    },
  };
}

async function serverOf(place: Place): Promise<number> {
  const { stdout } = await place.run(["server", "status", "--json"]);
  return (JSON.parse(stdout) as { pid: number }).pid;
}
