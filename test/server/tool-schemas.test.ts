/** Every tool keeps to what its definition says that it takes, tells and gives. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { columnsToJson } from "../../src/profile/columns.ts";
import type { QueryInput, QueryKind } from "../../src/profile/query.ts";
import { ServerClient } from "../../src/server/client.ts";
import { type RunningServer, serve } from "../../src/server/serve.ts";
import type { Progress } from "../../src/toolchain/progress.ts";
import { type ToolInput, type ToolName, type ToolOutput, tools } from "../../src/tools/index.ts";
import { readOnlyTools } from "../../src/tools/read-only.ts";
import type { Tool, ToolDescription } from "../../src/tools/tool.ts";
import { shopFiles } from "../host/shop.ts";

/** Each kind of question, with all that its answers may hold. */
const questions: { readonly [K in QueryKind]: QueryInput & { readonly kind: K } } = {
  summary: { kind: "summary" },
  flame: { kind: "flame", root: 3 },
  sandwich: { kind: "sandwich", func: 1 },
  functions: { kind: "functions" },
  children: { kind: "children", view: "bottom-up", path: [] },
  file: { kind: "file", path: "text.ts" },
  hottest: { kind: "hottest" },
  report: { kind: "report" },
  stacks: { kind: "stacks" },
  frames: { kind: "frames", frames: [0] },
  search: { kind: "search", text: "e" },
  timeline: { kind: "timeline", buckets: 10 },
  findings: { kind: "findings" },
};

const silent = { debug() {}, info() {}, warn() {}, error: assert.fail };

const program = `
  console.log("up");
  for (const end = Date.now() + 300; Date.now() < end; );
  process.exitCode = 3;`;

it("the tools that may be repeated are known without loading them", () => {
  const found = tools.filter(({ readOnly }) => readOnly).map(({ name }) => name);
  assert.deepEqual(found.sort(), [...readOnlyTools].sort());
});

