/** The runner's tools over runners that are not this machine's: a farm's, which only run commands. */
import assert from "node:assert/strict";
import type {
  CommandAnswer,
  CommandInput,
  RunnerService,
  RunnerState,
} from "../../../src/runner/provider.ts";
import { RunnerError } from "../../../src/runner/runner-error.ts";
import { ServerClient } from "../../../src/server/client.ts";
import { type RunningServer, serve } from "../../../src/server/serve.ts";

const silent = { debug() {}, info() {}, warn() {}, error: assert.fail };

const theirs: RunnerState = {
  device: "rack-7",
  name: "iPhone of the farm",
  platform: "ios",
  state: "ready",
  key: "k",
  instance: "i",
  port: 1,
  pid: 1,
  startedAt: "2026-01-01T00:00:00Z",
};

class Farm implements RunnerService {
  readonly ran: string[] = [];
  isDisposed = false;

  async runCommand({ name, id = "c", arguments: args }: CommandInput): Promise<CommandAnswer> {
    if (name === "tap") throw new RunnerError("command-lost", "environment", "The rack is dark.");
    this.ran.push(name);
    return { ok: true, id, result: args, replayed: false };
  }
  async status() {
    return { runners: [theirs] };
  }
  async stop() {
    return { runners: [] };
  }
  async listCache() {
    return [];
  }
  async pruneCache() {
    return [];
  }
  async removeEntry() {
    return false;
  }
  exportEntry(): Promise<void> {
    throw new RunnerError("no-entry", "caller", "There is no cache.");
  }
  importEntry(): Promise<string> {
    throw new RunnerError("no-entry", "caller", "There is no cache.");
  }
  async dispose() {
    this.isDisposed = true;
  }
}

describe("runners of another provider", () => {
  let farm: Farm;
  let server: RunningServer;
  let client: ServerClient;

  beforeEach(async () => {
    farm = new Farm();
    server = await serve({ log: silent, idleMs: 0, runners: farm });
    client = new ServerClient(server.address);
  });
  afterEach(async () => {
    await server.stop();
    assert.ok(farm.isDisposed);
  });

  it("take commands, without ever being prepared", async () => {
    const answer = await client.call("runner.run", { name: "echo", arguments: { a: 1 }, id: "x" });
    assert.deepEqual(answer, { ok: true, id: "x", result: { a: 1 }, replayed: false });
    assert.deepEqual(farm.ran, ["echo"]);
    assert.deepEqual(await client.call("runner.status", {}), { runners: [theirs] });
    const { entries } = await client.call("runner.cache", { action: "list" });
    assert.deepEqual(entries, []);
  });
  it("say what they cannot", async () => {
    const preparing = client.call("runner.prepare", { platform: "ios" });
    await assert.rejects(preparing, { code: "not-prepared-here" });
    const { warmed, skipped } = await client.call("runner.prewarm", { platform: "ios" });
    assert.deepEqual([warmed, skipped], [[], "There is nothing to ask ahead."]);
  });
  it("give their own reasons", async () => {
    const lost = client.call("runner.run", { name: "tap" });
    await assert.rejects(lost, { code: "command-lost", message: "The rack is dark." });
  });
});
