/**
 * Whether a runner obeys `runner/PROTOCOL.md`. Against the stand-in, or against a real one that was
 * started by hand: `HANGSCOPE_RUNNER_UNDER_TEST=PORT,TOKEN,INSTANCE,FINGERPRINT`.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerClient } from "../../../src/runner/session/runner-client.ts";
import { instanceHeader } from "../../../src/runner/session/runner-protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { type StandInRunner, startStandInRunner } from "../../toolchain/runner.ts";

interface UnderTest {
  readonly port: number;
  readonly token: string;
  readonly instance: string;
  readonly fingerprint: string;
}

const given = process.env["HANGSCOPE_RUNNER_UNDER_TEST"];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startStandIn(idleSeconds = 0): Promise<UnderTest & { runner: StandInRunner }> {
  const [port, token, instance] = [await freePort(), "secret-token-of-a-test", randomUUID()];
  const fingerprint = "f".repeat(64);
  const runner = await startStandInRunner(
    {
      HANGSCOPE_RUNNER_PORT: String(port),
      HANGSCOPE_RUNNER_TOKEN: token,
      HANGSCOPE_RUNNER_INSTANCE: instance,
      HANGSCOPE_RUNNER_IDLE_SECONDS: String(idleSeconds),
    },
    fingerprint,
  );
  assert.ok(runner !== "port-taken");
  return { port, token, instance, fingerprint, runner };
}

describe("a runner obeys its protocol", () => {
  let runner: UnderTest;
  let standIn: StandInRunner | undefined;
  let client: RunnerClient;

  before(async () => {
    if (given !== undefined) {
      const [port, token, instance, fingerprint] = given.split(",");
      runner = {
        port: Number(port),
        token: token!,
        instance: instance!,
        fingerprint: fingerprint!,
      };
    } else {
      const started = await startStandIn();
      runner = started;
      standIn = started.runner;
    }
    client = new RunnerClient(runner);
  });
  after(() => standIn?.close());

  const fetchIt = (path: string, init: RequestInit & { readonly token?: string } = {}) => {
    const { token = runner.token, ...rest } = init;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return fetch(`http://127.0.0.1:${runner.port}${path}`, { headers, ...rest });
  };
  const command = (name: string, args: Record<string, unknown> = {}, id: string = randomUUID()) =>
    client.command({ id, name, arguments: args }, { timeoutMs: 10_000 });

  const isRunning = (id: string) =>
    eventually(async () =>
      assert.deepEqual((await client.status(id)).command, { state: "running" }),
    );

  it("tells its uptime, protocol, fingerprint and instance", async () => {
    const { uptimeMs, ...rest } = await client.uptime();
    const { instance, fingerprint } = runner;
    assert.deepEqual(rest, { protocol: 1, instance, fingerprint });
    await sleep(20);
    assert.ok((await client.uptime()).uptimeMs > uptimeMs);
  });
  it("answers a ping from its automation thread", async () => {
    const { instance, fingerprint } = runner;
    assert.deepEqual(await client.ping(), { instance, fingerprint, thread: "automation" });
  });
  it("refuses who has no token, or another, and says who it is all the same", async () => {
    for (const path of ["/uptime", "/status", "/nowhere"]) {
      const answer = await fetchIt(path, { token: "wrong" });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get(instanceHeader), runner.instance);
      const body = (await answer.json()) as { code?: string; message?: string };
      assert.ok(body.code && body.message);
    }
    const none = await fetch(`http://127.0.0.1:${runner.port}/uptime`);
    assert.equal(none.status, 401);
    const shutdown = await fetchIt("/shutdown", { method: "POST", token: "wrong" });
    assert.equal(shutdown.status, 401);
    await client.uptime();
  });
  it("says who it is with every answer", async () => {
    for (const [method, path] of [
      ["GET", "/uptime"],
      ["POST", "/ping"],
      ["GET", "/nowhere"],
    ] as const) {
      const answer = await fetchIt(path, { method });
      assert.equal(answer.headers.get(instanceHeader), runner.instance);
    }
  });
  it("knows no other routes", async () => {
    for (const [method, path] of [
      ["GET", "/nowhere"],
      ["POST", "/uptime"],
      ["GET", "/ping"],
    ] as const) {
      const answer = await fetchIt(path, { method });
      assert.equal(answer.status, 404);
      assert.ok(((await answer.json()) as { code?: string }).code);
    }
  });
  it("refuses a command that is none", async () => {
    const answer = await fetchIt("/command", { method: "POST", body: "{" });
    assert.equal(answer.status, 400);
  });
  it("echoes", async () => {
    const args = { a: 1, b: [true, null, "ü 日本"], c: { d: "" } };
    assert.deepEqual(await command("echo", args), { state: "done", result: args });
  });
  it("says that it does not know a command", async () => {
    const state = await command("no-such-command");
    assert.ok(state.state === "failed");
    assert.equal(state.error.code, "unknown-command");
  });
  it("tells what became of a command, by its id", async () => {
    const id = randomUUID();
    assert.deepEqual((await client.status(id)).command, { state: "unknown" });
    await command("echo", { x: 1 }, id);
    assert.deepEqual((await client.status(id)).command, { state: "done", result: { x: 1 } });
    assert.equal((await client.status()).command, undefined);
  });
  it("answers while a command runs, and says that it does", async () => {
    const id = randomUUID();
    const waiting = command("wait", { ms: 2_000 }, id);
    await isRunning(id);
    assert.equal((await client.status(id)).state, "busy");
    await client.uptime();
    assert.equal((await waiting).state, "done");
    assert.equal((await client.status()).state, "idle");
  });
  it("never runs a command twice, whether it has ended or not", async () => {
    const id = randomUUID();
    const first = command("wait", { ms: 2_000 }, id);
    await isRunning(id);
    assert.equal((await command("wait", { ms: 2_000 }, id)).state, "running");
    await first;
    // One that ran again would take its time again.
    const again = command("wait", { ms: 2_000 }, id);
    assert.equal((await Promise.race([again, sleep(1_900)]))?.state, "done");
    assert.deepEqual(await command("echo", { n: 1 }, "same"), { state: "done", result: { n: 1 } });
    assert.deepEqual(await command("echo", { n: 2 }, "same"), { state: "done", result: { n: 1 } });
  });

  describe("and ends", () => {
    before(function () {
      if (given !== undefined) this.skip();
    });
    it("when it is told to", async () => {
      const { runner: own, ...address } = await startStandIn();
      await new RunnerClient(address).shutdown();
      await own.ended;
    });
    it("when nobody asks it anything for long", async () => {
      const { runner: own } = await startStandIn(0.2);
      await own.ended;
    });
    it("and does not take a port that another has", async () => {
      const { runner: own, port, token, instance, fingerprint } = await startStandIn();
      const variables = {
        HANGSCOPE_RUNNER_PORT: String(port),
        HANGSCOPE_RUNNER_TOKEN: token,
        HANGSCOPE_RUNNER_INSTANCE: instance,
      };
      assert.equal(await startStandInRunner(variables, fingerprint), "port-taken");
      own.close();
    });
  });
});
