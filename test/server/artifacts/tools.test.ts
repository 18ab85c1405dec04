/** The tools for evidence, asked of a server. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as z from "zod";
import { ServerClient } from "../../../src/server/client.ts";
import { type RunningServer, serve } from "../../../src/server/serve.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";
import { type ToolInput, type ToolName, type ToolOutput, tools } from "../../../src/tools/index.ts";

const silent = { debug() {}, info() {}, warn() {}, error: assert.fail };

describe("the tools for evidence", () => {
  let folder: string;
  let server: RunningServer;
  let client: ServerClient;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-artifact-tools-"));
    server = await serve({ log: silent, idleMs: 0, artifacts: file("kept") });
    client = new ServerClient(server.address);
    await writeFile(file("a-v8.log"), "v8-version,1\n");
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Holds the answer and the steps to their schemas. */
  async function call<N extends ToolName>(name: N, input: ToolInput<N>): Promise<ToolOutput<N>> {
    const { output, progress } = tools.find((tool) => tool.name === name)!;
    const fits = (schema: z.ZodType, value: unknown) =>
      assert.deepEqual(schema.parse(value), value);
    const onProgress = (step: Progress) => fits(progress, step);
    const answer = await client.call(name, input, { onProgress });
    fits(output, answer);
    return answer;
  }

  it("keep, list, give, pin and remove in the workspace's own folder", async () => {
    const log = file("a-v8.log");
    const { key, store, bytes } = await call("artifacts.put", { file: log, folder, target: "web" });
    assert.deepEqual([store, bytes], [file("kept"), 13]);
    const { artifacts } = await call("artifacts.list", { prefix: "local" });
    assert.deepEqual(
      artifacts.map((each) => [each.key, each.kind]),
      [[key, "v8log"]],
    );
    await call("artifacts.change", { action: "pin", key });
    const refused = call("artifacts.change", { action: "remove", key });
    await assert.rejects(refused, { code: "pinned" });
    await call("artifacts.get", { key, output: file("back") });
    assert.equal(await readFile(file("back"), "utf8"), "v8-version,1\n");
    await call("artifacts.change", { action: "unpin", key });
    await call("artifacts.change", { action: "remove", key });
    assert.deepEqual((await call("artifacts.list", {})).artifacts, []);
  });

  it("say what is wrong in words that a caller can act on", async () => {
    const failing: readonly (readonly [Promise<unknown>, string])[] = [
      [call("artifacts.get", { key: "../a-v8.log", output: file("x") }), "bad-key"],
      [call("artifacts.get", { key: "none", output: file("x") }), "no-such-artifact"],
      [call("artifacts.put", { file: file("none") }), "no-file"],
      [call("artifacts.put", { file: folder, kind: "v8log" }), "bad-input"],
      [call("artifacts.list", { store: "relative" }), "bad-store"],
      [call("artifacts.list", { store: "s3://x" }), "bad-store"],
      [call("artifacts.list", { store: "s3://bucket?secret=x" }), "bad-store"],
      [call("artifacts.symbolize", { which: "all", output: file("x") }), "no-such-artifact"],
    ];
    for (const [work, code] of failing) await assert.rejects(work, { code });
    const bare = await serve({ log: silent, idleMs: 0 });
    try {
      const listed = new ServerClient(bare.address).call("artifacts.list", {});
      await assert.rejects(listed, { code: "bad-input" });
    } finally {
      await bare.stop();
    }
    assert.equal((await readdir(folder)).includes("x"), false);
  });
});
