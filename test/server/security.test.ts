/** What a stranger on this machine gets from the server: nothing, and quickly. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ServerClient } from "../../src/server/client.ts";
import { type RunningServer, serve } from "../../src/server/serve.ts";

describe("security", () => {
  let server: RunningServer;
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);

  beforeEach(async () => {
    logged.length = 0;
    const log = { debug: write, info: write, warn: write, error: write };
    server = await serve({ log, idleMs: 0 });
  });
  afterEach(() => server.stop());

  /** Sends raw bytes and gives everything that comes back until the connection ends. */
  async function raw(text: string, port = server.address.port): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    let answer = "";
    socket.setEncoding("utf8").on("data", (data: string) => {
      answer += data;
    });
    socket.write(text);
    await new Promise((resolve) => socket.once("close", resolve));
    return answer;
  }
  const request = (headers: string, path = "/jobs") =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.address.port}\r\nConnection: close\r\n${headers}\r\n`;
  const authorized = () => `Authorization: Bearer ${server.address.token}\r\n`;
  const status = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

  it("answers who has the token, and nobody else, on both ports", async () => {
    assert.equal(status(await raw(request(authorized()))), 200);
    for (const headers of ["", "Authorization: Bearer\r\n", "Authorization: Bearer x\r\n"]) {
      assert.equal(status(await raw(request(headers))), 401);
      assert.equal(status(await raw(request(headers, "/health"), server.address.healthPort)), 403);
    }
    const { healthPort } = server.address;
    const health = (host: string, more = authorized()) =>
      raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`, healthPort);
    assert.equal(status(await health(`127.0.0.1:${healthPort}`)), 200);
    assert.equal(status(await health(`127.0.0.1:${healthPort}`, "")), 401);
    assert.equal(status(await health("evil.example")), 403);
    assert.equal(status(await health(`127.0.0.1:${server.address.port}`)), 403);
    const origin = `Origin: http://127.0.0.1:${healthPort}\r\n${authorized()}`;
    assert.equal(status(await health(`127.0.0.1:${healthPort}`, origin)), 403);
  });

  it("reads no body of a stranger, however long", async () => {
    const { port } = server.address;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    let answer = "";
    socket.setEncoding("utf8").on("data", (data: string) => {
      answer += data;
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const length = 100 * 1024 * 1024;
    socket.write(
      `POST /tools/profile.open HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    );
    const block = Buffer.alloc(64 * 1024, "x");
    let sent = 0;
    const pump = () => {
      while (sent < length && !socket.destroyed && socket.write(block)) sent += block.length;
    };
    socket.on("drain", pump);
    pump();
    await closed;
    // What the system had buffered may push the answer out.
    if (answer !== "") assert.equal(status(answer), 401);
    assert.ok(sent < length / 2, `${sent} bytes were taken`);
  });

  it("refuses a body that is too long from one with the token", async () => {
    const { port, token } = server.address;
    const response = await fetch(`http://127.0.0.1:${port}/tools/profile.open`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: `{"input":{"path":"${"x".repeat(9 * 1024 * 1024)}"}}`,
    });
    assert.equal(response.status, 413);
  });

  it("does not wait for slow headers", async function () {
    this.timeout(10_000);
    const socket = connect(server.address.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET /jobs HTTP/1.1\r\nX-Slow: ");
    const drip = setInterval(() => socket.write("x"), 200);
    await new Promise((resolve) => socket.resume().once("close", resolve));
    clearInterval(drip);
  });

  it("goes on serving beside a thousand idle connections", async function () {
    this.timeout(30_000);
    const sockets: Socket[] = [];
    for (let i = 0; i < 1_000; i++) {
      const socket = connect(server.address.port, "127.0.0.1");
      socket.on("error", () => {});
      sockets.push(socket);
    }
    await sleep(500);
    const client = new ServerClient(server.address);
    assert.equal((await client.health()).jobs.length, 0);
    // The main port is full until the headers' time is over; health has a port of its own.
    for (;;) {
      const tools = await client.tools().catch(() => undefined);
      if (tools) break;
      await sleep(200);
    }
    for (const socket of sockets) socket.destroy();
  });

  it("takes no path for an id", async () => {
    for (const path of ["/jobs/..%2f..%2fetc%2fpasswd", "/jobs/../tools", "/tools/..%2fjobs"]) {
      const method = path.startsWith("/jobs") ? "DELETE" : "POST";
      const { port } = server.address;
      const answer = await raw(
        `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${authorized()}\r\n`,
      );
      assert.equal(status(answer), 404, path);
    }
  });

  it("logs a refusal without what was sent", async () => {
    await raw(request("Authorization: Bearer secret-guess\r\n", "/jobs?token=secret-guess"));
    assert.ok(logged.some((line) => line.includes("refused")));
    assert.ok(!logged.join("\n").includes("secret-guess"));
    assert.ok(!logged.join("\n").includes(server.address.token));
  });
});
