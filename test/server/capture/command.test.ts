import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, it } from "mocha";
import { type StoppedCapture, startSchema } from "../../../src/capture/capture.ts";
import { CaptureError } from "../../../src/capture/capture-error.ts";
import { type CaptureEvent, createCaptureSessions } from "../../../src/capture/sessions.ts";
import { listCaptures } from "../../../src/capture/storage.ts";
import { busy, endless, withFolder } from "./programs.ts";

interface Scenario {
  readonly files: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly sampler?: "prof" | "cpu-prof";
}

/** Runs a command as a caller does, under a capture, and gives what was captured. */
async function capture({ files, argv, sampler = "prof" }: Scenario): Promise<StoppedCapture> {
  let stopped: StoppedCapture | undefined;
  await withFolder(files, async (folder) => {
    const sessions = createCaptureSessions(() => {});
    const target = { kind: "command", argv, cwd: folder, launch: "caller" };
    const directory = join(folder, "captures");
    const started = await sessions.start(startSchema.parse({ target, sampler, directory }), {});
    const [file, ...args] = started.argv as [string, ...string[]];
    await execa(file, args, { cwd: folder, env: started.env, stdin: "ignore" });
    stopped = await sessions.stop(started.sessionId, {});
    for (const { path } of stopped.profiles) assert.ok(existsSync(path), path);
    const left = (await readdir(started.directory)).sort();
    const names = stopped.profiles.map(({ path }) => path.slice(started.directory.length + 1));
    assert.deepEqual(left, [...names, "capture.json"].sort());
  });
  return stopped!;
}

const titles = ({ profiles }: StoppedCapture) => profiles.map(({ title }) => title).sort();

/** Each way of starting a child that must be profiled: the hot child is `child.cjs`. */
const ways: Readonly<Record<string, Scenario>> = {
  "node itself": { files: { "child.cjs": busy }, argv: ["node", "child.cjs"] },
  "node by its path": { files: { "child.cjs": busy }, argv: [process.execPath, "child.cjs"] },
  "an npm script": {
    files: {
      "child.cjs": busy,
      "package.json": JSON.stringify({ scripts: { go: "node child.cjs" } }),
    },
    argv: ["npm", "run", "go"],
  },
  npx: {
    files: {
      "package.json": JSON.stringify({ name: "here", bin: "child.cjs" }),
      "child.cjs": `#!/usr/bin/env node\n${busy}`,
    },
    argv: ["npx", "--no", "."],
  },
  "a script with a hashbang": {
    files: { "child.cjs": `#!/usr/bin/env node\n${busy}` },
    argv: ["./child.cjs"],
  },
  "a shell": { files: { "child.cjs": busy }, argv: ["sh", "-c", "node child.cjs; true"] },
  fork: {
    files: {
      "child.cjs": `${busy} process.send("done", () => process.disconnect());`,
      "main.cjs": `require("child_process").fork("./child.cjs").on("message", (said) => {
        if (said !== "done") process.exitCode = 1;
      });`,
    },
    argv: ["node", "main.cjs"],
  },
  "process.execPath": {
    files: {
      "child.cjs": busy,
      "main.cjs": `require("child_process").spawn(process.execPath, ["child.cjs"])`,
    },
    argv: ["node", "main.cjs"],
  },
  "a test runner": {
    files: { "child.cjs": `require("node:test").test("busy", () => { ${busy} });` },
    argv: ["node", "--test", "child.cjs"],
  },
};

