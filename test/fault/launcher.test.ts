import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  chmod,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Connection, type ConnectionState } from "../../src/launcher/connection.ts";
import { ensureServer, UnresponsiveError, type Waiting } from "../../src/launcher/ensure-server.ts";
import { LaunchError, secureFolder, serverFolder } from "../../src/launcher/server-folder.ts";
import { spawnServer } from "../../src/launcher/spawn-server.ts";
import { stopServer } from "../../src/launcher/stop-server.ts";
import type { ServerClient } from "../../src/server/client.ts";
import { identify, isAlive } from "../../src/toolchain/process-identity/identity.ts";
import type { ToolError } from "../../src/tools/tool.ts";
import {
  isRunning,
  serverScript,
  serversOf,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";
import { stopProcess } from "../support/stop-process.ts";

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
    assert.deepEqual(later.server, clients[0]!.server);
  });

  it("gives launchers in other processes the same server", async () => {
    const code = `
      const { ensureServer } = await import(${JSON.stringify(new URL("../../src/launcher/ensure-server.ts", import.meta.url))});
      console.log((await ensureServer(${JSON.stringify(options())})).server.instanceId);`;
    const launched = await Promise.all(
      [1, 2, 3].map(() => execa(process.execPath, ["--input-type=module", "-e", code])),
    );
    assert.equal(new Set(launched.map(({ stdout }) => stdout)).size, 1);
  });

  it("starts another when the recorded one was killed", async () => {
    const first = await ensureServer(options());
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    const second = await ensureServer(options());
    assert.notEqual(second.server.instanceId, first.server.instanceId);
    assert.notEqual(second.server.token, first.server.token);
  });

  it("waits for a stopped server and never replaces it", async () => {
    const { server } = await ensureServer(options());
    const { pid } = (await workspace.recorded()).process;
    await stopProcess(pid);
    const told: Waiting[] = [];
    const waited = ensureServer({
      ...options(),
      unresponsiveMs: 100,
      onWaiting: (waiting) => told.push(waiting),
    });
    await assert.rejects(waited, UnresponsiveError);
    assert.deepEqual(told, [{ kind: "unresponsive", pid }]);
    process.kill(pid, "SIGCONT");
    assert.deepEqual((await ensureServer(options())).server, server);
  });

  it("does not take a process that was given the old pid for the server", async () => {
    const bystander = execa("sleep", ["60"], { reject: false });
    // Start times are told in clock ticks of 10 ms; a reused pid's never lie in the same one.
    await sleep(50);
    await ensureServer(options());
    const recorded = await workspace.recorded();
    const stale = { ...recorded, process: { ...recorded.process, pid: bystander.pid! } };
    assert.equal(await isRunning(stale), false);
    await stopServer({ ...stale, server: { ...stale.server, port: 9, token: "x".repeat(32) } });
    assert.ok(isAlive(bystander.pid!));
    bystander.kill();
  });

  it("neither calls nor signals a program that a forged state names", async () => {
    const folder = serverFolder(workspace.path);
    const bystander = execa(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      reject: false,
    });
    await ensureServer(options());
    const recorded = await workspace.recorded();
    process.kill(recorded.process.pid, "SIGKILL");
    while (await isRunning(recorded)) await sleep(10);
    const forged = { ...recorded, process: (await identify(bystander.pid!))! };
    await writeFile(folder.state, JSON.stringify(forged));
    const { server } = await ensureServer({ ...options(), unresponsiveMs: 100 });
    assert.notEqual(server.instanceId, recorded.server.instanceId);
    await new Connection(options()).restart();
    assert.ok(isAlive(bystander.pid!));
    bystander.kill();
  });

  it("starts anew over a state file that is no state", async () => {
    const folder = serverFolder(workspace.path);
    await secureFolder(folder);
    const foreign = { protocol: 2, server: {}, process: { pid: 1 } };
    for (const garbage of ["", "{", JSON.stringify(foreign), "\0".repeat(4096)]) {
      await writeFile(folder.state, garbage);
      await ensureServer(options());
      process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    }
  });

  it("finds a running server again whose state was lost or spoilt", async () => {
    const folder = serverFolder(workspace.path);
    const { server } = await ensureServer(options());
    const text = await readFile(folder.state, "utf8");
    for (const spoil of [
      () => rm(folder.state),
      () => writeFile(folder.state, text.slice(0, 40)),
    ]) {
      await spoil();
      assert.deepEqual((await ensureServer(options())).server, server);
    }
    assert.equal((await serversOf(folder.path)).length, 1);
  });

  it("never has two servers, even without a lock", async () => {
    const folder = serverFolder(workspace.path);
    await secureFolder(folder);
    const spawned = await Promise.all([1, 2, 3, 4].map(() => spawnServer(folder, options())));
    assert.equal(spawned.filter((server) => server !== undefined).length, 1);
    while ((await serversOf(folder.path)).length > 1) await sleep(10);
  });

  it("keeps the guard when its secret is taken away", async () => {
    const folder = serverFolder(workspace.path);
    await ensureServer(options());
    await rm(folder.guard);
    while (!existsSync(folder.guard)) await sleep(20);
    assert.equal(await spawnServer(folder, options()), undefined);
  });

  it("keeps its files to its user", async () => {
    await ensureServer(options());
    const folder = serverFolder(workspace.path);
    assert.equal((await stat(folder.path)).mode & 0o777, 0o700);
    assert.equal((await stat(folder.state)).mode & 0o777, 0o600);
    const { server, process: own } = await workspace.recorded();
    const log = await readFile(folder.log, "utf8");
    const argv = await readFile(`/proc/${own.pid}/cmdline`, "utf8");
    const env = await readFile(`/proc/${own.pid}/environ`, "utf8");
    for (const text of [log, argv, env]) assert.ok(!text.includes(server.token));
  });

  it("refuses a folder that others can read, a link, and one below a folder that others can write", async () => {
    const folder = serverFolder(workspace.path);
    const servers = dirname(folder.path);
    await secureFolder(folder);
    await chmod(folder.path, 0o755);
    await assert.rejects(ensureServer(options()), /chmod 700/);
    await chmod(folder.path, 0o700);
    await chmod(servers, 0o777);
    await assert.rejects(ensureServer(options()), /chmod go-w/);
    await chmod(servers, 0o700);
    await rename(folder.path, `${folder.path}-elsewhere`);
    await symlink(`${folder.path}-elsewhere`, folder.path);
    await assert.rejects(ensureServer(options()), /not a folder, but a link/);
    await rm(folder.path);
    await writeFile(folder.path, "");
    await assert.rejects(ensureServer(options()), LaunchError);
  });

  it("leaves no process and no half state when the server cannot start", async () => {
    const broken = `${workspace.path}-broken.ts`;
    await writeFile(broken, "setInterval(() => {}, 1000); process.disconnect();");
    const failing = ensureServer({ ...options(), serverScript: `${broken}x` });
    await assert.rejects(failing, /code is missing/);
    await writeFile(broken, "throw new Error('no');");
    await assert.rejects(ensureServer({ ...options(), serverScript: broken }), /did not start/);
    // One that lives on, with a child of its own, and never says that it is ready.
    const pids = `${workspace.path}-pids`;
    await writeFile(
      broken,
      `import { spawn } from "node:child_process";
      import { writeFileSync } from "node:fs";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid);
      process.send({ kind: "nonsense" });`,
    );
    await assert.rejects(ensureServer({ ...options(), serverScript: broken }), /not understood/);
    for (const pid of (await readFile(pids, "utf8")).split(" ")) {
      while (await identify(Number(pid))) await sleep(10);
    }
    const files = await readdir(serverFolder(workspace.path).path);
    assert.deepEqual(
      files.filter((name) => name.startsWith("state")),
      [],
    );
  });

  describe("of another build", () => {
    /** A copy of the server's entry that counts as built at another time. */
    const built = async (date: string) => {
      const script = `${workspace.path}-${date}.ts`;
      await writeFile(script, `await import(${JSON.stringify(serverScript)});`);
      await utimes(script, new Date(date), new Date(date));
      return { ...options(), serverScript: script };
    };
    const attach = async (client: ServerClient, address: string) =>
      client.call("v8.start", {
        target: { kind: "inspector", address },
        directory: join(workspace.path, "captures"),
      });

    it("retires an idle server that is older, and never a newer one", async () => {
      const [older, newer] = [await built("2020-01-01"), await built("2021-01-01")];
      const first = await ensureServer(older);
      const recorded = await workspace.recorded();
      const second = await ensureServer(newer);
      assert.notEqual(second.server.instanceId, first.server.instanceId);
      while (await isRunning(recorded)) await sleep(10);
      assert.deepEqual((await ensureServer(older)).server, second.server);
    });

    it("lets an older one finish what it does, and says so", async () => {
      const silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
      await once(silent, "listening");
      const address = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
      const first = await ensureServer(await built("2020-01-01"));
      const job = attach(first, address).catch((error: ToolError) => error.code);
      while ((await first.health()).jobs.length === 0) await sleep(10);
      const told: Waiting[] = [];
      const second = ensureServer({
        ...(await built("2021-01-01")),
        onWaiting: (waiting) => told.push(waiting),
      });
      while (told.length === 0) await sleep(10);
      assert.deepEqual(
        told.map((waiting) => waiting.kind === "retiring" && waiting.jobs.map(({ tool }) => tool)),
        [["v8.start"]],
      );
      // A window that waits for its own server can cancel what the older one does.
      const [{ id } = { id: "" }] = (await first.health()).jobs;
      await new Connection(options()).cancel(id);
      assert.notEqual((await second).server.instanceId, first.server.instanceId);
      assert.equal(await job, "cancelled");
      silent.close();
    });

    it("never replaces one that a user started", async () => {
      const first = await ensureServer({ ...(await built("2020-01-01")), managed: "cli" });
      assert.deepEqual((await ensureServer(await built("2021-01-01"))).server, first.server);
    });
  });

  it("lets an idle server leave, and a connected one stay", async () => {
    const brief = { ...options(), idleMs: 300 };
    const connection = new Connection(brief);
    await connection.call("profile.open", { path: "/nowhere" }).catch(() => {});
    await sleep(1_000);
    const recorded = await workspace.recorded();
    assert.ok(await isRunning(recorded));
    connection.dispose();
    while (await isRunning(recorded)) await sleep(20);
  });

  it("shows one connection's states and survives the server's death", async () => {
    const states: ConnectionState["kind"][] = [];
    const connection = new Connection({
      ...options(),
      onState: ({ kind }) => void (states.at(-1) !== kind && states.push(kind)),
    });
    const open = () => connection.call("profile.open", { path: "/nowhere" });
    await assert.rejects(open(), /nowhere/);
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    await assert.rejects(open(), /nowhere/);
    await connection.restart();
    connection.dispose();
    assert.deepEqual(states, [
      ...["starting", "ready", "stopped", "starting", "ready"],
      ...["stopped", "starting", "ready", "stopped"],
    ]);
  });
});
