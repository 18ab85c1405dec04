/** Servers that are busy, stopped or killed in the middle of a job. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection, type ConnectionState } from "../../src/launcher/connection.ts";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { ServerClient } from "../../src/server/client.ts";
import { callTest, testServerScript } from "../server/support/test-client.ts";
import {
  isRunning,
  serversOf,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";
import { stopProcess } from "../support/stop-process.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const blockMs = isLong ? 60_000 : 5_000;
const stopMs = isLong ? 30_000 : 4_000;

describe("a server in the middle of a job", function () {
  this.timeout(blockMs + stopMs + 30_000);
  let workspace: TestWorkspace;
  let connection: Connection;
  const states: ConnectionState[] = [];
  const options = () => ({ workspace: workspace.path, serverScript: testServerScript });

  beforeEach(async () => {
    workspace = await testWorkspace();
    states.length = 0;
    connection = new Connection({ ...options(), onState: (state) => states.push(state) });
  });
  afterEach(async () => {
    connection.dispose();
    await workspace.dispose();
  });

  it(`blocked for ${blockMs / 1000} s is busy, never dead, and delivers its result`, async () => {
    const client = await ensureServer(options());
    const { server } = await workspace.recorded();
    const blocked = callTest(connection, "test.block", { ms: blockMs });
    while ((await client.health()).jobs.length === 0) await sleep(10);
    const latencies: number[] = [];
    let isOver = false;
    const poll = async () => {
      while (!isOver) {
        const asked = performance.now();
        const found = await ensureServer(options());
        latencies.push(performance.now() - asked);
        assert.equal(found.server.instanceId, server.instanceId);
        await sleep(20);
      }
    };
    const polling = Array.from({ length: 10 }, poll);
    assert.deepEqual(await blocked, { blockedMs: blockMs });
    isOver = true;
    await Promise.all(polling);
    assert.deepEqual((await workspace.recorded()).server, server);
    assert.equal((await serversOf(serverFolder(workspace.path).path)).length, 1);
    const busy = states.filter((state) => state.kind === "busy");
    assert.ok(busy.some(({ jobs }) => jobs[0]?.tool === "test.block"));
    latencies.sort((a, b) => a - b);
    const p99 = latencies[Math.floor(latencies.length * 0.99)]!;
    console.log(`      ${latencies.length} answers, p99 ${p99.toFixed(1)} ms`);
  });

  it("is called stuck when it has been silent for too long, and is replaced on demand", async function () {
    this.timeout(90_000);
    const impatient = new Connection({
      ...options(),
      unresponsiveMs: 2_000,
      onState: (state) => states.push(state),
    });
    const lost = callTest(impatient, "test.block", { ms: 3_600_000 }).catch(
      (error: Error) => error,
    );
    const isStuck = (state: ConnectionState | undefined) => state?.kind === "busy" && state.isStuck;
    while (!isStuck(states.at(-1))) await sleep(50);
    const { server } = await workspace.recorded();
    await impatient.restart();
    assert.notEqual((await workspace.recorded()).server.instanceId, server.instanceId);
    assert.match(String(await lost), /The server ended during test\.block \(job [\w-]+\)/);
    impatient.dispose();
  });

  it(`stopped for ${stopMs / 1000} s is reported, not killed, and delivers its result`, async () => {
    const file = join(workspace.path, "..", "count");
    const counted = callTest(connection, "test.count", { file, ms: 1_000 });
    while (!(await readFile(file, "utf8").catch(() => ""))) await sleep(10);
    const recorded = await workspace.recorded();
    await stopProcess(recorded.process.pid);
    await sleep(stopMs);
    assert.equal(states.at(-1)?.kind, "unresponsive");
    process.kill(recorded.process.pid, "SIGCONT");
    assert.deepEqual(await counted, { done: true });
    assert.deepEqual(await workspace.recorded(), recorded);
    assert.equal(await readFile(file, "utf8"), "ran\n");
    while (states.at(-1)?.kind !== "ready") await sleep(20);
  });

  it("is told of a cancel, or whoever cancels is told that it was not heard", async () => {
    const file = join(workspace.path, "..", "count");
    const counted = callTest(connection, "test.count", { file, ms: 60_000 });
    const failed = assert.rejects(counted, { name: "ToolError", code: "cancelled" });
    while (!(await readFile(file, "utf8").catch(() => ""))) await sleep(10);
    const recorded = await workspace.recorded();
    const client = new ServerClient(recorded.server);
    const [job] = (await client.health()).jobs;
    await stopProcess(recorded.process.pid);
    const unheard = { name: "ConnectionError", message: new RegExp(`job ${job!.id} may go on`) };
    await assert.rejects(client.cancel(job!.id, 500), unheard);
    await assert.rejects(connection.cancel(job!.id), unheard);
    process.kill(recorded.process.pid, "SIGCONT");
    await client.cancel(job!.id);
    await failed;
    // One that is over, and one whose server is gone, are as cancelled as can be.
    await client.cancel(job!.id);
    process.kill(recorded.process.pid, "SIGKILL");
    while (await isRunning(recorded)) await sleep(10);
    await client.cancel(job!.id);
  });

  it("killed gives one clear error, runs nothing twice, and the next call works", async () => {
    const file = join(workspace.path, "..", "count");
    const counted = callTest(connection, "test.count", { file, ms: 60_000 });
    const failed = assert.rejects(counted, {
      name: "ToolError",
      code: "connection-lost",
      message: /test\.count \(job [\w-]+\)/,
    });
    while (!(await readFile(file, "utf8").catch(() => ""))) await sleep(10);
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    await failed;
    assert.equal(await readFile(file, "utf8"), "ran\n");
    assert.deepEqual(await callTest(connection, "test.count", { file, ms: 0 }), { done: true });
    assert.equal(await readFile(file, "utf8"), "ran\nran\n");
  });
});