describe("the schemas of the tools", () => {
  let folder: string;
  let server: RunningServer;
  let client: ServerClient;
  let ended: Promise<unknown>;
  const file = (name: string) => join(folder, name);
  const named = (name: string) => tools.find((tool) => tool.name === name) as unknown as Tool;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-schemas-"));
    for (const [path, content] of shopFiles(pathToFileURL(folder).href)) {
      await mkdir(dirname(file(path)), { recursive: true });
      await writeFile(file(path), content);
    }
    await writeFile(file("app.cjs"), program);
    server = await serve({ log: silent, idleMs: 0 });
    client = new ServerClient(server.address);
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Nothing of it is left out by its schema, and nothing contradicts it. */
  function fits(schema: z.ZodType, value: unknown): void {
    const parsed = schema.safeParse(value);
    assert.ok(parsed.success, parsed.error && z.prettifyError(parsed.error));
    assert.deepEqual(parsed.data, value);
  }

  async function call<N extends ToolName>(name: N, input: ToolInput<N>): Promise<ToolOutput<N>> {
    const steps: Progress[] = [];
    const result = await client.call(name, input, { onProgress: (step) => steps.push(step) });
    fits(named(name).output, result);
    for (const step of steps) fits(named(name).progress, step);
    return result;
  }

  async function capture(): Promise<ToolOutput<"v8.stop">> {
    const directory = file("captures");
    ended = (async () => {
      for await (const { kind } of client.events(AbortSignal.timeout(20_000))) {
        if (kind === "capture-ended") return;
      }
    })();
    const { sessionId } = await call("v8.start", {
      target: { kind: "command", argv: ["node", "app.cjs"], cwd: folder },
      directory,
    });
    await ended;
    return call("v8.stop", { sessionId });
  }

  it("hold of a capture, and of what is made of it", async () => {
    const { profiles, exitCode, output } = await capture();
    assert.deepEqual([profiles.length, exitCode, output], [1, 3, "up\n"]);
    const [{ path: log } = { path: "" }] = profiles;
    await call("v8.symbolize", { log, output: file("out.cpuprofile") });
    const { profileId } = await call("profile.open", { path: log });
    await call("profile.query", { profileId, query: questions.summary });
  });

  it("hold of a capture that its caller runs", async () => {
    const target = { kind: "command", argv: ["node", "app.cjs"], cwd: folder, launch: "caller" };
    const input = { target, directory: file("captures") } as ToolInput<"v8.start">;
    const { sessionId, argv, node } = await call("v8.start", input);
    assert.ok(argv.length > 1 && node);
    const { warnings } = await call("v8.stop", { sessionId });
    assert.equal(warnings.length, 1);
  });

  for (const query of Object.values(questions)) {
    it(`hold of an answer about ${query.kind}`, async () => {
      const { profileId } = await call("profile.open", { path: file("shop.cpuprofile") });
      const asked = query.kind === "file" ? { ...query, path: file("text.ts") } : query;
      const answer = await call("profile.query", { profileId, query: asked });
      assert.equal(answer.kind, query.kind);
    });
  }

  it("fail what is not as they say", async () => {
    const { profileId } = await call("profile.open", { path: file("shop.cpuprofile") });
    const answer = await call("profile.query", { profileId, query: questions.summary });
    const { output } = named("profile.query");
    assert.throws(() => fits(output, { ...answer, total: "1" }));
    assert.throws(() => fits(output, { ...answer, more: 1 }));
    assert.throws(() => fits(output, { kind: "summary" }));
    // What is binary in frames is no list there.
    const flame = await call("profile.query", { profileId, query: questions.flame });
    assert.throws(() => fits(output, columnsToJson(flame)));
  });

  it("are told to whoever lists the tools", async () => {
    const listed: readonly ToolDescription[] = await client.tools();
    for (const { name, input, output, progress } of listed) {
      const isObject = output.type === "object" || output.anyOf?.every(({ type }) => type);
      assert.ok(isObject, name);
      assert.deepEqual([input.type, progress.type], ["object", "object"], name);
    }
    const query = JSON.stringify(listed.find(({ name }) => name === "profile.query")?.output);
    assert.match(
      query,
      /"type":"array","items":\{"type":"number"\},"description":"Binary in frames/,
    );
    const outputs = listed.map(({ output }) => JSON.stringify(output)).join();
    assert.doesNotMatch(outputs, /readOnly|9007199254740991/);
  });

  /** What the tests below look into. */
  interface Said {
    readonly isError: boolean;
    readonly profileId?: string;
    readonly kind?: string;
    readonly sessionId?: string;
    readonly profiles?: readonly unknown[];
    readonly code?: string;
    readonly jobId?: string;
    readonly jobs?: readonly { readonly jobId: string }[];
  }

  describe("of agents", () => {
    const agents: Client[] = [];
    after(() => Promise.all(agents.map((agent) => agent.close())));

    /** From its start it holds every answer to the schemas that it was told. */
    async function connect({ address }: RunningServer) {
      const agent = new Client({ name: "test", version: "1.0.0" });
      agents.push(agent);
      const url = new URL(`http://127.0.0.1:${address.port}/mcp`);
      const requestInit = { headers: { authorization: `Bearer ${address.token}` } };
      await agent.connect(new StreamableHTTPClientTransport(url, { requestInit }) as Transport);
      for (const { name, outputSchema } of (await agent.listTools()).tools) {
        assert.equal(outputSchema?.type, "object", name);
      }
      return async (name: string, input: object): Promise<Said> => {
        const answer = (await agent.callTool({
          name,
          arguments: { ...input },
        })) as CallToolResult;
        return { isError: answer.isError ?? false, ...answer.structuredContent };
      };
    }
    const startInput = () => ({
      target: { kind: "command", argv: ["node", "app.cjs"], cwd: folder, launch: "caller" },
      directory: file("captures"),
    });

    it("hold of answers and of errors", async () => {
      const ask = await connect(server);
      const { profileId } = await ask("profile.open", { path: file("shop.cpuprofile") });
      for (const query of Object.values(questions)) {
        assert.equal((await ask("profile.query", { profileId, query })).kind, query.kind);
      }
      const { sessionId } = await ask("v8.start", startInput());
      assert.equal((await ask("v8.stop", { sessionId })).profiles?.length, 0);
      const missing = await ask("profile.open", { path: "/nowhere" });
      assert.deepEqual([missing.isError, missing.code], [true, "no-file"]);
      const wrong = await ask("profile.query", { profileId });
      assert.deepEqual([wrong.isError, wrong.code], [true, "bad-input"]);
    });

    it("hold of a call that still runs, and of its job", async () => {
      const impatient = await serve({ log: silent, idleMs: 0, mcpAnswerMs: 1 });
      try {
        const ask = await connect(impatient);
        const { jobId } = await ask("v8.start", startInput());
        assert.equal(typeof jobId, "string");
        const { jobs } = await ask("jobs.list", {});
        assert.equal(jobs?.[0]?.jobId, jobId);
        const { sessionId } = await ask("jobs.wait", { jobId, waitMs: 20_000 });
        assert.equal(typeof sessionId, "string");
      } finally {
        await impatient.stop();
      }
    });
  });
});
