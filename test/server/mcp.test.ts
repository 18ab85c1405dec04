import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult, Progress } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { ServerClient } from "../../src/server/client.ts";
import { instanceHeader } from "../../src/server/headers.ts";
import { callerKey } from "../../src/server/mcp-caller.ts";
import { RisingProgress } from "../../src/server/mcp-progress.ts";
import { type RunningServer, serve } from "../../src/server/serve.ts";
import { column } from "../../src/tools/answer-parts.ts";
import { callerSchema } from "../../src/tools/caller.ts";
import { defineTool, type Tool, ToolError } from "../../src/tools/tool.ts";
import { StdioAgent } from "./support/stdio-agent.ts";
import { isRunning, serverScript, type TestWorkspace, testWorkspace } from "./support/workspace.ts";

let runs = 0;

/** A tool for each thing that a call can do. */
const testTools = [
  defineTool({
    name: "test.columns",
    title: "Columns",
    description: "Counts.",
    input: z.object({ count: z.number().int() }),
    output: z.object({ rows: column(Float64Array) }),
    readOnly: true,
    run: async ({ count }) => ({ rows: Float64Array.from({ length: count }, (_, i) => i) }),
  }),
  defineTool({
    name: "test.slow",
    title: "",
    description: "",
    input: z.object({ ms: z.number() }),
    output: z.object({ runs: z.number() }),
    // Nobody but a watcher keeps such a job when it comes over plain HTTP.
    readOnly: true,
    run: async ({ ms }, { signal, onProgress }) => {
      runs++;
      onProgress?.({ message: "Halfway", done: 1, total: 2 });
      await sleep(ms, undefined, { ...(signal && { signal }) });
      return { runs };
    },
  }),
  defineTool({
    name: "test.stages",
    title: "",
    description: "",
    input: z.object({}),
    output: z.object({}),
    readOnly: false,
    run: async (_input, { onProgress }) => {
      // What is told before anybody listens is only told in its latest form.
      await sleep(50);
      onProgress?.({ message: "Reading", done: 50, total: 100, unit: "bytes" });
      onProgress?.({ message: "Reading", done: 100, total: 100, unit: "bytes" });
      onProgress?.({ message: "Naming", done: 1, total: 4, unit: "items" });
      onProgress?.({ message: "Writing" });
      return {};
    },
  }),
  defineTool({
    name: "test.caller",
    title: "",
    description: "",
    input: z.object({}),
    output: callerSchema,
    readOnly: true,
    run: async (_input, { caller }) => caller,
  }),
  defineTool({
    name: "test.fail",
    title: "",
    description: "",
    input: z.object({ how: z.enum(["caller", "us"]), ms: z.number().default(0) }),
    output: z.never(),
    readOnly: true,
    run: async ({ how, ms }) => {
      await sleep(ms);
      if (how === "caller") throw new ToolError("try-this", "Try this.");
      throw new TypeError("defect");
    },
  }),
] as unknown as readonly Tool[];

const answerMs = 600;

