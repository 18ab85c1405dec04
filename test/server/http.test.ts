import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { ConnectionError, ServerClient } from "../../src/server/client.ts";
import { framesType } from "../../src/server/headers.ts";
import type { ToolClient } from "../../src/server/protocol.ts";
import { type RunningServer, serve } from "../../src/server/serve.ts";
import type { Progress } from "../../src/toolchain/progress.ts";
import { defineTool, type Tool, ToolError } from "../../src/tools/tool.ts";

let started = 0;
let cancelled = 0;

/** A tool for each thing that a call can do. */
const testTools = [
  defineTool({
    name: "test.columns",
    title: "",
    description: "",
    input: z.object({ count: z.number().int().max(1_000_000) }),
    output: z.object({ rows: z.instanceof(Float64Array), text: z.string() }),
    readOnly: true,
    run: async ({ count }, { onProgress }) => {
      onProgress?.({ message: "Counting", done: 1, total: count });
      return { rows: Float64Array.from({ length: count }, (_, i) => i), text: "é" };
    },
  }),
  defineTool({
    name: "test.slow",
    title: "",
    description: "",
    input: z.object({ ms: z.number() }),
    output: z.object({ started: z.number() }),
    readOnly: false,
    run: async ({ ms }, { signal }) => {
      started++;
      try {
        await sleep(ms, undefined, { ...(signal && { signal }) });
      } catch (error) {
        cancelled++;
        throw error;
      }
      return { started };
    },
  }),
  defineTool({
    name: "test.fail",
    title: "",
    description: "",
    input: z.object({ how: z.enum(["caller", "us"]) }),
    output: z.never(),
    readOnly: true,
    run: async ({ how }) => {
      if (how === "caller") throw new ToolError("try-this", "Try this.");
      throw new TypeError("defect");
    },
  }),
];

