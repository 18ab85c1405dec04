import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { listCaptures } from "../../../src/capture/storage.ts";
import type { Analysis } from "../../../src/cli/analysis.ts";
import { Place } from "./program.ts";

const busy = `function hotSpot() { const end = Date.now() + 400; let n = 0; do {
  for (let i = 0; i < 1e6; i++) n = (n * 31 + i) | 0;
} while (Date.now() < end); }`;

interface RunOutput {
  readonly exitCode: number;
  readonly profiles: readonly (Analysis & { path: string; pid: number; title: string })[];
  readonly unprofiled: readonly unknown[];
  readonly warnings: readonly string[];
}

describe("hangscope run", function () {
  this.slow(5_000);
  let place: Place;
  const file = (name: string) => join(place.folder, name);

  before(async () => {
    place = await Place.make();
    await writeFile(file("app.cjs"), `${busy} console.log("its own output"); hotSpot();`);
    await writeFile(file("fail.cjs"), `${busy} hotSpot(); process.exitCode = 7;`);
    await writeFile(
      file("stuck.cjs"),
      `${busy} setTimeout(() => { for (;;) hotSpot(); }); require("fs").writeFileSync("up", "");`,
    );
    await writeFile(file("app.ts"), `${busy} hotSpot(); type Unused = number;`);
    await writeFile(
      file("package.json"),
      JSON.stringify({ scripts: { go: "node app.cjs && node fail.cjs" } }),
    );
  });
  after(() => place.remove());

  it("prints the program's output, then a table of where its time went", async () => {
    const { exitCode, stdout, stderr } = await place.run([
      "run",
      "--",
      "node",
      "app.cjs",
      "--flag",
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^its own output\n/);
    assert.match(stdout, /\napp\.cjs --flag \(process \d+\), read in [\d.]+ s from .*-v8\.log\n/);
    assert.match(stdout, /% {2}hotSpot +app\.cjs:1\n/);
    assert.match(stdout, /Hottest line: app\.cjs:2/);
    const [kept] = await listCaptures(file(".home/captures"));
    assert.equal(kept?.title, "node app.cjs --flag");
    assert.equal(kept.profiles.length, 1);
  });

  it("prints JSON alone on standard output, for every process of an npm script", async () => {
    const { exitCode, stdout, stderr } = await place.run([
      "run",
      "--json",
      "--",
      "npm",
      "run",
      "go",
    ]);
    assert.match(stderr, /its own output/);
    const output = JSON.parse(stdout) as RunOutput;
    assert.equal(exitCode, 7);
    assert.equal(output.exitCode, 7);
    assert.deepEqual(output.profiles.map(({ title }) => title).sort(), ["app.cjs", "fail.cjs"]);
    for (const profile of output.profiles) {
      assert.equal(profile.functions[0]?.name, "hotSpot");
      assert.ok(existsSync(profile.path));
    }
    assert.deepEqual([output.unprofiled, output.warnings], [[], []]);
  });

  it("puts nothing but the profiles where it is told", async () => {
    await mkdir(file("here"));
    await place.run(["run", "--out", "here", "--", "node", "app.cjs"]);
    const names = await readdir(file("here"));
    assert.equal(names.length, 1);
    assert.match(names[0]!, /^app-\d+-v8\.log$/);
    await place.run(["run", "--cpu-prof", "--out", "there", "--", "node", "app.cjs"]);
    assert.match((await readdir(file("there"))).join(), /^app-\d+\.cpuprofile$/);
  });

  it("runs TypeScript as it is", async () => {
    const { stdout, exitCode } = await place.run(["run", "--", "node", "app.ts"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /hotSpot +app\.ts:1\n/);
  });

  it("hands signals to the program, and still shows what it did", async () => {
    for (const [signal, expected] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const) {
      const running = place.start(["run", "--", "node", "stuck.cjs"]);
      while (!existsSync(file("up"))) await sleep(20);
      await sleep(600);
      running.kill(signal);
      const { exitCode, stdout, stderr } = await running;
      assert.equal(exitCode, expected, stderr);
      assert.match(stdout, /hotSpot +stuck\.cjs:1\n/);
      await rm(file("up"));
    }
  });

  it("fails when nothing was captured, and says why", async () => {
    const { exitCode, stderr } = await place.run(["run", "--", "true"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /Nothing was captured: .*no Node process/);
  });

  it("gives 127 for a program that is not there, and keeps no capture of it", async () => {
    const before = await listCaptures(file(".home/captures"));
    const { exitCode, stderr } = await place.run(["run", "--", "no-such-program"]);
    assert.equal(exitCode, 127);
    assert.equal(stderr, "hangscope: no-such-program: not found on PATH.");
    assert.deepEqual(await listCaptures(file(".home/captures")), before);
  });

  it("looks for Node with its own PATH, not with the server's", async () => {
    await place.run(["server", "start"]);
    const { exitCode, stderr } = await place.run(["run", "--", "node", "app.cjs"], {
      PATH: file("nowhere"),
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /No "node" is on PATH/);
  });

  it("shares one server, which its commands show and end", async () => {
    const status = () => place.run(["server", "status"]);
    const first = await place.run(["server", "start"]);
    const second = await place.run(["server", "start"]);
    assert.match(first.stdout, /^Running: process \d+\.$/);
    assert.equal(second.stdout, first.stdout);
    const [, pid] = /process (\d+)/.exec(first.stdout)!;
    assert.match((await status()).stdout, new RegExp(`^Running: process ${pid}, 0 job`));
    assert.deepEqual(await place.run(["server", "stop"]), {
      exitCode: 0,
      stdout: "Stopped.",
      stderr: "",
    });
    assert.deepEqual(await status(), { exitCode: 1, stdout: "Not running.", stderr: "" });
    assert.equal((await place.run(["server", "stop"])).exitCode, 0);
  });
});