describe("capture of a command", function () {
  this.slow(5_000);

  for (const [way, scenario] of Object.entries(ways)) {
    it(`profiles ${way}`, async () => {
      const stopped = await capture(scenario);
      const [hottest] = stopped.profiles;
      assert.match(hottest?.title ?? "", /child|^node$|here/);
      assert.ok(hottest!.samples > 50, `${hottest!.samples} samples`);
      assert.match(hottest!.path, /-v8\.log$/);
      assert.deepEqual(stopped.unprofiled, []);
    });
  }

  it("profiles the workers of a cluster", async () => {
    const source = `const cluster = require("cluster");
      if (cluster.isPrimary) cluster.fork(); else { ${busy} process.exit(); }`;
    const stopped = await capture({ files: { "app.cjs": source }, argv: ["node", "app.cjs"] });
    assert.deepEqual(titles(stopped), ["app.cjs", "app.cjs"]);
  });

  it("profiles worker threads, even with the options of their parent", async () => {
    const source = `const { Worker, isMainThread } = require("worker_threads");
      if (isMainThread) new Worker(__filename, { execArgv: process.execArgv });
      else { ${busy} }`;
    for (const sampler of ["prof", "cpu-prof"] as const) {
      const stopped = await capture({
        files: { "app.cjs": source },
        argv: ["node", "app.cjs"],
        sampler,
      });
      assert.equal(stopped.profiles[0]?.title, "app.cjs (worker 1)", sampler);
      assert.deepEqual(titles(stopped), ["app.cjs", "app.cjs (worker 1)"], sampler);
    }
  });

  it("profiles worker threads that follow each other", async () => {
    const source = `const { Worker, isMainThread } = require("worker_threads");
      async function start() {
        for (let i = 0; i < 4; i++) {
          await new Promise((ended) => new Worker(__filename).on("exit", ended));
        }
      }
      if (isMainThread) start(); else { ${busy} }`;
    const stopped = await capture({ files: { "app.cjs": source }, argv: ["node", "app.cjs"] });
    const workers = [1, 2, 3, 4].map((worker) => `app.cjs (worker ${worker})`);
    assert.deepEqual(titles(stopped), ["app.cjs", ...workers]);
  });

  it("profiles npm scripts of a project that pins its Node", async () => {
    const files = {
      "child.cjs": busy,
      "node_modules/.bin/node": `#!/bin/sh\nexec '${process.execPath}' "$@"\n`,
      "package.json": JSON.stringify({ scripts: { go: "node child.cjs" } }),
    };
    const stopped = await capture({ files, argv: ["npm", "run", "go"] });
    assert.deepEqual(titles(stopped), ["child.cjs"]);
    assert.deepEqual(stopped.unprofiled, []);
  });

  it("reports a process that went round the shim", async () => {
    await withFolder({}, async (folder) => {
      const other = join(folder, "node");
      symlinkSync(process.execPath, other);
      const stopped = await capture({
        files: {
          "child.cjs": busy,
          "main.cjs": `require("child_process").spawnSync(${JSON.stringify(other)}, ["child.cjs"])`,
        },
        argv: ["node", "main.cjs"],
      });
      assert.deepEqual(titles(stopped), ["main.cjs"]);
      assert.equal(stopped.unprofiled.length, 1);
      assert.match(stopped.unprofiled[0]!.command, /^node child\.cjs$/);
    });
  });

  it("leaves the program its own view of Node", async () => {
    const source = `
      if (process.execArgv.length > 0) throw new Error(process.execArgv.join(" "));
      if (process.listenerCount("SIGINT") > 0) throw new Error("SIGINT");`;
    await capture({ files: { "app.cjs": source }, argv: ["node", "app.cjs"] });
  });

  it("writes CPU profiles with the other sampler", async () => {
    const { profiles } = await capture({
      files: { "child.cjs": busy, "main.cjs": `require("child_process").fork("./child.cjs")` },
      argv: ["node", "main.cjs"],
      sampler: "cpu-prof",
    });
    assert.deepEqual(
      profiles.map(({ title }) => title),
      ["child.cjs", "main.cjs"],
    );
    assert.match(profiles[0]!.path, /child-\d+\.cpuprofile$/);
    assert.ok(profiles[0]!.samples > 50);
  });

  it("says when nothing or little was captured", async () => {
    const none = await capture({ files: {}, argv: ["true"] });
    assert.deepEqual(none.profiles, []);
    assert.match(none.warnings.join(), /started no Node process/);
    const little = await capture({ files: { "app.cjs": "" }, argv: ["node", "app.cjs"] });
    assert.match(little.warnings.join(), /Only \d+ samples .*load/);
  });

  it("runs TypeScript", async () => {
    const files = { "app.ts": `const n: number = 1; ${busy}` };
    const stopped = await capture({ files, argv: ["node", "app.ts"] });
    assert.deepEqual(titles(stopped), ["app.ts"]);
  });

  it("refuses a Node that is not there", async () => {
    await withFolder({}, async (folder) => {
      const sessions = createCaptureSessions(() => {});
      const target = { kind: "command", argv: ["node", "x"], cwd: folder, node: "/no/such/node" };
      const start = sessions.start(startSchema.parse({ target, directory: folder }), {});
      await assert.rejects(start, /\/no\/such\/node/);
      assert.deepEqual(await listCaptures(folder), []);
    });
  });
});