describe("server", () => {
  let server: RunningServer;
  let client: ServerClient;
  const log: string[] = [];
  const write = (line: string) => void log.push(line);

  before(async () => {
    const tools = testTools as unknown as readonly Tool[];
    server = await serve({
      log: { debug: write, info: write, warn: write, error: write },
      idleMs: 0,
      tools,
    });
    client = new ServerClient(server.address);
  });
  after(() => server.stop());

  /** Calls a test tool, whose name the real client's types do not know. */
  function call(name: string, input: unknown, task?: Parameters<ToolClient["call"]>[2]) {
    return client.call(name as "profile.open", input as { path: string }, task) as Promise<unknown>;
  }

  function post(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
    return fetch(`http://127.0.0.1:${server.address.port}${path}`, {
      method: "POST",
      body: '{"input":{"count":3}}',
      ...init,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${server.address.token}`,
        ...init.headers,
      },
    });
  }

  it("gives columns as they are to our client, and progress on the way", async () => {
    const progress: Progress[] = [];
    const answer = await call(
      "test.columns",
      { count: 100_000 },
      {
        onProgress: (step) => progress.push(step),
      },
    );
    const rows = Float64Array.from({ length: 100_000 }, (_, i) => i);
    assert.deepEqual(answer, { rows, text: "é" });
    assert.deepEqual(progress, [{ message: "Counting", done: 1, total: 100_000 }]);
  });

  it("gives plain JSON to everyone else", async () => {
    const response = await post("/tools/test.columns");
    assert.deepEqual(await response.json(), { rows: [0, 1, 2], text: "é" });
  });

  it("gives lines of JSON to who asks for them: progress, then the result or the error", async () => {
    const headers = { accept: "application/x-ndjson" };
    const lines = async (response: Response) =>
      (await response.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    assert.deepEqual(await lines(await post("/tools/test.columns", { headers })), [
      { progress: { message: "Counting", done: 1, total: 3 } },
      { result: { rows: [0, 1, 2], text: "é" } },
    ]);
    const body = '{"input":{"how":"caller"}}';
    assert.deepEqual(await lines(await post("/tools/test.fail", { headers, body })), [
      { error: { code: "try-this", message: "Try this." } },
    ]);
  });

  it("refuses a caller without the token, from elsewhere or from a web page", async () => {
    const refused = async (headers: Record<string, string>) =>
      (await post("/tools/test.columns", { headers })).status;
    assert.equal(await refused({ authorization: "" }), 401);
    assert.equal(await refused({ authorization: `Bearer ${server.address.token}x` }), 401);
    assert.equal(await refused({ authorization: `Basic ${server.address.token}` }), 401);
    assert.equal(await refused({ origin: "https://example.com" }), 403);
    assert.equal(await refused({ origin: `http://127.0.0.1:${server.address.port}` }), 403);
    assert.equal(await refused({}), 200);
  });

  it("answers no name but the loopback's own", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const { port, token } = server.address;
      request(
        {
          host: "127.0.0.1",
          port,
          path: "/jobs",
          headers: { host: "evil.example", authorization: `Bearer ${token}` },
        },
        (response) => resolve(response.resume().statusCode),
      ).end();
    });
    assert.equal(status, 403);
  });

  it("names what is wrong with an input", async () => {
    await assert.rejects(call("test.columns", { count: "many" }), {
      name: "ToolError",
      code: "bad-input",
      message: /count/,
    });
    assert.equal((await post("/tools/test.columns", { body: "{" })).status, 400);
    assert.equal((await post("/tools/none")).status, 404);
    const huge = JSON.stringify({ input: { count: 1 }, pad: "x".repeat(9 * 1024 * 1024) });
    assert.equal((await post("/tools/test.columns", { body: huge })).status, 413);
  });

  it("tells a caller's fault in full and logs ours under an id", async () => {
    await assert.rejects(call("test.fail", { how: "caller" }), {
      code: "try-this",
      message: "Try this.",
    });
    await assert.rejects(call("test.fail", { how: "us" }), (error: ToolError) => {
      assert.equal(error.code, "internal");
      const id = /under ([\w-]+)/.exec(error.message)?.[1];
      assert.ok(log.some((line) => line.startsWith(id!) && line.includes("TypeError: defect")));
      return true;
    });
  });

  it("never starts a request id twice, running or finished", async () => {
    const before = started;
    const once = () =>
      post("/tools/test.slow", {
        body: '{"input":{"ms":200}}',
        headers: { "x-request-id": "same", accept: framesType },
      });
    const answers = await Promise.all([once(), once()]);
    answers.push(await once());
    const bodies = await Promise.all(answers.map((answer) => answer.bytes()));
    assert.equal(started, before + 1);
    assert.deepEqual(bodies[1], bodies[0]);
    assert.deepEqual(bodies[2], bodies[0]);
  });

  it("cancels a job when its caller aborts", async () => {
    const before = cancelled;
    const abort = new AbortController();
    const slow = call("test.slow", { ms: 60_000 }, { signal: abort.signal });
    await sleep(100);
    abort.abort();
    await assert.rejects(slow, { name: "AbortError" });
    while (cancelled === before) await sleep(10);
  });

  it("lets a job go on that changes something when only the connection broke", async () => {
    const before = cancelled;
    const abort = new AbortController();
    const broken = post("/tools/test.slow", {
      body: '{"input":{"ms":400}}',
      headers: { "x-request-id": "broken" },
      signal: abort.signal,
    });
    await sleep(100);
    abort.abort();
    await assert.rejects(broken);
    const joined = await post("/tools/test.slow", {
      body: '{"input":{"ms":400}}',
      headers: { "x-request-id": "broken" },
    });
    assert.equal(joined.status, 200);
    assert.equal(cancelled, before);
  });

  it("says that it is busy, and with what, while its main loop is blocked", async () => {
    // A child of its own: here the client would be blocked with the server.
    const { fork } = await import("node:child_process");
    const child = fork(new URL("./support/blocking-server.ts", import.meta.url));
    const address = await new Promise<RunningServer["address"]>((resolve) =>
      child.once("message", (message) => resolve(message as RunningServer["address"])),
    );
    const other = new ServerClient(address);
    const blocked = other.call("test.block" as "profile.open", { ms: 2_000 } as never);
    await sleep(1_200);
    const health = await other.health(300);
    assert.ok(health.silentMs > 700, `silent for ${health.silentMs} ms`);
    assert.deepEqual(
      health.jobs.map(({ tool }) => tool),
      ["test.block"],
    );
    await blocked;
    await sleep(250);
    assert.ok((await other.health()).silentMs < 700);
    child.kill();
  });

  it("does not take another server for its own", async () => {
    const stranger = new ServerClient({ ...server.address, instanceId: "another-instance-id" });
    await assert.rejects(stranger.health(), ConnectionError);
  });
});
