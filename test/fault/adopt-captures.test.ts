/** A server that dies in the middle of a capture: the next one goes on with it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { isUnderWay, listCaptures } from "../../src/capture/storage.ts";
import { Connection } from "../../src/launcher/connection.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { identify, isAlive } from "../../src/toolchain/process-identity/identity.ts";
import {
  isRunning,
  serverScript,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";

const busy = `
  require("node:fs").writeFileSync("started", "");
  function burn() { for (let i = 0; i < 1e7; i++) Math.sqrt(i); }
  setInterval(burn, 1);`;

describe("a capture whose server is killed", () => {
  let workspace: TestWorkspace;
  let connection: Connection;
  let captures: string;

  beforeEach(async () => {
    workspace = await testWorkspace();
    captures = join(workspace.path, "captures");
    await mkdir(workspace.path);
    await writeFile(join(workspace.path, "busy.cjs"), busy);
    connection = new Connection({ workspace: workspace.path, serverScript });
  });
  const programs: number[] = [];
  afterEach(async () => {
    connection.dispose();
    await workspace.dispose();
    // Whatever a failed test has left running.
    for (const pid of programs.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });

  const start = (launch: "server" | "caller") =>
    connection.call("v8.start", {
      target: { kind: "command", argv: ["node", "busy.cjs"], cwd: workspace.path, launch },
      directory: captures,
    });
  const killServer = async () => {
    const recorded = await workspace.recorded();
    process.kill(recorded.process.pid, "SIGKILL");
    while (await isRunning(recorded)) await sleep(10);
  };
  const started = async () => {
    while (!existsSync(join(workspace.path, "started"))) await sleep(20);
    await sleep(500);
  };
  const recordings = () => readdir(serverFolder(workspace.path).recordings);

  it("is stopped and collected by the next server, its program ended", async () => {
    const { sessionId, pid } = await start("server");
    programs.push(pid!);
    await started();
    await killServer();
    assert.ok(isAlive(pid!));
    const stopped = await connection.call("v8.stop", { sessionId });
    assert.equal(stopped.profiles.length, 1);
    assert.ok(stopped.profiles[0]!.samples > 100, `${stopped.profiles[0]!.samples} samples`);
    assert.equal(await identify(pid!), undefined);
    assert.deepEqual(await recordings(), []);
  });

  it("of a program that its caller runs is collected too", async () => {
    const { sessionId, argv, env } = await start("caller");
    const [file, ...args] = argv as [string, ...string[]];
    const program = execa(file, args, { cwd: workspace.path, env, reject: false });
    await started();
    await killServer();
    const other = new Connection({ workspace: workspace.path, serverScript });
    await other.call("profile.open", { path: "/nowhere" }).catch(() => {});
    const [capture] = await listCaptures(captures);
    assert.ok(isUnderWay(capture!), "the list shows it as under way");
    program.kill();
    await program;
    const stopped = await other.call("v8.stop", { sessionId });
    other.dispose();
    assert.equal(stopped.profiles.length, 1);
    assert.deepEqual(await recordings(), []);
  });

  it("of a running process is lost, which is said", async () => {
    const target = execa(process.execPath, ["--inspect=127.0.0.1:0", "busy.cjs"], {
      cwd: workspace.path,
      reject: false,
    });
    await started();
    const { sessionId } = await connection.call("v8.start", {
      target: { kind: "process", pid: target.pid! },
      directory: captures,
    });
    await killServer();
    await assert.rejects(connection.call("v8.stop", { sessionId }), { code: "capture-lost" });
    assert.ok(isAlive(target.pid!), "the target goes on");
    target.kill();
    await target;
  });

  it("leaves nothing to adopt when its folder is gone", async () => {
    const folder = serverFolder(workspace.path).recordings;
    await start("caller");
    await killServer();
    await writeFile(join(folder, "broken.json"), "{");
    await rm(captures, { recursive: true });
    await connection.call("profile.open", { path: "/nowhere" }).catch(() => {});
    assert.deepEqual(await recordings(), []);
  });
});
