import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../../../scripts/host/programs.ts";
import {
  busySecondsOfSchedule,
  cpuSecondsOfStat,
  inspectorOf,
  listNodeProcesses,
  parseCim,
  parsePs,
} from "../../../src/toolchain/processes.ts";

describe("Node processes", () => {
  it("lists a running Node program with its command line, its load and its inspector", async function () {
    if (process.platform === "win32") this.timeout(60_000);
    const busy =
      "console.log(); setInterval(() => { for (const end = Date.now() + 90; Date.now() < end;); }, 0)";
    const child = spawn(process.execPath, ["--inspect=127.0.0.1:39229", "-e", busy]);
    try {
      await once(child.stdout, "data");
      const found = (await listNodeProcesses()).find(({ pid }) => pid === child.pid);
      assert.ok(found, "the program is in the list");
      assert.match(found.commandLine, /setInterval/);
      assert.equal(found.inspector, "127.0.0.1:39229");
      assert.ok(found.cpu! > 0.05, `it is busy, but ${found.cpu} was found`);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("tells a program that gets little of a processor from one that wants little", async function () {
    if (process.platform !== "linux" || !findProgram(["taskset"])) this.skip();
    const start = async (code: string) => {
      const args = ["--cpu-list", "0", process.execPath, "-e", `console.log(); ${code}`];
      const child = spawn("taskset", args);
      await once(child.stdout, "data");
      return child;
    };
    const idle = await start("setInterval(() => {}, 1e9)");
    const starved = await start("setTimeout(() => { for (;;); }, 10)");
    const favoured = await start("setTimeout(() => { for (;;); }, 10)");
    try {
      setPriority(starved.pid!, 10);
      await sleep(500);
      const found = await listNodeProcesses();
      const shares = [idle, starved].map((child) => found.find(({ pid }) => pid === child.pid)!);
      assert.ok(shares.every(({ cpu }) => cpu! < 0.3));
      assert.deepEqual(
        shares.map(({ mainBusy }) => mainBusy! > 0.3),
        [false, true],
        JSON.stringify(shares),
      );
    } finally {
      for (const child of [idle, starved, favoured]) child.kill("SIGKILL");
    }
  });

  it("leaves this very process out", async () => {
    const pids = (await listNodeProcesses()).map(({ pid }) => pid);
    assert.ok(!pids.includes(process.pid));
  });

  it("reads processor time past a name with blanks and parentheses", () => {
    const stat = "42 (my (odd) name) S 1 42 42 0 -1 4194304 9 0 0 0 150 50 0 0 20 0 11 0 99 1 2";
    assert.equal(cpuSecondsOfStat(stat), 2);
  });

  it("reads how long a thread ran and stood in line", () => {
    assert.equal(busySecondsOfSchedule("1500000000 500000000 42\n"), 2);
    assert.equal(busySecondsOfSchedule(""), undefined);
    assert.equal(busySecondsOfSchedule("0 0"), undefined);
  });

  it("reads macOS ps: paths with blanks, process titles, other programs", () => {
    const names = [
      "  501 /Users/me/Library/Application Support/fnm/node",
      "  502 /usr/bin/vim",
      " 7003 node",
      " 7004 /opt/nodemon",
    ].join("\n");
    const lines = [
      "  501  99,5 node server.js --port 1",
      "  502   0.0 vim /tmp/node",
      " 7003   3.5 npm run watch",
      " 7004   1.0 /opt/nodemon x",
    ].join("\n");
    assert.deepEqual(parsePs(names, lines), [
      { pid: 501, commandLine: "node server.js --port 1", cpu: 0.995 },
      { pid: 7003, commandLine: "npm run watch", cpu: 0.035 },
    ]);
  });

  it("reads Windows CIM: load between two snapshots, a new process, one of someone else", () => {
    const node = (ProcessId: number, CommandLine: string | null, seconds: number) => ({
      ProcessId,
      CommandLine,
      KernelModeTime: String(seconds * 5e6),
      UserModeTime: seconds * 5e6,
    });
    const json = JSON.stringify({
      before: [node(1, "node a.js", 10), node(2, null, 0)],
      after: [node(1, "node a.js", 10.25), node(2, null, 9), node(3, "node b.js", 1)],
    });
    assert.deepEqual(parseCim(json), [
      { pid: 1, commandLine: "node a.js", cpu: 1 },
      { pid: 3, commandLine: "node b.js" },
    ]);
  });

  it("finds the inspector that a command line opens", () => {
    const cases: [string, string | undefined][] = [
      ["node app.js", undefined],
      ["node --inspect app.js", "127.0.0.1:9229"],
      ["node --inspect-brk=9230 app.js", "127.0.0.1:9230"],
      ["node --inspect-wait=0.0.0.0:9231", "127.0.0.1:9231"],
      ["node --inspect=localhost app.js", "localhost:9229"],
      ["node --inspect=[::1]:9300 app.js", "[::1]:9300"],
      ["node --inspect=0 app.js", undefined],
      ["node --inspect-port=9232 app.js", undefined],
    ];
    for (const [commandLine, inspector] of cases) {
      assert.equal(inspectorOf(commandLine).inspector, inspector, commandLine);
    }
  });
});
