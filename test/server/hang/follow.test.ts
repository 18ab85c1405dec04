/** A follower in its thread, over logs that grow, vanish and change while it looks. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { v8LogReader } from "../../../src/formats/v8-log/reader.ts";
import { logAt } from "../../../src/hang/armed-logs.ts";
import type { FollowLimits } from "../../../src/hang/follow/follow-state.ts";
import { LogFollower } from "../../../src/hang/follow/log-follower.ts";
import { snapshotOf } from "../../../src/hang/follow/snapshot.ts";
import { FollowedLogs } from "../../../src/hang/watch/followed-logs.ts";
import { stacksOf, V8Log } from "../../generators/v8-log.ts";
import { eventually } from "../../support/eventually.ts";
import { nodeOf } from "../../support/nodes.ts";

const root = join(import.meta.dirname, "../../..");
const load = join(root, "test/bench/v8-load.cjs");
const url = "/app/a.js";
const page = 4096;
const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

/** Everything is old at once, and given back by the page. */
const eager: Partial<FollowLimits> = { everyMs: 10, recentMs: 0, punchBytes: page };
/** A tick is old when 20,000 bytes stand behind it. */
const short: Partial<FollowLimits> = { everyMs: 10, recentBytes: 20_000, punchBytes: page };

function someLog(ticks: number): V8Log {
  const log = new V8Log().begin();
  log.code({ address: 0x1000, name: `outer ${url}:1:1`, mark: "~" });
  for (let i = 0; i < ticks; i++) {
    // The same addresses over and over, for other functions.
    if (i % 50 === 0) {
      log.code({ address: 0x2000, name: `f${i}\nline ${url}:${i + 2}:1`, sfi: i + 1, mark: "*" });
    }
    if (i % 50 === 25) log.add("code-move", "0x2000", "0x3000");
    log.tick({ pc: i % 50 < 25 ? 0x2010 : 0x3010, time: i * 1000, frames: [0x1010] });
  }
  return log;
}

