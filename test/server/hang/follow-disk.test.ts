/** What following a log costs while a process writes a hundred megabytes of it at speed. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { v8LogReader } from "../../../src/formats/v8-log/reader.ts";
import type { FollowLimits, FollowState } from "../../../src/hang/follow/follow-state.ts";
import { stackOf, V8Log } from "../../generators/v8-log.ts";

const module = join(import.meta.dirname, "../../../src/hang/follow/log-follower.ts");
const megabyte = 1024 * 1024;
const writtenBytes = 100 * megabyte;
const limits: Partial<FollowLimits> = {
  everyMs: 100,
  recentBytes: 4 * megabyte,
  punchBytes: megabyte,
};
/** What may stand on the disk at rest: the last page of what is moved is half full. */
const atRest = 4 * megabyte + megabyte + 64 * 1024;

/** Ten times as fast as V8: 2 MB every 80 ms, each with code of its own at the same addresses. */
const writer = `
  const { appendFileSync, readFileSync } = await import("node:fs");
  const { setTimeout: sleep } = await import("node:timers/promises");
  const [path, block, total] = process.argv.slice(2);
  const text = readFileSync(block, "utf8");
  let written = 0;
  for (let i = 0; written < Number(total); i++) {
    const more = text.replaceAll("NAME", "f" + i);
    appendFileSync(path, more);
    written += more.length;
    await sleep(80);
  }`;

const follower = `
  const { readFileSync } = await import("node:fs");
  const { LogFollower } = await import(${JSON.stringify(module)});
  const [path, output, limits] = process.argv.slice(2);
  const memory = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  const follower = await LogFollower.start({ path, limits: JSON.parse(limits) });
  const say = (more) => console.log(JSON.stringify({ state: follower.state, memory: memory(), ...more }));
  say({});
  for await (const _ of process.stdin) {
    await follower.snapshot(output);
    say({});
    await follower.stop();
    break;
  }`;

interface Said {
  readonly state: FollowState;
  /** Kilobytes. */
  readonly memory: number;
}

describe("what following a log costs", function () {
  this.timeout(120_000);
  let folder: string;
  let following: ChildProcess | undefined;

  before(function () {
    if (process.platform !== "linux") this.skip();
    folder = mkdtempSync(join(tmpdir(), "hangscope-follow-disk-"));
  });
  after(() => {
    following?.kill("SIGKILL");
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("stays bounded on the disk and in memory", async function () {
    const file = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const path = file("isolate-0x1-2-v8.log", new V8Log().begin().toString());
    const block = new V8Log();
    block.code({ address: 0x1000, name: "NAME /app/a.js:1:1", mark: "*" });
    const frames = Array.from({ length: 40 }, (_, i) => 0x1000 + (i % 64));
    for (let time = 0; time < 5_000; time++) block.tick({ pc: 0x1010, time, frames });
    const output = join(folder, "snapshot.v8log");
    const followerArgs = [file("follow.mjs", follower), path, output, JSON.stringify(limits)];
    following = spawn(process.execPath, followerArgs, { stdio: ["pipe", "pipe", "inherit"] });
    const told = async () => {
      const [line] = (await once(following!.stdout!, "data")) as [Buffer];
      return JSON.parse(line.toString()) as Said;
    };
    const begun = await told();
    const blockFile = file("block", block.toString());
    const writerArgs = [file("write.mjs", writer), path, blockFile, String(writtenBytes)];
    const writing = spawn(process.execPath, writerArgs, { stdio: "inherit" });
    const peaks = { disk: 0, memory: 0 };
    const onDisk = () => statSync(path).blocks * 512;
    while (writing.exitCode === null) {
      peaks.disk = Math.max(peaks.disk, onDisk());
      peaks.memory = Math.max(peaks.memory, residentKilobytes(following.pid!));
      await sleep(50);
    }
    assert.equal(writing.exitCode, 0);
    // A snapshot looks first, and gives back what it can.
    following.stdin!.write("\n");
    const { state } = await told();
    if (state.punching !== "works") {
      console.log(`      no space is given back here: ${state.punching}`);
      this.skip();
    }
    assert.ok(state.logBytes >= writtenBytes, JSON.stringify(state));
    assert.ok(onDisk() <= atRest, `${onDisk()} bytes on the disk`);
    assert.ok(peaks.disk < writtenBytes / 2, `${peaks.disk} bytes on the disk`);
    assert.ok(state.keptBytes < 100_000, `${state.keptBytes} bytes kept`);
    const grown = (peaks.memory - begun.memory) * 1024;
    assert.ok(grown < 48 * megabyte, `${grown} bytes more memory`);
    const profile = await v8LogReader.read(output);
    const last = stackOf(profile, profile.samples.length - 1);
    const blocks = Math.ceil(writtenBytes / statSync(blockFile).size);
    const [, number] = /^f(\d+) /.exec(last[0]!) ?? [];
    assert.ok(Math.abs(Number(number) - blocks) < 3, last[0]);
    assert.ok(state.droppedTicks > profile.samples.length);
  });
});

function residentKilobytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
