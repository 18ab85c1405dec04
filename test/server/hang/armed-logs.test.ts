/** Which of several logs that are being written is that of the thread that is stuck. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HangFile } from "../../../src/formats/hang-capture/hang-file.ts";
import { v8LogReader } from "../../../src/formats/v8-log/reader.ts";
import { type ArmedLog, armedLogs, logsInFolder } from "../../../src/hang/armed-logs.ts";
import { captureHang } from "../../../src/hang/capture-hang.ts";
import { type ChooseOptions, chooseLog, NoLogFailure } from "../../../src/hang/choose-log.ts";
import { LogFollower } from "../../../src/hang/follow/log-follower.ts";
import { keepHang } from "../../../src/hang/keep-capture.ts";
import { ProfileWorker } from "../../../src/profile-worker/profile-worker.ts";
import { stacksOf, V8Log } from "../../generators/v8-log.ts";
import { eventually } from "../../support/eventually.ts";
import { type StuckProgram, stuckProgram } from "./stuck-program.ts";

const { signal } = new AbortController();
const everyMs = 20;
const idle = 8;

interface Growth {
  readonly name: string;
  /** Ticks that are there already, one a millisecond. */
  readonly before?: number;
  /** How long ago they were, when it grows. */
  readonly restMs?: number;
  /** More of them every 20 ms. */
  readonly grows?: number;
  readonly state?: number;
  readonly script?: string;
}