describe("following a log while it is written", function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;
  let output: string;
  const followers: LogFollower[] = [];

  const follow = async (limits: Partial<FollowLimits>, more: { folder?: string } = {}) => {
    const follower = await LogFollower.start({ path, limits, ...more });
    followers.push(follower);
    return follower;
  };
  const caughtUp = (follower: LogFollower) =>
    eventually(() => assert.equal(follower.state.keptTo, statSync(path).size));
  const stopped = (follower: LogFollower) =>
    eventually(() => {
      assert.equal(follower.state.phase, "stopped");
      return follower.state;
    });
  const script = (code: string) => {
    const file = join(folder, "script.mjs");
    writeFileSync(file, code);
    return file;
  };
  const snapshotStacks = async () => stacksOf(await v8LogReader.read(output));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hangscope-follow-"));
    path = join(folder, "isolate-0x1-2-v8.log");
    output = join(folder, "snapshot.v8log");
  });
  afterEach(async () => {
    for (const follower of followers.splice(0)) await follower.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("gives the last ticks the stacks that the whole log gives them", async () => {
    const log = Buffer.from(someLog(5_000).toString());
    const original = join(folder, "original.log");
    writeFileSync(original, log);
    const whole = stacksOf(await v8LogReader.read(original));
    writeFileSync(path, log.subarray(0, 1000));
    const follower = await follow(short);
    for (let at = 1000; at < log.length; at += 7_777) {
      appendFileSync(path, log.subarray(at, at + 7_777));
      await sleep(5);
      if (at % 3 !== 0) continue;
      await follower.snapshot(output);
      const found = await snapshotStacks();
      const seen = stacksOf(await v8LogReader.read(await wholeLinesOf(original, at + 7_777)));
      assert.ok(found.length > 100);
      assert.deepEqual(found, seen.slice(-found.length));
    }
    const state = await follower.snapshot(output);
    const found = await snapshotStacks();
    assert.deepEqual(found, whole.slice(-found.length));
    assert.equal(found.length + state.droppedTicks, whole.length);
    assert.ok(state.droppedTicks > 4_000);
    assert.ok(state.keptBytes < log.length / 2);

    async function wholeLinesOf(log: string, bytes: number): Promise<string> {
      const part = join(folder, "part.log");
      copyFileSync(log, part);
      const end = readFileSync(log).subarray(0, bytes).lastIndexOf("\n") + 1;
      truncateSync(part, end);
      return part;
    }
  });

  for (const version of isLong ? ["20.20.2", "22.23.3", "24.21.0"] : [""]) {
    it(`does so for the log of a real program ${version}`.trimEnd(), async () => {
      const node = version === "" ? process.execPath : await nodeOf(version);
      const args = ["--prof", "--no-logfile-per-isolate", `--logfile=${path}`];
      const file = join(folder, "compiled.log");
      const program = spawn(node, [...args, load, file, "6000000"], {
        stdio: "ignore",
        env: { ...process.env, NODE_OPTIONS: "" },
      });
      const ended = once(program, "exit");
      await eventually(() => assert.ok(existsSync(path)));
      // Nothing is given back: the whole log is read in the end.
      const limits = { everyMs: 20, recentBytes: 300_000, punchBytes: Number.MAX_SAFE_INTEGER };
      const follower = await follow(limits);
      await ended;
      const state = await follower.snapshot(output);
      const whole = stacksOf(await v8LogReader.read(path));
      const found = await snapshotStacks();
      assert.ok(state.droppedTicks > 100);
      assert.equal(found.length + state.droppedTicks, whole.length);
      assert.deepEqual(found, whole.slice(-found.length));
    });
  }

  it("makes the log small on the disk, and lets another process read it", async function () {
    writeFileSync(path, someLog(20_000).toString());
    const { size } = statSync(path);
    const follower = await follow(short);
    if (follower.state.punching !== "works") {
      console.log(`      no space is given back here: ${follower.state.punching}`);
      this.skip();
    }
    const { blocks } = statSync(path);
    assert.equal(statSync(path).size, size);
    assert.ok(blocks * 512 < 40_000, `${blocks} blocks`);
    // Still known as a log, and by nothing but that.
    assert.match(readFileSync(path).toString("latin1", 0, 20), /^v8-version,/);
    assert.equal(await snapshotOf(follower.folder, output), true);
    const elsewhere = await snapshotStacks();
    await follower.snapshot(output);
    assert.deepEqual(await snapshotStacks(), elsewhere);
    assert.ok(elsewhere.at(-1)?.[0]?.startsWith("f19950"));
  });

  it("goes on where another one was killed", async () => {
    writeFileSync(path, someLog(4_000).toString());
    const module = join(root, "src/hang/follow/log-follower.ts");
    const code = `
      const { LogFollower } = await import(${JSON.stringify(module)});
      const limits = ${JSON.stringify(short)};
      const { state } = await LogFollower.start({ path: ${JSON.stringify(path)}, limits });
      console.log(state.keptTo);
      process.kill(process.pid, "SIGKILL");`;
    const { stdout } = await execa(process.execPath, [script(code)], { reject: false });
    const log = someLog(8_000).toString();
    appendFileSync(path, log.slice(statSync(path).size));
    const follower = await follow(short);
    assert.ok(Number(stdout) > 0);
    assert.ok(follower.state.keptTo > Number(stdout));
    await follower.snapshot(output);
    const found = await snapshotStacks();
    const original = join(folder, "original.log");
    writeFileSync(original, log);
    const whole = stacksOf(await v8LogReader.read(original));
    assert.deepEqual(found, whole.slice(-found.length));
    assert.equal(found.length + follower.state.droppedTicks, whole.length);
  });

  it("removes its files and leaves the log", async () => {
    writeFileSync(path, someLog(100).toString());
    const follower = await follow(eager);
    assert.deepEqual(readdirSync(follower.folder).sort(), ["kept.v8log", "state.json"]);
    assert.equal(statSync(follower.folder).mode & 0o777, 0o700);
    await follower.stop();
    await follower.stop();
    assert.equal(follower.state.reason, "stopped");
    assert.deepEqual(readdirSync(folder), ["isolate-0x1-2-v8.log"]);
  });

  it("stops by its signal", async () => {
    writeFileSync(path, someLog(100).toString());
    const abort = new AbortController();
    const follower = await LogFollower.start({ path, limits: eager, signal: abort.signal });
    abort.abort(new Error("enough"));
    await stopped(follower);
    await eventually(() => assert.ok(!existsSync(follower.folder)));
    const { signal } = abort;
    await assert.rejects(LogFollower.start({ path, signal }), /enough/);
  });

  it("keeps no process alive", async () => {
    writeFileSync(path, someLog(100).toString());
    const module = join(root, "src/hang/follow/log-follower.ts");
    const code = `
      const { LogFollower } = await import(${JSON.stringify(module)});
      const { state } = await LogFollower.start({ path: ${JSON.stringify(path)} });
      console.log(state.phase);`;
    const { stdout } = await execa(process.execPath, [script(code)], { timeout: 30_000 });
    assert.equal(stdout, "following");
  });

  it("cancels a snapshot, and leaves nothing of it", async () => {
    writeFileSync(path, someLog(100).toString());
    const follower = await follow(eager);
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(follower.snapshot(output, signal), /enough/);
    await assert.rejects(follower.snapshot(join(folder, "no", "such", "folder")), /ENOENT/);
    assert.ok(!existsSync(output));
    assert.equal(follower.state.phase, "following");
  });

  describe("that", () => {
    const head = someLog(1).lines.length - 1;

    it("is empty at first", async () => {
      writeFileSync(path, "");
      const follower = await follow(eager);
      assert.equal(follower.state.phase, "following");
      await follower.snapshot(output);
      assert.equal(readFileSync(output, "utf8"), "");
      appendFileSync(path, "v8-ver");
      await follower.snapshot(output);
      appendFileSync(path, someLog(10).toString().slice("v8-ver".length));
      await caughtUp(follower);
      assert.equal(follower.state.droppedTicks, 10);
    });

    it("ends in half a line", async () => {
      const log = someLog(60).toString();
      writeFileSync(path, log.slice(0, -7));
      const follower = await follow({ ...short, recentBytes: 500 });
      await follower.snapshot(output);
      const profile = await v8LogReader.read(output);
      assert.deepEqual(profile.warnings, []);
      assert.equal(profile.samples.length + follower.state.droppedTicks, 59);
      appendFileSync(path, log.slice(-7));
      await follower.snapshot(output);
      const found = await snapshotStacks();
      assert.equal(found.length + follower.state.droppedTicks, 60);
      assert.ok(found.at(-1)?.[0]?.startsWith("f50"));
    });

    it("has a line that comes in parts, longer than any record", async () => {
      const start = `${new V8Log().begin()}script-source,1,${url},${"x".repeat(50_000)}`;
      writeFileSync(path, start);
      const follower = await follow(eager);
      await caughtUp(follower);
      // What is behind stands at the beginning of what is read next, and is no line.
      appendFileSync(path, "tick,0x1,1,0,0x0,0\n");
      await caughtUp(follower);
      await follower.snapshot(output);
      assert.equal(readFileSync(output, "utf8"), `${start}tick,0x1,1,0,0x0,0\n`);
    });

    it("ends where a page of the disk does", async () => {
      const log = someLog(2_000).toString();
      const fill = page - ((log.length + "new,\n".length) % page);
      writeFileSync(path, `${log}new,${"x".repeat(fill)}\n`);
      assert.equal(statSync(path).size % page, 0);
      const follower = await follow(eager);
      await caughtUp(follower);
      appendFileSync(path, someLog(1).toString());
      await caughtUp(follower);
      assert.equal(follower.state.phase, "following");
    });

    it("is that of a V8 that nobody knows yet", async () => {
      const log = someLog(20).add("a-new-record", "0x1", 2);
      log.lines[0] = "v8-version,99,1,2,3,0";
      writeFileSync(path, log.toString());
      const follower = await follow(eager);
      await follower.snapshot(output);
      const kept = readFileSync(output, "utf8").split("\n");
      assert.deepEqual(
        kept.slice(0, head),
        log.lines.slice(0, head).join("\n").split("\n").slice(0, head),
      );
      assert.equal(kept.at(-2), "a-new-record,0x1,2");
      assert.equal(follower.state.droppedTicks, 20);
    });

    for (const [name, make] of Object.entries({
      "is not there": () => {},
      "is a folder": () => mkdirSync(path),
      "is no log of V8's": () => writeFileSync(path, "hello\n".repeat(10_000)),
      "lost its beginning to another follower": () =>
        writeFileSync(path, Buffer.concat([Buffer.from("v8-version,1\n"), Buffer.alloc(9_000)])),
    })) {
      it(name, async () => {
        make();
        const before = existsSync(path) ? statSync(path).blocks : 0;
        const follower = await follow(eager);
        const { phase, reason, message } = follower.state;
        assert.equal(phase, "stopped");
        const reasons: Readonly<Record<string, string>> = {
          "is not there": "missing",
          "is a folder": "unreadable",
          "is no log of V8's": "not-a-log",
        };
        assert.equal(reason, reasons[name] ?? "no-beginning");
        assert.match(message!, /\.$/);
        await follower.snapshot(output);
        assert.equal(existsSync(path) ? statSync(path).blocks : 0, before);
      });
    }

    const tenTicks = 500;
    it("is deleted", async () => {
      writeFileSync(path, someLog(200).toString());
      const follower = await follow({ ...short, recentBytes: tenTicks });
      rmSync(path);
      assert.equal((await stopped(follower)).reason, "deleted");
      await follower.snapshot(output);
      const found = await snapshotStacks();
      assert.ok(found.length > 5);
      assert.ok(found.every(([leaf]) => leaf?.startsWith("f150")));
    });

    it("is rotated", async () => {
      writeFileSync(path, someLog(200).toString());
      const follower = await follow({ ...short, recentBytes: tenTicks });
      renameSync(path, `${path}.1`);
      writeFileSync(path, "something else\n".repeat(5_000));
      const { blocks } = statSync(path);
      assert.equal((await stopped(follower)).reason, "rotated");
      await follower.snapshot(output);
      assert.ok((await snapshotStacks()).at(-1)?.[0]?.startsWith("f150"));
      assert.equal(statSync(path).blocks, blocks);
      assert.equal(await snapshotOf(follower.folder, output), false);
    });

    it("is cut short", async () => {
      writeFileSync(path, someLog(200).toString());
      const follower = await follow({ ...short, recentBytes: tenTicks });
      truncateSync(path, 10);
      assert.equal((await stopped(follower)).reason, "truncated");
      await follower.snapshot(output);
      const kept = readFileSync(output, "utf8");
      assert.match(kept, /^v8-version,[\s\S]*f150\nline .*\ncode-move,.*\n$/);
      assert.doesNotMatch(kept, /^tick/m);
    });

    it("is begun anew, and soon longer than before", async () => {
      writeFileSync(path, someLog(200).toString());
      let told = 0;
      const follower = await LogFollower.start({ path, limits: short, onStopped: () => told++ });
      followers.push(follower);
      const other = new V8Log().begin("1,2,3,4,0").toString() + someLog(400).toString();
      writeFileSync(path, other);
      assert.equal((await stopped(follower)).reason, "truncated");
      assert.equal(told, 1);
      assert.equal(await snapshotOf(follower.folder, output), false);
      // Another one begins with what stands there now.
      await follower.stop();
      const next = await follow(short);
      await next.snapshot(output);
      assert.match(readFileSync(output, "utf8"), /^v8-version,1,2,3,4,0\n/);
    });

    it("is begun anew by a worker that stands where another one stood", async () => {
      path = join(folder, `isolate-0x1-${process.pid}-v8.log`);
      writeFileSync(path, someLog(200).toString());
      const logs = new FollowedLogs(folder);
      try {
        await logs.look();
        await eventually(() => assert.ok(existsSync(`${path}.follow`)));
        const other = new V8Log().begin("1,2,3,4,0").toString() + someLog(400).toString();
        writeFileSync(path, other);
        const { signal } = new AbortController();
        await eventually(async () => assert.equal((await logAt(path))?.snapshot, undefined));
        await eventually(async () => {
          await logs.look();
          const log = await logAt(path);
          assert.equal(await log?.snapshot?.(output, signal), true);
          assert.equal(readFileSync(output, "utf8"), other);
        });
      } finally {
        await logs.stop();
      }
    });

    it("has more to keep than may be kept", async () => {
      writeFileSync(path, someLog(2_000).toString());
      const follower = await follow({ ...eager, keptBytes: 1_000 });
      const { reason, keptBytes } = follower.state;
      assert.equal(reason, "kept-limit");
      assert.ok(keptBytes <= 1_000);
      // What was not moved stands in the log.
      await follower.snapshot(output);
      assert.ok((await snapshotStacks()).at(-1)?.[0]?.startsWith("f1950"));
    });

    it("is longer than it may be where no space is given back", async () => {
      const env = process.env["PATH"];
      process.env["PATH"] = "";
      try {
        writeFileSync(path, someLog(2_000).toString());
        const follower = await follow({ ...eager, logBytes: 50_000 });
        const state = await stopped(follower);
        assert.equal(state.reason, "log-limit");
        assert.equal(state.punchedBytes, 0);
        await follower.snapshot(output);
        assert.ok(existsSync(output));
      } finally {
        process.env["PATH"] = env;
      }
    });

    it("cannot be kept anywhere", async () => {
      writeFileSync(path, someLog(200).toString());
      writeFileSync(join(folder, "file"), "");
      const follower = await follow(eager, { folder: join(folder, "file", "below") });
      assert.equal(follower.state.reason, "no-room");
      assert.match(follower.state.message!, /a part of its path is a file/);
    });
  });
});
