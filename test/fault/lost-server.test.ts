/** What callers see when a process ends, stops or leaves in the middle of something. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Connection } from "../../src/launcher/connection.ts";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import {
  isRunning,
  serverScript,
  serversOf,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";

/** Something to attach to that never answers, so that a call can be caught in its middle. */
class SilentInspector {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #visited = Promise.withResolvers<void>();
  #visits = 0;

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      this.#sockets.push(socket);
      // Node connects once more when a request is given up, and asks nothing.
      socket.once("data", () => {
        this.#visits++;
        this.#visited.resolve();
      });
    });
  }

  static async listen(): Promise<SilentInspector> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SilentInspector(server);
  }

  get address(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/silent`;
  }

  /** How often anybody came and asked. */
  get visits(): number {
    return this.#visits;
  }

  visited(): Promise<void> {
    return this.#visited.promise;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

describe("lost server", () => {
  let workspace: TestWorkspace;
  let inspector: SilentInspector;
  let connection: Connection;
  const options = () => ({ workspace: workspace.path, serverScript });

  beforeEach(async () => {
    workspace = await testWorkspace();
    inspector = await SilentInspector.listen();
    connection = new Connection(options());
  });
  afterEach(async () => {
    inspector.close();
    connection.dispose();
    await workspace.dispose();
  });

  const attach = () =>
    connection.call("v8.start", {
      target: { kind: "inspector", address: inspector.address },
      directory: join(workspace.path, "captures"),
    });
  const open = () => connection.call("profile.open", { path: "/nowhere" });

  it("fails a call that changes something once, clearly, and never sends it again", async () => {
    const failing = assert.rejects(attach(), { name: "ToolError", code: "connection-lost" });
    await inspector.visited();
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    await failing;
    await assert.rejects(open(), { code: "no-file" });
    assert.equal(inspector.visits, 1);
  });

  it("does not send a changing call to another server when its own is stopped meanwhile", async () => {
    const failing = assert.rejects(attach(), { name: "ToolError", code: "connection-lost" });
    await inspector.visited();
    await connection.stop();
    await failing;
    assert.equal(inspector.visits, 1);
    await assert.rejects(workspace.recorded(), "no server was started for it");
  });

  it("does not hand out a server that is leaving", async () => {
    const leaving = await ensureServer(options());
    const ready = join(workspace.path, "..", "ready");
    const stubborn = `
      for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
      require("node:fs").writeFileSync(${JSON.stringify(ready)}, "");
      setInterval(() => {}, 1000);`;
    await leaving.call("v8.start", {
      target: {
        kind: "command",
        argv: [process.execPath, "-e", stubborn],
        cwd: join(workspace.path, ".."),
      },
      directory: join(workspace.path, "captures"),
    });
    while (!existsSync(ready)) await sleep(20);
    await leaving.shutdown();
    await assert.rejects(open(), { code: "no-file" });
    const { server } = await workspace.recorded();
    assert.notEqual(server.instanceId, leaving.server.instanceId);
  });

  it("leaves no server when its launcher is killed before it was recorded", async () => {
    const ensure = new URL("../../src/launcher/ensure-server.ts", import.meta.url);
    const code = `
      const { ensureServer } = await import(${JSON.stringify(ensure)});
      await ensureServer(${JSON.stringify(options())});`;
    const args = ["--input-type=module", "-e", code];
    const launcher = execa(process.execPath, args, { reject: false });
    const folder = serverFolder(workspace.path).path;
    while ((await serversOf(folder)).length === 0) await sleep(5);
    launcher.kill("SIGKILL");
    await launcher;
    while ((await serversOf(folder)).length > 0) await sleep(20);
    await assert.rejects(workspace.recorded());
  });

  it("ends what it launched when it is asked to leave", async () => {
    const client = await ensureServer(options());
    const recorded = await workspace.recorded();
    const { pid } = await client.call("v8.start", {
      target: {
        kind: "command",
        argv: [process.execPath, "-e", "setInterval(() => {}, 1000)"],
        cwd: join(workspace.path, ".."),
      },
      directory: join(workspace.path, "captures"),
    });
    await client.shutdown();
    while (await isRunning(recorded)) await sleep(20);
    assert.throws(() => process.kill(pid!, 0), { code: "ESRCH" });
  });
});
