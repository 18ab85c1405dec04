/** Programs are found and ended by what no other program has, whoever has started them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holdLock, tryLock } from "../../../src/runner/file-lock.ts";
import { ProcessRecords } from "../../../src/runner/processes/process-records.ts";
import {
  endGroup,
  findByMarker,
  hasNotEnded,
  isProgram,
  parseGroupLeaders,
} from "../../../src/runner/processes/process-table.ts";
import { identify, isAlive } from "../../../src/toolchain/process-identity/identity.ts";

describe("programs of ours", () => {
  let root: string;
  const started: ChildProcess[] = [];
  before(function () {
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hangscope-processes-"));
  });
  afterEach(() => {
    for (const child of started.splice(0))
      if (child.pid && isAlive(child.pid)) child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  });

  async function start(marker: string, program = "setInterval(() => {}, 1000)") {
    const child = spawn(process.execPath, ["-e", `${program}; console.log("up")`, marker], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    await once(child.stdout, "data");
    const { startTime } = (await identify(child.pid!))!;
    return { pid: child.pid!, startTime, child };
  }
  const gone = async (pid: number) => {
    for (let i = 0; i < 100 && (await identify(pid)); i++) await sleep(20);
    return (await identify(pid)) === undefined;
  };
  const records = () => new ProcessRecords(join(root, "records"));
  /** As one that was written by a process that has ended. */
  async function leftBehind(marker: string, program?: { pid: number; startTime: string }) {
    const temporary = join(root, "temporary");
    mkdirSync(temporary);
    const record = await records().begin(marker, temporary);
    const dead = { pid: 2 ** 22 - 1, startTime: "never", args: ["x"] };
    const text = JSON.stringify({ ...record, owner: dead, ...(program && { program }) });
    writeFileSync(join(root, "records", `${record.id}.json`), text);
    return temporary;
  }

  it("are ended by their record when their owner is gone", async () => {
    const marker = join(root, "m");
    const { pid, startTime } = await start(marker);
    const temporary = await leftBehind(marker, { pid, startTime });
    await records().reap(() => false);
    assert.ok(await gone(pid));
    assert.ok(!existsSync(temporary));
    assert.deepEqual(readdirSync(join(root, "records")), []);
  });
  it("are found by their marker when their owner died before it knew them", async () => {
    const marker = join(root, "m");
    const { pid } = await start(marker);
    await leftBehind(marker);
    await records().reap(() => false);
    assert.ok(await gone(pid));
  });
  it("are left alone while their owner lives", async () => {
    const marker = join(root, "m");
    const { pid, startTime } = await start(marker);
    const record = await records().begin(marker);
    await records().started(record, { pid, startTime });
    await records().reap(() => false);
    assert.ok(isAlive(pid));
  });
  it("are left alone when they are to be kept", async () => {
    const marker = join(root, "m");
    const { pid, startTime } = await start(marker);
    await leftBehind(marker, { pid, startTime });
    await records().reap(() => true);
    assert.ok(isAlive(pid));
  });
  it("leave no half record, and take no one else's away", async () => {
    const folder = join(root, "records");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.json.4194303-1.partial"), "{");
    writeFileSync(join(folder, `b.json.${process.ppid}-1.partial`), "{");
    await records().reap(() => false);
    assert.deepEqual(readdirSync(folder), [`b.json.${process.ppid}-1.partial`]);
  });
  it("are never mistaken: another start time, another command line", async () => {
    const marker = join(root, "m");
    const { pid, startTime } = await start(marker);
    assert.ok(await isProgram({ pid, startTime }, marker));
    assert.ok(!(await isProgram({ pid, startTime: "other" }, marker)));
    assert.ok(!(await isProgram({ pid, startTime }, join(root, "other"))));
    await endGroup({ pid, startTime: "other" }, marker);
    await endGroup({ pid, startTime }, join(root, "other"));
    assert.ok(isAlive(pid));
  });
  it("are killed when they do not end, with what they have started", async () => {
    const marker = join(root, "m");
    const stubborn = `
      process.on("SIGTERM", () => {});
      const helper = require("child_process").spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: "ignore" });
      require("fs").writeFileSync(process.argv[1] + ".helper", String(helper.pid));
      setInterval(() => {}, 1000)`;
    const { pid, startTime } = await start(marker, stubborn);
    const { readFileSync } = await import("node:fs");
    const helper = Number(readFileSync(`${marker}.helper`, "utf8"));
    await endGroup({ pid, startTime }, marker);
    assert.ok(await gone(pid));
    assert.ok(await gone(helper));
  }).timeout(10_000);
  it("are waited for without starting a program for it (weakness: polling ps)", async () => {
    const marker = join(root, "m");
    const { pid, startTime, child } = await start(marker);
    // What macOS would ask ps for is asked of the kernel.
    assert.ok(await hasNotEnded({ pid, startTime }, marker));
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok(!(await hasNotEnded({ pid, startTime }, marker)));
  });
  it("are found among all processes", async () => {
    const marker = join(root, "unlike any other");
    const { pid } = await start(marker);
    assert.deepEqual(
      (await findByMarker(marker)).map((found) => found.pid),
      [pid],
    );
    assert.deepEqual(await findByMarker(join(root, "nobody's")), []);
  });
  it("are found in what ps prints", () => {
    const text = "  10   10 xcodebuild -x /m/1\n  11   10 helper /m/1\n 12 12 xcodebuild /m/2\n";
    assert.deepEqual(parseGroupLeaders(text, "/m/1"), [10]);
  });

  describe("a lock", () => {
    it("is held by one, in this process too", async () => {
      const path = join(root, "a.lock");
      const held = await tryLock(path);
      assert.ok(held);
      assert.equal(await tryLock(path), undefined);
      held.release();
      (await tryLock(path))!.release();
    });
    it("is waited for, and given up when cancelled", async () => {
      const path = join(root, "a.lock");
      const held = (await tryLock(path))!;
      let waits = 0;
      const waiting = holdLock(path, { onWait: () => void waits++ });
      const cancelled = holdLock(path, { signal: AbortSignal.timeout(60) });
      await assert.rejects(cancelled, { name: "TimeoutError" });
      held.release();
      (await waiting).release();
      assert.ok(waits > 0);
    });
    it("is free when its holder is killed (weakness: stale locks)", async () => {
      const path = join(root, "a.lock");
      const module = new URL("../../../src/runner/file-lock.ts", import.meta.url).href;
      const holder = spawn(
        process.execPath,
        [
          "-e",
          `import("${module}").then(async (m) => { globalThis.held = await m.tryLock(${JSON.stringify(path)}); console.log("held"); setInterval(() => {}, 1000); })`,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      started.push(holder);
      await once(holder.stdout, "data");
      assert.equal(await tryLock(path), undefined);
      holder.kill("SIGKILL");
      await once(holder, "exit");
      const held = await tryLock(path);
      assert.ok(held);
      held.release();
    });
    it("is an error where it cannot be made", async () => {
      await assert.rejects(tryLock(join(root, "no", "a.lock")), { code: "cannot-lock" });
    });
    it("leaves one empty file", async () => {
      (await tryLock(join(root, "a.lock")))!.release();
      assert.deepEqual(readdirSync(root), ["a.lock"]);
    });
  });
});