describe("the log of the thread that is stuck", function () {
  this.timeout(60_000);
  let folder: string;
  let since: Date;
  const timers: NodeJS.Timeout[] = [];
  const followers: LogFollower[] = [];
  let program: StuckProgram | undefined;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    since = new Date();
    folder = mkdtempSync(join(tmpdir(), "hangscope-logs-"));
  });
  afterEach(async () => {
    for (const timer of timers.splice(0)) clearInterval(timer);
    for (const follower of followers.splice(0)) await follower.stop();
    program?.end();
    child?.kill("SIGKILL");
    program = child = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** A log in the folder, written on as V8 does. */
  function grow(growth: Growth): string {
    const { name, before = 500, restMs = 0, grows = 0, state = 0, script = "/app/a.js" } = growth;
    const path = join(folder, `${name}-v8.log`);
    const log = new V8Log().begin();
    log.code({ address: 0x1000, name: `${name} ${script}:1:1`, mark: "*" });
    let time = 0;
    const tick = (to: V8Log) => {
      to.tick({ pc: 0x1010, time: time * 1000, state });
      time++;
    };
    for (let i = 0; i < before; i++) tick(log);
    time += restMs;
    writeFileSync(path, log.toString());
    if (grows === 0) return path;
    timers.push(
      setInterval(() => {
        const more = new V8Log();
        time += everyMs - grows;
        for (let i = 0; i < grows; i++) tick(more);
        appendFileSync(path, more.toString());
      }, everyMs),
    );
    return path;
  }

  async function choose(options: Omit<ChooseOptions, "signal"> = {}, launched = since) {
    const { end, candidates } = await chooseLog(await logsInFolder(folder, launched), {
      signal,
      ...options,
    });
    const named = end.stacks[0]?.frames[0]?.name;
    return { named, candidates };
  }
  const named = (candidates: HangFile["steps"][number]["candidates"]) =>
    Object.fromEntries(
      (candidates ?? []).map(({ path, excluded }) => [
        path.slice(folder.length + 1, -"-v8.log".length),
        excluded,
      ]),
    );
  async function missed(chosen: Promise<unknown>): Promise<NoLogFailure> {
    const failure = await chosen.then(() => undefined).catch((error: unknown) => error);
    assert.ok(failure instanceof NoLogFailure);
    return failure;
  }

  it("is the one that is dense now, not the largest", async () => {
    grow({ name: "largest", before: 60_000, restMs: 3_000, grows: 1 });
    const path = grow({ name: "stuck", before: 10, grows: 18 });
    const { named: name, candidates } = await choose();
    assert.equal(name, "stuck");
    assert.deepEqual(
      candidates.map(({ excluded }) => excluded),
      [undefined, "fewer-samples"],
    );
    const [best, next] = candidates;
    assert.equal(best!.path, path);
    assert.equal(best!.scriptUrl, "/app/a.js");
    assert.ok(best!.samples > 100);
    assert.ok(best!.samples > next!.samples);
    assert.ok(best!.lastSampleAgoMs! < 1000);
  });

  it("is none that was dense until a moment ago, nor of a thread that waits", async () => {
    grow({ name: "ended", before: 5_000 });
    grow({ name: "waiting", before: 5_000, grows: 18, state: idle });
    grow({ name: "stuck", before: 10, grows: 10 });
    const { named: name, candidates } = await choose();
    assert.equal(name, "stuck");
    assert.deepEqual(named(candidates), { stuck: undefined, ended: "quiet", waiting: "idle" });
  });

  it("is none from before the launch", async () => {
    const old = grow({ name: "old", grows: 18 });
    await sleep(100);
    const launched = new Date();
    grow({ name: "stuck", grows: 3 });
    const { named: name, candidates } = await choose({}, launched);
    assert.equal(name, "stuck");
    assert.deepEqual(named(candidates), { stuck: undefined, old: "before-launch" });
    assert.ok(candidates.find(({ path }) => path === old)!.samples > 0);
  });

  it("runs the wanted script, if two are dense", async () => {
    grow({ name: "page", grows: 9, script: "http://localhost/page.js" });
    grow({ name: "other", grows: 18, script: "http://localhost/start.js" });
    const { named: name, candidates } = await choose({ wantedUrl: "/page.js" });
    assert.equal(name, "page");
    assert.deepEqual(named(candidates), { page: undefined, other: "other-script" });
    assert.equal((await choose({ wantedUrl: "/none.js" })).named, "other");
  });

  it("is dense, whatever script is wanted", async () => {
    grow({ name: "page", before: 10, grows: 1, script: "http://localhost/page.js" });
    grow({ name: "other", grows: 18, script: "http://localhost/start.js" });
    await sleep(2_000);
    assert.equal((await choose({ wantedUrl: "/page.js" })).named, "other");
  });

  it("is whichever somebody picks, quiet or not", async () => {
    const path = grow({ name: "quiet" });
    utimesSync(path, 1, 1);
    grow({ name: "dense", grows: 18 });
    const { named: name, candidates } = await choose({ picked: path });
    assert.equal(name, "quiet");
    assert.deepEqual(named(candidates), { quiet: undefined, dense: "not-picked" });
    const failure = await missed(choose({ picked: join(folder, "none.log") }));
    assert.equal(failure.reason, "no-log");
    assert.deepEqual(
      failure.candidates.map(({ excluded }) => excluded),
      ["unreadable", "not-picked", "not-picked"],
    );
  });

  it("is not guessed: a miss tells of each why not", async () => {
    const old = grow({ name: "old" });
    await sleep(100);
    const launched = new Date();
    const quiet = grow({ name: "quiet" });
    grow({ name: "waiting", grows: 18, state: idle });
    const failure = await missed(choose({}, launched));
    assert.deepEqual(named(failure.candidates), {
      old: "before-launch",
      quiet: "quiet",
      waiting: "idle",
    });
    assert.equal(failure.reason, "no-log");
    assert.ok(failure.message.includes(`${old}: it was made before the launch`));
    assert.ok(failure.message.includes(`${quiet}: nothing was written to it`));
    rmSync(old);
    assert.equal((await missed(choose({}, launched))).reason, "quiet-log");
  });

  it("is sought among what else lies there", async () => {
    writeFileSync(join(folder, "other.log"), "hello\n");
    writeFileSync(join(folder, "empty.log"), "");
    writeFileSync(join(folder, "v8.txt"), "v8-version,1,2,3,4,0\n");
    const gone = grow({ name: "gone" });
    const stuck = grow({ name: "stuck", grows: 10 });
    const logs = await logsInFolder(folder, since);
    rmSync(gone);
    const { candidates } = await chooseLog(logs, { signal });
    assert.deepEqual(named(candidates), { stuck: undefined, gone: "unreadable" });
    chmodSync(stuck, 0o600);
    assert.deepEqual(await logsInFolder(join(folder, "none"), since), []);
  });

  it("is read by its follower when its beginning was given back", async function () {
    const path = grow({ name: "stuck", before: 5_000, grows: 18 });
    const follower = await LogFollower.start({
      path,
      limits: { everyMs: 50, recentBytes: 30_000, punchBytes: 4096 },
    });
    followers.push(follower);
    if (follower.state.punching !== "works") this.skip();
    const { named: name, candidates } = await choose();
    assert.equal(name, "stuck");
    assert.ok(candidates[0]!.samples > 100);
    await follower.stop();
    const failure = await missed(choose());
    assert.deepEqual(named(failure.candidates), { stuck: "no-beginning" });
  });

  it("ends when it is cancelled", async () => {
    grow({ name: "stuck", grows: 10 });
    const logs: ArmedLog[] = await logsInFolder(folder, since);
    const reason = new Error("enough");
    const chosen = chooseLog(logs, { signal: AbortSignal.abort(reason) });
    await assert.rejects(chosen, (error: Error) => error === reason || error.cause === reason);
  });

  describe("of a real program", () => {
    before(function () {
      if (process.platform !== "linux") this.skip();
    });

    it("is told from those of its idle threads", async () => {
      const script = join(folder, "threads.cjs");
      writeFileSync(
        script,
        `const { Worker, isMainThread, parentPort } = require("node:worker_threads");
        if (isMainThread) {
          for (let i = 0; i < 2; i++) new Worker(__filename);
          setTimeout(function stuckHere() {
            console.log("stuck");
            require("node:crypto").pbkdf2Sync("a", "b", 1e9, 32, "sha256");
          }, 700);
        } else parentPort.on("message", () => {});`,
      );
      const flags = ["--prof", "--logfile-per-isolate", `--logfile=${folder}/v8.log`];
      child = spawn(process.execPath, [...flags, script], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout!, "data");
      await sleep(1_500);
      const open = await armedLogs(child.pid!, signal);
      assert.equal(open.length, 3);
      const file = await captureHang({ kind: "process", pid: child.pid! }, { budgetMs: 30_000 });
      const step = file.steps.find(({ step }) => step === "sampler")!;
      assert.equal(step.outcome, "named", step.message);
      assert.deepEqual(step.candidates!.map(({ excluded }) => excluded === undefined).sort(), [
        false,
        false,
        true,
      ]);
      assert.match(step.message, /of 3 logs; the next is .* with \d+\.$/);
      const names = file.stacks.flatMap(({ frames }) => frames.map((at) => file.frames[at]!.name));
      assert.ok(names.includes("stuckHere"));
    });

    it("is read while its follower gives space back", async function () {
      const flags = ["--prof", `--logfile=${join(folder, "v8.log")}`];
      program = await stuckProgram("native", { flags });
      const [name] = readdirSync(folder).filter((file) => file.endsWith(".log"));
      const path = join(folder, name!);
      const limits = { everyMs: 50, recentMs: 3_000, punchBytes: 4096 };
      const follower = await LogFollower.start({ path, limits });
      followers.push(follower);
      await eventually(() => assert.ok(follower.state.droppedTicks > 1_000));
      if (follower.state.punching !== "works") this.skip();
      assert.ok(statSync(path).blocks * 512 < statSync(path).size);
      const pid = program.pid;
      const file = await captureHang({ kind: "process", pid }, { budgetMs: 30_000 });
      const step = file.steps.find(({ step }) => step === "sampler")!;
      assert.equal(step.outcome, "named", step.message);
      const names = file.stacks.at(-1)!.frames.map((at) => file.frames[at]!.name);
      assert.ok(names.includes("derivePassword"), names.join());
      const worker = new ProfileWorker();
      try {
        const startedAt = new Date().toISOString();
        const kept = await keepHang(
          file,
          { root: join(folder, "captures"), name: "stuck", startedAt },
          {
            open: async (opened) => {
              await worker.open(opened, []);
              return "1";
            },
            query: (_id, query) => worker.query(query),
          },
          {},
        );
        // The evidence outlives the log and its follower.
        await follower.stop();
        const profile = await v8LogReader.read(kept.v8log!);
        const stacks = stacksOf(profile).slice(-100).flat();
        assert.ok(stacks.filter((frame) => frame.startsWith("derivePassword ")).length > 50);
      } finally {
        await worker.dispose();
      }
      assert.ok(await program.runsOn());
    });
  });
});
