import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { describeStatus, type ServerStatus, statusOf } from "../../../src/cli/server-status.ts";
import { renderTools } from "../../../src/cli/tools-command.ts";
import { openLog } from "../../../src/server/log-file.ts";
import type { RecordedServer } from "../../../src/server/state-file.ts";
import { identify } from "../../../src/toolchain/process-identity/identity.ts";
import { tools } from "../../../src/tools/index.ts";
import type { ToolDescription } from "../../../src/tools/tool.ts";
import { stopProcess } from "../../support/stop-process.ts";
import { Place } from "./program.ts";

describe("server commands", function () {
  this.slow(5_000);
  let place: Place;
  let log: string;

  before(async () => {
    place = await Place.make();
    // Made by the launcher on its first start, for this user alone.
    assert.equal((await place.run(["server", "start"])).exitCode, 0);
    const [state] = globSync(".home/servers/*/state.json", { cwd: place.folder });
    log = join(place.folder, state!, "..", "server.log");
    await place.run(["server", "stop"]);
  });
  after(() => place.remove());
  afterEach(() => place.run(["server", "stop"]));

  async function status(): Promise<ServerStatus> {
    return JSON.parse((await place.run(["server", "status", "--json"])).stdout) as ServerStatus;
  }

  /** Runs on; `said` waits for its output. */
  function follow(...args: string[]) {
    const child = place.start(args);
    let [stdout, stderr] = ["", ""];
    let hasEnded = false;
    void child.then(() => {
      hasEnded = true;
    });
    child.stdout?.on("data", (chunk) => (stdout += chunk));
    child.stderr?.on("data", (chunk) => (stderr += chunk));
    const said = async (pattern: RegExp) => {
      for (;;) {
        const found = pattern.exec(stdout + stderr);
        if (found) return found;
        assert.equal(hasEnded, false, stdout + stderr);
        await sleep(20);
      }
    };
    return { child, said };
  }

  describe("tools", () => {
    it("lists name, title and purpose, and starts the server for it", async () => {
      const { exitCode, stdout, stderr } = await place.run(["tools"]);
      assert.equal(exitCode, 0, stderr);
      const lines = stdout.split("\n");
      assert.equal(lines.length, tools.length);
      const columns = lines.map((line) => line.split(/ {2,}/));
      for (const [i, { name, title, description }] of tools.entries()) {
        assert.deepEqual(columns[i]!.slice(0, 2), [name, title]);
        assert.ok(columns[i]![2] && description.startsWith(columns[i]![2]));
      }
      const titleAt = lines.map((line, i) => line.indexOf(tools[i]!.title));
      assert.equal(new Set(titleAt).size, 1);
      assert.equal((await status()).managed, "autospawn");
    });

    it("gives what the server tells of them as JSON", async () => {
      const { stdout } = await place.run(["tools", "--json", "--workspace", "."]);
      const listed = JSON.parse(stdout) as ToolDescription[];
      assert.deepEqual(
        listed.map(({ name }) => name),
        tools.map(({ name }) => name),
      );
      assert.equal((listed[0]!.input as { type: string }).type, "object");
    });

    it("shows the first sentence of a description, however it is laid out", () => {
      const tool = { name: "a.b", title: "Do", description: "Reads a .log\n file. Then more." };
      assert.equal(renderTools([tool]), "a.b  Do  Reads a .log file.");
    });
  });

  describe("status", () => {
    it("says no more than that it is stopped when it is", async () => {
      const { exitCode, stdout } = await place.run(["server", "status", "--json"]);
      assert.deepEqual([exitCode, JSON.parse(stdout)], [1, { state: "stopped" }]);
    });

    it("tells everything of one that is ready", async () => {
      await place.run(["server", "start"]);
      const found = await status();
      const recorded = JSON.parse(
        await readFile(join(log, "../state.json"), "utf8"),
      ) as RecordedServer;
      const { uptimeMs, mainLoopSilentMs, ...rest } = found;
      assert.deepEqual(rest, {
        state: "ready",
        pid: recorded.process.pid,
        port: recorded.server.port,
        instanceId: recorded.server.instanceId,
        version: recorded.build.version,
        managed: "cli",
        jobs: [],
      });
      assert.ok(uptimeMs! > 0 && uptimeMs! < 60_000);
      assert.ok(mainLoopSilentMs! >= 0 && mainLoopSilentMs! < uptimeMs!);
    });

    it("tells one that does not answer from one that is gone", async function () {
      if (process.platform === "win32") this.skip();
      await place.run(["server", "start"]);
      const { pid, instanceId } = await status();
      await stopProcess(pid!);
      try {
        const { exitCode, stdout } = await place.run(["server", "status", "--json"]);
        assert.equal(exitCode, 1);
        const found = JSON.parse(stdout) as ServerStatus;
        assert.deepEqual([found.state, found.instanceId], ["unresponsive", instanceId]);
        assert.equal(found.jobs, undefined);
      } finally {
        process.kill(pid!, "SIGKILL");
      }
      while (await identify(pid!)) await sleep(20);
      assert.deepEqual(await status(), { state: "stopped" });
    });

    it("tells a busy one and what it does", () => {
      const recorded = {
        server: { port: 1, instanceId: "i" },
        process: { pid: 7 },
        build: { version: "1.2.3" },
        managed: "autospawn",
      } as RecordedServer;
      const job = { id: "1", tool: "v8.symbolize", state: "running", elapsedMs: 5_000 } as const;
      const jobs = [{ ...job, quietMs: 100, message: "Reading\u001b[2J a.log" }];
      const health = { instanceId: "i", pid: 7, uptimeMs: 9_000, silentMs: 4_200, jobs };
      const found = statusOf(recorded, { kind: "answering", client: undefined!, health });
      assert.equal(found.state, "busy");
      assert.equal(found.mainLoopSilentMs, 4_200);
      assert.deepEqual(found.jobs, jobs);
      const text = describeStatus(found);
      assert.match(text, /silent for 4\.20 s/);
      assert.match(text, /v8\.symbolize for 5\.00 s: Reading \[2J a\.log$/);
    });
  });

  describe("restart", () => {
    for (const [managed, ...start] of [
      ["autospawn", "tools"],
      ["cli", "server", "start"],
    ] as const) {
      it(`starts another one that is "${managed}" as the first one was`, async () => {
        await place.run(start);
        const first = await status();
        const { exitCode, stdout } = await place.run(["server", "restart"]);
        const second = await status();
        assert.deepEqual([exitCode, stdout], [0, `Running: process ${second.pid}.`]);
        assert.notEqual(second.instanceId, first.instanceId);
        assert.equal(await identify(first.pid!), undefined);
        assert.deepEqual([first.managed, second.managed], [managed, managed]);
      });
    }

    it("starts one where none runs", async () => {
      assert.equal((await place.run(["server", "restart"])).exitCode, 0);
      assert.equal((await status()).managed, "cli");
    });
  });

  describe("start --foreground", () => {
    it("shows the log and takes the server along when it is cancelled", async () => {
      const { child, said } = follow("server", "start", "--foreground");
      const [, pid] = (await said(/process (\d+)\. Ctrl-C stops it/))!;
      await said(/ready: pid/);
      child.kill("SIGINT");
      const { exitCode, stdout } = await child;
      assert.equal(exitCode, 130);
      // Of this run alone, to its end.
      assert.match(stdout, new RegExp(`^\\S+ info +ready: pid ${pid},`));
      assert.match(stdout, /left$/);
      assert.equal(await identify(Number(pid)), undefined);
    });

    it("leaves a server alone that ran already", async () => {
      await place.run(["server", "start"]);
      const { pid } = await status();
      const { child, said } = follow("server", "start", "--foreground");
      await said(new RegExp(`process ${pid}\\. It was running already`));
      child.kill("SIGINT");
      assert.equal((await child).exitCode, 130);
      assert.deepEqual([(await status()).state, (await status()).pid], ["ready", pid]);
    });

    it("ends when the server is stopped elsewhere", async () => {
      const { child, said } = follow("server", "start", "--foreground");
      await said(/Ctrl-C stops it/);
      await place.run(["server", "stop"]);
      const { exitCode, stdout, stderr } = await child;
      assert.equal(exitCode, 0);
      assert.match(stdout, /left$/);
      assert.match(stderr, /The server has left/);
    });

    it("fails when the server is killed", async () => {
      const { child, said } = follow("server", "start", "--foreground");
      const [, pid] = (await said(/process (\d+)\. Ctrl-C/))!;
      process.kill(Number(pid), "SIGKILL");
      const { exitCode, stderr } = await child;
      assert.equal(exitCode, 1);
      assert.match(stderr, /ended without a word/);
    });
  });

  describe("logs", () => {
    const numbers = (text: string) => [...text.matchAll(/number (\d+)/g)].map(([, n]) => Number(n));

    beforeEach(async () => {
      await rm(log, { force: true });
      await rm(`${log}.1`, { force: true });
    });

    it("prints the part that was moved away first", async () => {
      await writeFile(`${log}.1`, "number 1\nnumber 2\n");
      await writeFile(log, "number 3\n");
      const { exitCode, stdout } = await place.run(["server", "logs"]);
      assert.deepEqual([exitCode, stdout], [0, "number 1\nnumber 2\nnumber 3"]);
    });

    it("says when there is none", async () => {
      const empty = join(place.folder, "elsewhere");
      await mkdir(empty);
      const { exitCode, stderr } = await place.run(["server", "logs", "--workspace", empty]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /no log yet/);
    });

    it("follows a log that does not exist yet", async () => {
      const { child, said } = follow("server", "logs", "--follow");
      await sleep(500);
      openLog(log).info("number 1");
      await said(/number 1/);
      child.kill("SIGTERM");
      assert.equal((await child).exitCode, 143);
    });

    it("follows it over its moves, and gives each line once", async () => {
      const { info } = openLog(log);
      const padding = "x".repeat(1_000);
      let last = 0;
      const write = (count: number) => {
        for (let i = 0; i < count; i++) info(`number ${++last} ${padding}`);
      };
      write(700);
      const { child, said } = follow("server", "logs", "--follow");
      await said(/number 700 /);
      for (let round = 0; round < 3; round++) {
        // Less than a whole file at once: what is moved twice between two looks is lost.
        write(700);
        await said(new RegExp(`number ${last} `));
      }
      child.kill("SIGINT");
      const { exitCode, stdout } = await child;
      assert.equal(exitCode, 130);
      assert.equal(globSync(`${log}.1`).length, 1, "it was moved");
      assert.deepEqual(
        numbers(stdout),
        Array.from({ length: last }, (_, i) => i + 1),
      );
    });
  });
});
