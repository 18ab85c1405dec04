/** The runner's tools as their callers meet them: over the server, in a terminal, and as agents. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { ServerClient } from "../../../src/server/client.ts";
import type { ServerEvent } from "../../../src/server/protocol.ts";
import { type RunningServer, serve } from "../../../src/server/serve.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";
import { type ToolInput, type ToolName, type ToolOutput, tools } from "../../../src/tools/index.ts";
import { Place } from "../../unit/cli/program.ts";
import { S3Lab } from "../artifacts/support/s3-lab.ts";
import { type RunnerLab, runnerLab, scheme } from "./support/runner-lab.ts";

const silent = { debug() {}, info() {}, warn() {}, error: assert.fail };

describe("the runner's tools", function () {
  this.timeout(60_000);
  let lab: RunnerLab;

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  afterEach(() => lab.dispose());

  describe("over the server", () => {
    let server: RunningServer;
    let client: ServerClient;
    const before = { ...process.env };

    beforeEach(async () => {
      lab = runnerLab();
      Object.assign(process.env, lab.tools.env, lab.baseEnv);
      server = await serve({ log: silent, idleMs: 0 });
      client = new ServerClient(server.address);
    });
    afterEach(async () => {
      await server.stop();
      for (const name of Object.keys(process.env)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      assert.deepEqual(lab.tools.live(), [], "a server that has left leaves no runner");
      assert.deepEqual(lab.leftovers(), []);
    });

    /** Nothing of an answer is left out by its schema, and nothing contradicts it. */
    async function call<N extends ToolName>(
      name: N,
      input: ToolInput<N>,
      onProgress: (progress: Progress) => void = () => {},
    ): Promise<ToolOutput<N>> {
      const result = await client.call(name, input, { onProgress });
      const { output } = tools.find((tool) => tool.name === name)!;
      const parsed = (output as z.ZodType).safeParse(result);
      assert.ok(parsed.success, parsed.error && z.prettifyError(parsed.error));
      assert.deepEqual(parsed.data, result);
      return result;
    }
    const asked = () => ({ platform: "ios", project: lab.project, scheme }) as const;

    it("keep to what they say, from the first to the last", async () => {
      const warm = await call("runner.prewarm", asked());
      assert.deepEqual(warm.warmed, ["toolchain", "sources"]);
      const steps: Progress[] = [];
      const prepared = await call("runner.prepare", asked(), (step) => steps.push(step));
      assert.ok(prepared.ok);
      assert.ok(steps.every(({ unit, total }) => unit === "ms" && total === 900_000));
      assert.ok(steps.some(({ message }) => message.startsWith("Building the runner")));
      const echo = await call("runner.run", { name: "echo", arguments: { a: [1] }, id: "e" });
      assert.deepEqual(echo, { ok: true, id: "e", result: { a: [1] }, replayed: false });
      const { runners } = await call("runner.status", { command: "e" });
      assert.deepEqual(
        runners.map(({ state, command }) => [state, command?.state]),
        [["ready", "done"]],
      );
      const { entries } = await call("runner.cache", { action: "list" });
      assert.equal(entries[0]!.metadata?.platform, "ios");
      const kept = await call("runner.cache", { action: "clean" });
      assert.deepEqual(kept.removed, [], "it is in use");
      await call("runner.stop", {});
      const file = join(lab.home, "entry.tar.zst");
      assert.equal((await call("runner.cache", { action: "export", file })).moved, prepared.key);
      assert.deepEqual((await call("runner.cache", { action: "clean" })).removed, [prepared.key]);
      assert.equal((await call("runner.cache", { action: "import", file })).moved, prepared.key);
      const again = await call("runner.prepare", { ...asked(), verify: true });
      assert.ok(again.ok && again.artifact === "restored");
    });

    it("remove one entry, which has to be one of the cache's and in nobody's use", async () => {
      const prepared = await call("runner.prepare", asked());
      assert.ok(prepared.ok);
      const remove = (key?: string) =>
        call("runner.cache", { action: "remove", ...(key !== undefined && { key }) });
      await assert.rejects(remove(prepared.key), { code: "in-use" });
      await call("runner.stop", {});
      await assert.rejects(remove(), { code: "bad-input" });
      for (const key of ["f".repeat(64), "../entries", `../entries/${prepared.key}`, ""]) {
        await assert.rejects(remove(key), { code: "no-such-entry" });
      }
      const { entries } = await call("runner.cache", { action: "list" });
      assert.deepEqual(readdirSync(entries[0]!.folder).sort(), [
        "files.json",
        "manifest.json",
        "products",
      ]);
      const { removed, entries: left } = await remove(prepared.key);
      assert.deepEqual([removed, left], [[prepared.key], []]);
    });

    /** What the server says by itself of a preparation with this id. */
    async function eventsOf(prepareId: string) {
      const events: ServerEvent[] = [];
      const listening = new AbortController();
      const heard = (async () => {
        try {
          for await (const event of client.events(listening.signal)) events.push(event);
        } catch {
          // It is over.
        }
      })();
      await client.tools();
      const result = await call("runner.prepare", { ...asked(), prepareId });
      assert.ok(!result.ok);
      listening.abort();
      await heard;
      return events.filter((event) => "prepareId" in event && event.prepareId === prepareId);
    }

    it("say of the compiler's lines and diagnostics as they come, to who asked for it", async () => {
      lab.change({
        build: { outcome: "fails", lines: ["Sources/Main.swift:1:2: error: no"] },
      });
      const kinds = new Set((await eventsOf("p1")).map(({ kind }) => kind));
      assert.deepEqual([...kinds].sort(), ["runner-diagnostics", "runner-lines", "runner-state"]);
    });

    it("say a thousand diagnostics a few times, not each time one is added", async () => {
      const lines = Array.from({ length: 1_000 }, (_, i) => `/p/F.swift:${i + 1}:1: error: no`);
      lab.change({ build: { outcome: "fails", lines } });
      const counts = (await eventsOf("p2")).flatMap((event) =>
        event.kind === "runner-diagnostics" ? [event.diagnostics.length] : [],
      );
      assert.equal(counts.at(-1), 1_000);
      assert.ok(counts.length < 200, `${counts.length}`);
    });

    it("answer what went wrong as an answer, and what was asked wrongly as an error", async () => {
      const result = await call("runner.prepare", { ...asked(), scheme: "Nope" });
      assert.ok(!result.ok);
      assert.match(result.failure.message, /does not contain a scheme named "Nope"/);
      await assert.rejects(call("runner.run", { name: "echo" }), { code: "not-prepared" });
      await assert.rejects(call("runner.cache", { action: "export" }), { code: "bad-input" });
      await assert.rejects(call("runner.prepare", { platform: "watchos" as "ios" }), {
        code: "bad-input",
      });
    });

    it("are cancelled with their job", async () => {
      lab.change({ build: { outcome: "hangs" } });
      const abort = new AbortController();
      const preparing = client.call("runner.prepare", asked(), {
        signal: abort.signal,
        onProgress: ({ message }) => message.includes("Compile") && abort.abort(),
      });
      await assert.rejects(preparing, { name: "AbortError" });
      while ((await client.health()).jobs.length > 0);
      assert.deepEqual(lab.tools.live(), []);
    });

    it("serve agents", async () => {
      const agent = new Client({ name: "test", version: "1.0.0" });
      const url = new URL(`http://127.0.0.1:${server.address.port}/mcp`);
      const requestInit = { headers: { authorization: `Bearer ${server.address.token}` } };
      await agent.connect(new StreamableHTTPClientTransport(url, { requestInit }) as Transport);
      try {
        const ask = async (name: string, input: object) =>
          ((await agent.callTool({ name, arguments: { ...input } })) as CallToolResult)
            .structuredContent as Record<string, unknown>;
        assert.equal((await ask("runner.prepare", asked()))["ok"], true);
        assert.equal((await ask("runner.run", { name: "echo" }))["ok"], true);
        assert.equal(((await ask("runner.stop", {}))["runners"] as unknown[]).length, 1);
      } finally {
        await agent.close();
      }
    });
  });

  describe("in a terminal", () => {
    let place: Place;
    beforeEach(async () => {
      lab = runnerLab();
      place = await Place.make();
    });
    afterEach(() => place.remove());
    const run = (...args: string[]) => place.run(["runner", ...args], lab.tools.env);
    const own = () => ["--project", lab.project, "--scheme", scheme];

    it("take a runner from one machine's cache to another's through a bucket", async () => {
      const bucket = await S3Lab.start();
      try {
        const from = ["--cache-dir", join(lab.home, "here")];
        const to = ["--cache-dir", join(lab.home, "there")];
        const s3 = bucket.place("runners");
        const prepare = ["prepare", "--platform", "ios", ...own(), "--timeout", "60000", "--json"];
        assert.equal((await run(...prepare, ...from)).exitCode, 0);
        assert.equal((await run("stop")).exitCode, 0);
        const none = await run("cache", "import", s3, ...to);
        assert.deepEqual([none.exitCode, none.stdout], [1, ""]);
        assert.match(none.stderr, /There is no runner in s3:/);
        const sent = await run("cache", "export", s3, ...from);
        assert.match(sent.stdout, /^Exported [0-9a-f]{12} to s3:\/\//);
        assert.match((await run("cache", "import", s3, ...to)).stdout, /^Imported [0-9a-f]{12}\.$/);
        const restored = JSON.parse((await run(...prepare, ...to)).stdout) as { artifact: string };
        assert.equal(restored.artifact, "restored");
        assert.equal((await run("stop")).exitCode, 0);
      } finally {
        await bucket.stop();
      }
    });

    it("are one gate for a build: 0 and ok, or 1 and why", async () => {
      const cacheDir = join(lab.home, "ci-cache");
      const prepare = ["prepare", "--platform", "ios", ...own(), "--timeout", "60000", "--json"];
      const built = await run(...prepare, "--cache-dir", cacheDir);
      const result = JSON.parse(built.stdout) as { ok: boolean; cache: string; artifact: string };
      assert.deepEqual([built.exitCode, result.ok, result.artifact], [0, true, "built"]);
      assert.equal(readdirSync(join(cacheDir, "entries")).length, 1);
      assert.equal((await run("status", "--json")).exitCode, 0);
      const echo = await run("run", "echo", '{"from":"ci"}');
      assert.deepEqual([echo.exitCode, echo.stdout], [0, '{"from":"ci"}']);
      const kept = await run("cache", "clean", "--cache-dir", cacheDir);
      assert.match(kept.stdout, /^Removed 0 cached runners\..*\nIn use: [0-9a-f]{12} /);
      assert.equal((await run("stop")).stdout, "Stopped: iPhone 17 Pro.");
      assert.equal((await run("stop")).stdout, "There was no runner.");
      assert.equal((await run("status")).exitCode, 1);
      const list = await run("cache", "list", "--cache-dir", cacheDir);
      assert.match(
        list.stdout,
        /^[0-9a-f]{12} +5 kB {2}ios-simulator, Xcode 26\.3 {2}built [\d-]+, used now\n1 cached runner, 5 kB\.$/,
      );
      const file = join(lab.home, "entry.tar.gz");
      const start = list.stdout.slice(0, 12);
      const exporting = ["cache", "export", file, "--cache-dir", cacheDir, "--key"];
      assert.match((await run(...exporting, "nope")).stderr, /There is no usable entry nope/);
      assert.equal((await run(...exporting, start)).stdout, `Exported ${start} to ${file}.`);
      const other = join(lab.home, "other-machine");
      mkdirSync(other);
      assert.equal((await run("cache", "import", file, "--cache-dir", other)).exitCode, 0);
      const restored = await run(...prepare, "--cache-dir", other, "--verify");
      assert.equal((JSON.parse(restored.stdout) as { artifact: string }).artifact, "restored");
      await run("stop");
      assert.match(
        (await run("cache", "clean", "--cache-dir", other)).stdout,
        /Removed 1 cached runner\. Left: nothing\./,
      );
      const removing = ["cache", "remove", "--cache-dir", cacheDir];
      assert.match((await run(...removing, "nope")).stderr, /There is no such entry/);
      const removed = await run(...removing, start);
      assert.match(removed.stdout, /^Removed 1 cached runner\. Left: nothing\./);

      lab.change({ build: { outcome: "fails", lines: ["Sources/Main.swift:3:9: error: no x"] } });
      const failed = await run(...prepare, "--clean");
      const why = JSON.parse(failed.stdout) as { ok: boolean; failure: { code: string } };
      assert.deepEqual([failed.exitCode, why.ok, why.failure.code], [1, false, "build-failed"]);
      const said = await run("prepare", "--platform", "ios", ...own());
      assert.equal(said.exitCode, 1);
      assert.match(said.stderr, /Sources\/Main\.swift:3:9: error: no x/);
      assert.match(said.stderr, /The build failed: Main\.swift:3: no x \(in: build\)/);
    });

    it("say what is wrong with how they are asked", async () => {
      const wrong = [
        ["prepare"],
        ["prepare", "--platform", "watchos"],
        ["prepare", "--platform", "ios", "--timeout", "soon"],
        ["prepare", "--platform", "ios", "--setting", "novalue"],
        ["run", "echo", "[1]"],
        ["cache", "prune", "--max-size", "big"],
        ["fly"],
      ];
      const ended = await Promise.all(wrong.map((args) => run(...args)));
      for (const [i, { exitCode, stderr }] of ended.entries()) {
        assert.equal(exitCode, 2, wrong[i]!.join(" "));
        assert.notEqual(stderr, "");
      }
      const none = await run("run", "echo");
      assert.deepEqual(
        [none.exitCode, none.stderr],
        [1, "hangscope: There is no such runner: prepare it first."],
      );
      const missing = await run("cache", "import", "/nope.tar.gz");
      assert.equal(missing.exitCode, 1);
      assert.match(missing.stderr, /^hangscope: \/nope\.tar\.gz cannot be read: /);
    });
  });
});