describe("MCP over HTTP", () => {
  let server: RunningServer;
  let agent: Client;
  const log: string[] = [];
  const write = (line: string) => void log.push(line);

  before(async () => {
    server = await start({ mcpAnswerMs: answerMs });
    agent = await connect(server);
  });
  after(async () => {
    await agent.close();
    await server.stop();
  });

  function start(options: { mcpAnswerMs?: number } = {}): Promise<RunningServer> {
    const toLog = { debug: write, info: write, warn: write, error: write };
    return serve({ log: toLog, idleMs: 0, tools: testTools, ...options });
  }

  function post(init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const { port, token } = server.address;
    return fetch(`http://127.0.0.1:${port}/mcp`, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
      ...init,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${token}`,
        ...init.headers,
      },
    });
  }

  it("lists the tools as they are defined, and what continues a job", async () => {
    const { tools } = await agent.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      [...testTools.map(({ name }) => name), "jobs.wait", "jobs.list"],
    );
    const [columns] = tools;
    assert.equal(columns?.title, "Columns");
    assert.equal(columns?.description, "Counts.");
    assert.deepEqual(columns?.inputSchema.required, ["count"]);
    const readOnly = Object.fromEntries(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
    );
    assert.equal(readOnly["test.columns"], true);
    assert.equal(readOnly["test.stages"], false);
  });

  it("lists the real tools with schemas that clients take", async () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const real = await serve({ log, idleMs: 0 });
    const client = await connect(real);
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === "profile.query"));
    assert.ok(tools.every(({ inputSchema }) => inputSchema.type === "object"));
    await client.close();
    await real.stop();
  });

  it("answers with the same in both forms", async () => {
    const answer = await call(agent, "test.columns", { count: 3 });
    assert.deepEqual(answer.structuredContent, { rows: [0, 1, 2] });
    assert.deepEqual(JSON.parse(textOf(answer)), { rows: [0, 1, 2] });
    assert.ok(!answer.isError);
  });

  it("names its instance, as every answer does", async () => {
    const response = await post();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get(instanceHeader), server.address.instanceId);
    await response.body?.cancel();
  });

  it("tells the agent what is wrong with an input", async () => {
    const answer = await call(agent, "test.columns", { count: "many" });
    assert.ok(answer.isError);
    assert.match(textOf(answer), /^bad-input: test\.columns: .*count/s);
    await assert.rejects(call(agent, "test.none", {}), { code: -32_602 });
  });

  it("tells the agent its faults in full and logs ours under an id", async () => {
    const caller = await call(agent, "test.fail", { how: "caller" });
    assert.ok(caller.isError);
    assert.deepEqual(caller.structuredContent, { code: "try-this", message: "Try this." });
    const ours = await call(agent, "test.fail", { how: "us" });
    assert.ok(ours.isError);
    const id = /under ([\w-]+)/.exec(textOf(ours))?.[1];
    assert.ok(log.some((line) => line.startsWith(id!) && line.includes("TypeError: defect")));
  });

  it("does not flood an agent", async () => {
    const answer = await call(agent, "test.columns", { count: 100_000 });
    assert.ok(answer.isError);
    assert.match(textOf(answer), /^answer-too-long: .*589 kB.*lower limit/);
    assert.ok(JSON.stringify(answer).length < 1_000);
  });

  it("tells of progress by a number that only rises", async () => {
    const heard: Progress[] = [];
    await call(agent, "test.stages", {}, { onprogress: (step) => heard.push(step) });
    assert.deepEqual(heard, [
      { progress: 50, total: 100, message: "Reading" },
      { progress: 100, total: 100, message: "Reading" },
      { progress: 101, total: 104, message: "Naming" },
      { progress: 102, message: "Writing" },
    ]);
    const rising = new RisingProgress();
    rising.next({ message: "Reading", done: 1 });
    assert.equal(rising.next({ message: "Reading", done: 1 }), undefined);
  });

  it("runs a job with what its caller says of itself", async () => {
    const caller = { path: "/somewhere/bin" };
    const params = { name: "test.caller", arguments: {}, _meta: { [callerKey]: caller } };
    assert.deepEqual((await agent.callTool(params)).structuredContent, caller);
    const nonsense = { ...params, _meta: { [callerKey]: "nobody" } };
    assert.deepEqual((await agent.callTool(nonsense)).structuredContent, {});
  });

  it("answers a long call with its job, which jobs.wait continues", async () => {
    const before = runs;
    const answer = await call(agent, "test.slow", { ms: 3 * answerMs });
    assert.ok(!answer.isError);
    const { jobId, state, message } = answer.structuredContent!;
    assert.deepEqual({ state, message }, { state: "running", message: "Halfway" });
    assert.match(textOf(answer), new RegExp(`jobs\\.wait .*${jobId}`));
    const still = await call(agent, "jobs.wait", { jobId, waitMs: 10 });
    assert.deepEqual(still.structuredContent, { jobId, state, message });
    const done = await waitOut(agent, jobId);
    assert.deepEqual(done.structuredContent, { runs: before + 1 });
    // Its answer stays, for who did not get the last one.
    assert.deepEqual(await waitOut(agent, jobId), done);
    assert.equal(runs, before + 1);
  });

  it("gives a failure of a job to who waits for it", async () => {
    const { structuredContent } = await call(agent, "test.fail", {
      how: "caller",
      ms: 2 * answerMs,
    });
    const failed = await waitOut(agent, structuredContent!["jobId"]);
    assert.ok(failed.isError);
    assert.match(textOf(failed), /^try-this/);
  });

  it("says so when there is no such job", async () => {
    const answer = await call(agent, "jobs.wait", { jobId: "none" });
    assert.ok(answer.isError);
    assert.match(textOf(answer), /^unknown-job: .*none.*jobs\.list/);
  });

  it("keeps what a client gave up on, for the same client", async () => {
    const before = runs;
    const slow = call(agent, "test.slow", { ms: answerMs - 100 }, { timeout: 300 });
    await assert.rejects(slow, { code: -32_001 });
    // It comes back when all is over.
    await sleep(answerMs);
    const answer = await waitOut(agent, await lastJob(agent, "test.slow"));
    assert.deepEqual(answer.structuredContent, { runs: before + 1 });
    assert.equal(runs, before + 1);
  });

  it("keeps what a client left behind with its connection, for another client", async () => {
    const before = runs;
    const leaving = await connect(server);
    const slow = call(leaving, "test.slow", { ms: answerMs });
    while (runs === before) await sleep(10);
    await leaving.close();
    await assert.rejects(slow);
    const answer = await waitOut(agent, await lastJob(agent, "test.slow"));
    assert.deepEqual(answer.structuredContent, { runs: before + 1 });
    assert.equal(runs, before + 1);
  });

  it("serves a client that gives up after 5 s", async function () {
    if (!process.env["HANGSCOPE_LONG"]) return this.skip();
    this.timeout(90_000);
    const shipped = await start();
    const impatient = await connect(shipped);
    const patience = { timeout: 5_000 };
    const before = runs;
    await assert.rejects(call(impatient, "test.slow", { ms: 27_000 }, patience), { code: -32_001 });
    const jobId = await lastJob(impatient, "test.slow");
    // The other side of the same promise: a patient client hears within 20 s.
    const patient = await connect(shipped);
    const askedAt = performance.now();
    const still = await call(patient, "jobs.wait", { jobId });
    assert.equal(still.structuredContent?.["state"], "running");
    assert.ok(performance.now() - askedAt < 21_000);
    const answer = await waitOut(impatient, jobId, { waitMs: 4_000 }, patience);
    assert.deepEqual(answer.structuredContent, { runs: before + 1 });
    assert.equal(runs, before + 1);
    await Promise.all([impatient.close(), patient.close()]);
    await shipped.stop();
  });

  it("refuses a caller without the token or from a web page", async () => {
    const status = async (headers: Record<string, string>) => {
      const response = await post({ headers });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await status({ authorization: "" }), 401);
    assert.equal(await status({ authorization: `Bearer ${server.address.token}x` }), 401);
    assert.equal(await status({ origin: "https://example.com" }), 403);
    assert.equal(await status({}), 200);
  });

  it("has no sessions, and says what else is no request", async () => {
    const { address } = server;
    for (const method of ["GET", "DELETE"]) {
      const headers = { authorization: `Bearer ${address.token}`, accept: "text/event-stream" };
      const response = await fetch(`http://127.0.0.1:${address.port}/mcp`, { method, headers });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), "POST");
    }
    assert.equal((await post({ body: "{" })).status, 400);
    assert.equal((await post({ body: '{"jsonrpc":"1.0"}' })).status, 400);
  });
});