describe("capture of a command that we launch", function () {
  this.slow(5_000);

  async function launched(
    files: Readonly<Record<string, string>>,
    options: { argv: readonly string[]; sampler?: "prof" | "cpu-prof" },
    until: (folder: string, events: readonly CaptureEvent[]) => Promise<unknown>,
  ): Promise<StoppedCapture & { events: readonly CaptureEvent[] }> {
    const events: CaptureEvent[] = [];
    let stopped: StoppedCapture | undefined;
    await withFolder(files, async (folder) => {
      const sessions = createCaptureSessions((event) => events.push(event));
      const target = { kind: "command", argv: options.argv, cwd: folder };
      const { sampler = "prof" } = options;
      const directory = join(folder, "captures");
      const started = await sessions.start(startSchema.parse({ target, sampler, directory }), {});
      assert.ok(started.pid);
      await until(folder, events);
      const [first, second] = await Promise.all([
        sessions.stop(started.sessionId, {}),
        sessions.stop(started.sessionId, {}),
      ]);
      stopped = first;
      assert.equal(second, first, "two who stop it at once get the same");
      assert.equal(await sessions.stop(started.sessionId, {}), first, "and who comes later");
      const [stored] = await listCaptures(directory);
      assert.equal(stored?.profiles.length, stopped.profiles.length);
      assert.ok(stored?.endedAt);
      await assert.rejects(sessions.stop("unknown", {}), {
        name: "CaptureError",
        code: "unknown-session",
      });
    });
    return { ...stopped!, events };
  }

  /** Waits for a file of the program's own. */
  async function appears(path: string): Promise<void> {
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  it("gives exit code, output and both events of one that ends", async () => {
    const { events, exitCode, output } = await launched(
      { "app.cjs": `console.log("said"); ${busy} process.exitCode = 3;` },
      { argv: ["node", "app.cjs"] },
      async (_folder, seen) => {
        while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      },
    );
    assert.equal(exitCode, 3);
    assert.equal(output, "said\n");
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["capture-started", "capture-ended"],
    );
  });

  it("ends one that is stuck, with its children, and keeps the log", async () => {
    const pids: number[] = [];
    const { profiles, exitCode } = await launched(
      {
        "child.cjs": `process.on("SIGINT", () => {}); require("fs").writeFileSync("up", ""+process.pid); ${endless}`,
        "main.cjs": `require("child_process").fork("./child.cjs")`,
      },
      { argv: ["node", "main.cjs"] },
      async (folder) => {
        await appears(join(folder, "up"));
        const file = await open(join(folder, "up"));
        pids.push(Number(await file.readFile("utf8")));
        await file.close();
        await new Promise((resolve) => setTimeout(resolve, 300));
      },
    );
    assert.equal(exitCode, undefined);
    assert.equal(profiles[0]?.title, "child.cjs");
    assert.ok(profiles[0].samples > 50);
    assert.throws(() => process.kill(pids[0]!, 0), { code: "ESRCH" });
  });

  it("has an interrupted server write its CPU profile", async () => {
    const { profiles, warnings } = await launched(
      {
        "app.cjs": `setInterval(() => { ${busy} require("fs").writeFileSync("up", ""); }, 10);`,
      },
      { argv: ["node", "app.cjs"], sampler: "cpu-prof" },
      (folder) => appears(join(folder, "up")),
    );
    assert.equal(profiles.length, 1);
    assert.deepEqual(warnings, []);
  });

  it("says that a stuck process has written no CPU profile", async () => {
    const { profiles, warnings } = await launched(
      { "app.cjs": `require("fs").writeFileSync("up", ""); ${endless}` },
      { argv: ["node", "app.cjs"], sampler: "cpu-prof" },
      async (folder) => {
        await appears(join(folder, "up"));
        await new Promise((resolve) => setTimeout(resolve, 200));
      },
    );
    assert.deepEqual(profiles, []);
    assert.match(warnings.join(), /No CPU profile of app\.cjs \(\d+\).*"prof" sampler/);
  });

  it("refuses a program that is not there", async () => {
    const start = launched({}, { argv: ["no-such-program"] }, async () => {});
    await assert.rejects(start, (error) => {
      assert.ok(error instanceof CaptureError);
      assert.equal(error.code, "cannot-start");
      assert.match(error.message, /no-such-program.*ENOENT/);
      return true;
    });
  });
});
