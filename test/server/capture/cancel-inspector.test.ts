/** A capture of something that does not answer, given up before it began. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { startSchema } from "../../../src/capture/capture.ts";
import { createCaptureSessions } from "../../../src/capture/sessions.ts";
import { listCaptures } from "../../../src/capture/storage.ts";
import { InspectorProfiler } from "../../../src/capture/v8/inspector.ts";
import { listeningPorts } from "../../../src/capture/v8/listening-ports.ts";
import { withFolder } from "./programs.ts";

/** Less than what an inspector that does not answer is given. */
const promptMs = 3_000;

/** Starts a capture, gives it up when `ready` settles, and sees that nothing of it is left. */
async function giveUp(address: string, ready: () => Promise<unknown>): Promise<void> {
  await withFolder({}, async (directory) => {
    const sessions = createCaptureSessions(() => assert.fail("no capture ever began"));
    const abort = new AbortController();
    const target = { kind: "inspector", address };
    const options = startSchema.parse({ target, directory });
    const starting = sessions.start(options, { signal: abort.signal });
    const ended = starting.then(
      () => "started",
      (error: Error) => error.name,
    );
    await ready();
    abort.abort();
    assert.equal(await Promise.race([ended, sleep(promptMs, "late")]), "AbortError");
    assert.deepEqual(await listCaptures(directory), []);
  });
}

const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

describe("a capture through an inspector that does not answer", () => {
  let server: Server;
  let connection: Promise<Socket>;
  let port: number;
  /** Of tests before. */
  let others: number;

  beforeEach(async () => {
    const arrived = Promise.withResolvers<Socket>();
    connection = arrived.promise;
    server = createServer((socket) => {
      socket.on("error", () => {}).resume();
      arrived.resolve(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
    others = openSockets();
  });
  afterEach(() => server.close());

  for (const [step, address] of [
    ["while it is being listed", () => `127.0.0.1:${port}`],
    ["while connecting", () => `ws://127.0.0.1:${port}/silent`],
  ] as const) {
    it(`is given up ${step}, and leaves no socket`, async () => {
      await giveUp(address(), () => connection);
      const socket = await connection;
      if (!socket.closed) await once(socket, "close");
      while (openSockets() > others) await sleep(10);
    });
  }

  it("is not begun when it was given up before", async () => {
    const given = AbortSignal.abort();
    const address = `ws://127.0.0.1:${port}/silent`;
    await assert.rejects(
      InspectorProfiler.start(address, () => {}, { signal: given }),
      {
        name: "AbortError",
      },
    );
    assert.equal(await Promise.race([connection, sleep(200, "nobody came")]), "nobody came");
  });

  /** A Node that is inside one native call for a while, its inspector open. */
  async function whileInNativeCall(use: (pid: number, port: number) => Promise<void>) {
    const program = `console.log("up"); setInterval(() => {}, 1_000);
      setTimeout(() => require("child_process").execSync("sleep 4"), 50);`;
    const child = spawn(process.execPath, ["--inspect=127.0.0.1:0", "-e", program], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout, "data");
      const [inspector] = await listeningPorts(child.pid!);
      await sleep(300);
      await use(child.pid!, inspector!);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  it("is given up while a connected process does not answer, and leaves no socket", async () => {
    await whileInNativeCall(async (_pid, inspector) => {
      await giveUp(`127.0.0.1:${inspector}`, () => sleep(500));
      while (openSockets() > others) await sleep(10);
    });
  });

  it("closes the inspector again that was opened for it, once the process can", async () => {
    await whileInNativeCall(async (pid, inspector) => {
      const abort = new AbortController();
      const starting = InspectorProfiler.start(String(inspector), () => {}, {
        signal: abort.signal,
        openedByUs: true,
      });
      setTimeout(() => abort.abort(), 500);
      await assert.rejects(starting, { name: "AbortError" });
      assert.deepEqual(await listeningPorts(pid), [inspector]);
      while ((await listeningPorts(pid)).length > 0) await sleep(50);
    });
  });
});