describe("MCP over standard input and output", () => {
  let workspace: TestWorkspace;
  const agents: StdioAgent[] = [];

  beforeEach(async () => {
    workspace = await testWorkspace();
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.kill();
    await workspace.dispose();
  });

  function start(env?: NodeJS.ProcessEnv): StdioAgent {
    const agent = new StdioAgent(workspace.path, env);
    agents.push(agent);
    return agent;
  }

  it("starts the workspace's server and says nothing but what it says", async () => {
    const agent = start();
    const hello = resultOf(await agent.initialize());
    assert.equal((hello["serverInfo"] as { name: string }).name, "hangscope");
    assert.equal(hello["protocolVersion"], "2025-06-18");
    agent.write("no JSON");
    const { tools } = resultOf(await agent.ask("tools/list")) as { tools: { name: string }[] };
    assert.ok(tools.some(({ name }) => name === "v8.start"));
    const answer = resultOf(await agent.call("profile.open", { path: "/nowhere" }));
    assert.match(textOf(answer as CallToolResult), /^no-file/);
    assert.equal(await agent.end(), 0);
    assert.deepEqual(agent.strays, []);
    assert.match(agent.errorText, /^hangscope: .*JSON.*\n$/);
    // Other windows may use it: it leaves by itself.
    assert.ok(await isRunning(await workspace.recorded()));
  });

  it("still answers what was asked when its input ended", async () => {
    const agent = start();
    const tools = agent.ask("tools/list");
    assert.equal(await agent.end(), 0);
    assert.ok(resultOf(await tools)["tools"]);
  });

  it("fails what was under way when the server ended, and goes on with another", async () => {
    const inspector = createServer().listen(0, "127.0.0.1");
    await once(inspector, "listening");
    const { port } = inspector.address() as AddressInfo;
    const agent = start();
    await agent.initialize();
    const attaching = agent.call("v8.start", {
      target: { kind: "inspector", address: `ws://127.0.0.1:${port}/silent` },
      directory: join(workspace.path, "captures"),
    });
    await once(inspector, "connection");
    const first = await workspace.recorded();
    process.kill(first.process.pid, "SIGKILL");
    const failed = await attaching;
    assert.ok("error" in failed);
    assert.match(failed.error.message, /ended during tools\/call.*not known/);
    assert.ok(resultOf(await agent.ask("tools/list"))["tools"]);
    const second = await workspace.recorded();
    assert.notEqual(second.server.instanceId, first.server.instanceId);
    // Leaving on its own, as it does when it is idle, is noticed before anything is sent.
    await new ServerClient(second.server).shutdown();
    while (await isRunning(second)) await sleep(20);
    assert.ok(resultOf(await agent.ask("tools/list"))["tools"]);
    assert.equal(await agent.end(), 0);
    assert.deepEqual(agent.strays, []);
    inspector.close();
  });

  it("runs what an agent starts with the agent's PATH", async () => {
    await ensureServer({ serverScript, workspace: workspace.path });
    const path = [process.env["PATH"], "/of/the/agent"].join(delimiter);
    const agent = start({ ...process.env, PATH: path });
    const answer = resultOf(
      await agent.call("v8.start", {
        target: {
          kind: "command",
          argv: [process.execPath, "-v"],
          cwd: dirname(workspace.path),
          launch: "caller",
        },
        directory: join(workspace.path, "captures"),
      }),
    ) as CallToolResult;
    const { env } = answer.structuredContent as { env: Record<string, string> };
    assert.ok(env["PATH"]?.split(delimiter).includes("/of/the/agent"), JSON.stringify(answer));
  });
});

