/** Captures that nobody comes to stop: they keep no server for ever, and nothing of them is lost. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { listCaptures } from "../../src/capture/storage.ts";
import { type EnsureOptions, ensureServer } from "../../src/launcher/ensure-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import type { ServerClient } from "../../src/server/client.ts";
import { isAlive } from "../../src/toolchain/process-identity/identity.ts";
import {
  isRunning,
  serverScript,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";

/** Works until it is told to end. */
const busy = `
  const { existsSync, writeFileSync } = require("node:fs");
  function burn() {
    for (let i = 0; i < 1e7; i++) Math.sqrt(i);
    if (existsSync("end")) process.exit();
  }
  setInterval(burn, 1);
  setTimeout(() => writeFileSync("started", ""), 300);`;

describe("a capture that nobody stops", () => {
  let workspace: TestWorkspace;
  const programs: number[] = [];
  const file = (name: string) => join(workspace.path, name);
  const recordings = () => readdir(serverFolder(workspace.path).recordings);

  beforeEach(async () => {
    workspace = await testWorkspace();
    await mkdir(workspace.path);
    await writeFile(file("busy.cjs"), busy);
  });
  afterEach(async () => {
    await workspace.dispose();
    // Whatever a failed test has left running.
    for (const pid of programs.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });

  const ensure = (options: Partial<EnsureOptions> = {}) =>
    ensureServer({ workspace: workspace.path, serverScript, ...options });
  const start = (client: ServerClient, launch: "server" | "caller") =>
    client.call("v8.start", {
      target: { kind: "command", argv: ["node", "busy.cjs"], cwd: workspace.path, launch },
      directory: file("captures"),
    });

  /** As a window does, which may die without its program. */
  async function startAsCaller(client: ServerClient) {
    const started = await start(client, "caller");
    const [program, ...args] = started.argv as [string, ...string[]];
    const running = execa(program, args, { cwd: workspace.path, env: started.env, reject: false });
    programs.push(running.pid!);
    while (!existsSync(file("started"))) await sleep(20);
    return { sessionId: started.sessionId, running };
  }

  it("lets an idle server leave when its caller is gone, and can be stopped at the next one", async () => {
    const client = await ensure({ idleMs: 300 });
    const recorded = await workspace.recorded();
    const { sessionId, running } = await startAsCaller(client);
    while (await isRunning(recorded)) await sleep(20);
    assert.ok(isAlive(running.pid!), "its program goes on");
    assert.deepEqual(await recordings(), [`${sessionId}.json`]);
    await writeFile(file("end"), "");
    await running;
    const next = await ensure();
    const { profiles } = await next.call("v8.stop", { sessionId });
    assert.equal(profiles.length, 1);
    assert.ok(profiles[0]!.samples > 100, `${profiles[0]!.samples} samples`);
    assert.deepEqual(await recordings(), []);
  });

  it("lets an idle server leave that adopted it", async () => {
    const { sessionId, running } = await startAsCaller(await ensure());
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    running.kill();
    await running;
    await ensure({ idleMs: 300 });
    const second = await workspace.recorded();
    while (await isRunning(second)) await sleep(20);
    const { profiles } = await (await ensure()).call("v8.stop", { sessionId });
    assert.equal(profiles.length, 1);
  });

  it("keeps no older server from being replaced", async () => {
    const built = async (date: string) => {
      const script = `${workspace.path}-${date}.ts`;
      await writeFile(script, `await import(${JSON.stringify(serverScript)});`);
      await utimes(script, new Date(date), new Date(date));
      return { serverScript: script };
    };
    const older = await ensure(await built("2020-01-01"));
    const { sessionId } = await startAsCaller(older);
    const newer = await ensure(await built("2021-01-01"));
    assert.notEqual(newer.server.instanceId, older.server.instanceId);
    await writeFile(file("end"), "");
    assert.equal((await newer.call("v8.stop", { sessionId })).profiles.length, 1);
  });

  it("of a program that the server runs keeps it until that ends, and is kept then", async () => {
    const client = await ensure({ idleMs: 300 });
    const recorded = await workspace.recorded();
    const { pid } = await start(client, "server");
    programs.push(pid!);
    while (!existsSync(file("started"))) await sleep(20);
    await sleep(1_000);
    assert.ok(await isRunning(recorded));
    await writeFile(file("end"), "");
    while (await isRunning(recorded)) await sleep(20);
    const [capture] = await listCaptures(file("captures"));
    assert.ok(capture?.endedAt);
    assert.equal(capture.profiles[0]?.title, "busy.cjs");
    assert.ok(existsSync(join(capture.directory, capture.profiles[0].file)));
    assert.deepEqual(await recordings(), []);
  });
});
