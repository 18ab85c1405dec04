import assert from "node:assert/strict";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Connection, type ConnectionState } from "../../src/launcher/connection.ts";
import { ensureServer, UnresponsiveError } from "../../src/launcher/ensure-server.ts";
import { isSameProcess } from "../../src/launcher/probe.ts";
import { isAlive, parseProcStat, startTimeOf } from "../../src/launcher/process-identity.ts";
import { secureFolder, serverFolder } from "../../src/launcher/server-folder.ts";
import { writeState } from "../../src/launcher/state-file.ts";
import { stopServer } from "../../src/launcher/stop-server.ts";
import { serverScript, type TestWorkspace, testWorkspace } from "../server/support/workspace.ts";

describe("launcher", () => {
  let workspace: TestWorkspace;
  const options = () => ({ workspace: workspace.path, serverScript });

  beforeEach(async () => {
    workspace = await testWorkspace();
  });
  afterEach(() => workspace.dispose());

  it("gives every caller the same server", async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => ensureServer(options())));
    assert.equal(new Set(clients.map(({ server }) => server.instanceId)).size, 1);
    const later = await ensureServer(options());
    assert.equal(later.server.pid, clients[0]!.server.pid);
  });

  it("gives launchers in other processes the same server", async () => {
    const code = `
      const { ensureServer } = await import(${JSON.stringify(new URL("../../src/launcher/ensure-server.ts", import.meta.url))});
      console.log((await ensureServer(${JSON.stringify(options())})).server.pid);`;
    const launched = await Promise.all(
      [1, 2, 3].map(() => execa(process.execPath, ["--input-type=module", "-e", code])),
    );
    assert.equal(new Set(launched.map(({ stdout }) => stdout)).size, 1);
  });

  it("starts another when the recorded one was killed", async () => {
    const first = await ensureServer(options());
    process.kill(first.server.pid, "SIGKILL");
    while (await isSameProcess(await workspace.recorded())) await sleep(10);
    const second = await ensureServer(options());
    assert.notEqual(second.server.instanceId, first.server.instanceId);
    assert.notEqual(second.server.token, first.server.token);
  });

  it("waits for a stopped server and never replaces it", async () => {
    const { server } = await ensureServer(options());
    process.kill(server.pid, "SIGSTOP");
    let told = 0;
    const waited = ensureServer({
      ...options(),
      unresponsiveMs: 100,
      onUnresponsive: () => told++,
    });
    await assert.rejects(waited, UnresponsiveError);
    assert.equal(told, 1);
    assert.ok(isAlive(server.pid));
    process.kill(server.pid, "SIGCONT");
    assert.equal((await ensureServer(options())).server.pid, server.pid);
  });

  it("does not take a process that was given the old pid for the server", async () => {
    const bystander = execa("sleep", ["60"], { reject: false });
    // Start times are told in clock ticks of 10 ms; a reused pid's never lie in the same one.
    await sleep(50);
    await ensureServer(options());
    const recorded = await workspace.recorded();
    const stale = { ...recorded, server: { ...recorded.server, pid: bystander.pid! } };
    assert.equal(await isSameProcess(stale), false);
    await stopServer({ ...stale, server: { ...stale.server, port: 9, token: "x".repeat(32) } });
    assert.ok(isAlive(bystander.pid!));
    bystander.kill();
  });

  it("starts anew over a state file that is no state", async () => {
    const folder = serverFolder(workspace.path);
    await secureFolder(folder);
    for (const garbage of ["", "{", '{"server":{"pid":1}}', "\0".repeat(4096)]) {
      await writeFile(folder.state, garbage);
      const { server } = await ensureServer(options());
      process.kill(server.pid, "SIGKILL");
    }
  });

  it("keeps its files to its user", async () => {
    await ensureServer(options());
    const folder = serverFolder(workspace.path);
    assert.equal((await stat(folder.path)).mode & 0o777, 0o700);
    assert.equal((await stat(folder.state)).mode & 0o777, 0o600);
    const { server } = await workspace.recorded();
    const log = await readFile(folder.log, "utf8");
    const argv = await readFile(`/proc/${server.pid}/cmdline`, "utf8");
    const env = await readFile(`/proc/${server.pid}/environ`, "utf8");
    for (const text of [log, argv, env]) assert.ok(!text.includes(server.token));
  });

  it("refuses a folder that others can read", async () => {
    const folder = serverFolder(workspace.path);
    await secureFolder(folder);
    await chmod(folder.path, 0o755);
    await assert.rejects(ensureServer(options()), /chmod 700/);
  });

  it("leaves no process and no half state when the server cannot start", async () => {
    const broken = `${workspace.path}-broken.ts`;
    await writeFile(broken, "setInterval(() => {}, 1000); process.disconnect();");
    const failing = ensureServer({ ...options(), serverScript: `${broken}x` });
    await assert.rejects(failing, /code is missing/);
    await writeFile(broken, "throw new Error('no');");
    await assert.rejects(ensureServer({ ...options(), serverScript: broken }), /did not start/);
    const files = await readdir(serverFolder(workspace.path).path);
    assert.deepEqual(
      files.filter((name) => name.startsWith("state")),
      [],
    );
  });

  it("replaces an idle server of another build", async () => {
    const first = await ensureServer(options());
    const recorded = await workspace.recorded();
    await writeState(serverFolder(workspace.path).state, { ...recorded, build: "older" });
    const second = await ensureServer(options());
    assert.notEqual(second.server.pid, first.server.pid);
    assert.equal(await isSameProcess(recorded), false);
  });

  it("lets an idle server leave, and a connected one stay", async () => {
    const brief = { ...options(), idleMs: 300 };
    const connection = new Connection(brief);
    await connection.call("profile.open", { path: "/nowhere" }).catch(() => {});
    await sleep(1_000);
    const recorded = await workspace.recorded();
    assert.ok(await isSameProcess(recorded));
    connection.dispose();
    while (await isSameProcess(recorded)) await sleep(20);
  });

  it("shows one connection's states and survives the server's death", async () => {
    const states: ConnectionState["kind"][] = [];
    const connection = new Connection({ ...options(), onState: ({ kind }) => states.push(kind) });
    const open = () => connection.call("profile.open", { path: "/nowhere" });
    await assert.rejects(open(), /nowhere/);
    process.kill((await workspace.recorded()).server.pid, "SIGKILL");
    await assert.rejects(open(), /nowhere/);
    await connection.restart();
    connection.dispose();
    assert.deepEqual(states, [
      ...["starting", "ready", "stopped", "starting", "ready"],
      ...["stopped", "starting", "ready", "stopped"],
    ]);
  });
});

describe("process identity", () => {
  it("reads the start time behind any process name", () => {
    const fields = Array.from({ length: 18 }, (_, i) => i + 4).join(" ");
    assert.equal(parseProcStat(`12 (a) b) (c) S ${fields} 987654 0 0`), "987654");
    assert.equal(parseProcStat(`12 (node) Z ${fields} 987654 0 0`), undefined);
  });

  it("tells a live process from none", async () => {
    assert.ok(await startTimeOf(process.pid));
    assert.equal(await startTimeOf(2 ** 22 + 1), undefined);
  });
});