function resultOf(answer: object): Record<string, unknown> {
  assert.ok("result" in answer, JSON.stringify(answer));
  return answer.result as Record<string, unknown>;
}

async function connect({ address }: RunningServer): Promise<Client> {
  const { port, token } = address;
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport as Transport);
  return client;
}

async function call(
  client: Client,
  name: string,
  input: Record<string, unknown>,
  options?: RequestOptions,
): Promise<CallToolResult> {
  const answer = await client.callTool({ name, arguments: input }, undefined, options);
  return answer as CallToolResult;
}

function textOf({ content }: CallToolResult): string {
  const [first] = content;
  assert.ok(first?.type === "text");
  return first.text;
}

/** Waits as an agent does that follows the advice. */
async function waitOut(
  client: Client,
  jobId: unknown,
  input: { readonly waitMs?: number } = {},
  options?: RequestOptions,
): Promise<CallToolResult> {
  for (;;) {
    const answer = await call(client, "jobs.wait", { jobId, ...input }, options);
    if (answer.structuredContent?.["state"] !== "running") return answer;
  }
}

async function lastJob(client: Client, tool: string): Promise<unknown> {
  const { structuredContent } = await call(client, "jobs.list", {});
  const { jobs } = structuredContent as { jobs: { jobId: string; tool: string }[] };
  const last = jobs.findLast((job) => job.tool === tool);
  assert.ok(last, `No job of ${tool} is listed.`);
  return last.jobId;
}
