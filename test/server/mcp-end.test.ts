/** How `hangscope mcp` ends: by its input's end or a signal, whatever is under way. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mcpCommand } from "../../src/cli/mcp-command.ts";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { stopProcess } from "../support/stop-process.ts";
import { StdioAgent } from "./support/stdio-agent.ts";
import { isRunning, serverScript, type TestWorkspace, testWorkspace } from "./support/workspace.ts";

/** Less than what it would wait for an answer. */
const promptMs = 4_000;

describe("the end of MCP over standard input and output", () => {
  let workspace: TestWorkspace;
  let silent: Server;
  const agents: StdioAgent[] = [];

  beforeEach(async () => {
    workspace = await testWorkspace();
    silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.kill();
    silent.close();
    await workspace.dispose();
  });

  function start(): StdioAgent {
    const agent = new StdioAgent(workspace.path);
    agents.push(agent);
    return agent;
  }

  /** With a call under way that takes its time. */
  async function startBusy(): Promise<StdioAgent> {
    const agent = start();
    await agent.initialize();
    const { port } = silent.address() as AddressInfo;
    void agent.call("v8.start", {
      target: { kind: "inspector", address: `ws://127.0.0.1:${port}/silent` },
      directory: join(workspace.path, "captures"),
    });
    await once(silent, "connection");
    return agent;
  }

  const promptly = <T>(ended: Promise<T>) => Promise.race([ended, sleep(promptMs, "late")]);

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`is at once by ${signal}, with nothing to do`, async () => {
      const agent = start();
      await agent.initialize();
      assert.equal(await promptly(agent.interrupt(signal)), code);
      assert.deepEqual([agent.strays, agent.errorText], [[], ""]);
      assert.ok(await isRunning(await workspace.recorded()), "the server is not the agent's alone");
    });

    it(`is at once by ${signal}, in the middle of a call`, async () => {
      const agent = await startBusy();
      assert.equal(await promptly(agent.interrupt(signal)), code);
      assert.deepEqual([agent.strays, agent.errorText], [[], ""]);
    });
  }

  it("is at once by a signal while it waits for a server that does not answer", async () => {
    await ensureServer({ serverScript, workspace: workspace.path });
    const { pid } = (await workspace.recorded()).process;
    await stopProcess(pid);
    const agent = start();
    void agent.initialize();
    await sleep(1_500);
    assert.equal(await promptly(agent.interrupt("SIGTERM")), 143);
    assert.deepEqual([agent.strays, agent.errorText], [[], ""]);
  });

  it("is at once by a signal when the agent has stopped reading", async () => {
    const agent = start();
    await agent.initialize();
    agent.stopReading();
    // More than a pipe holds.
    for (let i = 0; i < 40; i++) void agent.ask("tools/list");
    await sleep(1_000);
    assert.equal(await promptly(agent.interrupt("SIGTERM")), 143);
  });

  it("is that of its input, and starts no server when nothing was asked", async () => {
    const agent = start();
    assert.equal(await agent.end(), 0);
    assert.deepEqual([agent.strays, agent.errorText], [[], ""]);
    await assert.rejects(workspace.recorded(), /No server is recorded/);
  });

  it("is the agent's own, with nobody left to answer", async () => {
    const agent = start();
    await agent.initialize();
    void agent.ask("tools/list");
    assert.equal(await agent.abandon(), 0);
    assert.equal(agent.errorText, "");
  });

  it("is before its beginning when it was cancelled by then", async () => {
    const reason = new Error("cancelled before");
    await assert.rejects(mcpCommand(workspace.path, AbortSignal.abort(reason)), reason);
    await assert.rejects(workspace.recorded(), /No server is recorded/);
  });
});
