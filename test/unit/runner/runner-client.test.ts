/** Whether a request may have arrived, told of every way in which a connection goes wrong. */
import assert from "node:assert/strict";
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type RequestListener,
} from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  type Loss,
  RunnerClient,
  RunnerConnectionError,
} from "../../../src/runner/session/runner-client.ts";

const instance = "own";
const command = { id: "c1", name: "tap", arguments: {} };
const opened: (Server | HttpServer)[] = [];

async function listen(server: Server | HttpServer): Promise<RunnerClient> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  return new RunnerClient({ port, token: "t", instance });
}

const sockets = (take: (socket: Socket) => void) =>
  listen(createServer((socket) => take(socket.on("error", () => {}))));
const http = (take: RequestListener) => listen(createHttpServer(take));

async function lossOf(client: RunnerClient, timeoutMs = 2_000): Promise<Loss> {
  try {
    await client.command(command, { timeoutMs });
  } catch (error) {
    assert.ok(error instanceof RunnerConnectionError, String(error));
    return error.loss;
  }
  return assert.fail("answered");
}

describe("a request to a runner", () => {
  afterEach(() => {
    for (const server of opened.splice(0)) {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    }
  });

  it("certainly did not arrive where nobody listens", async () => {
    const client = await sockets(() => {});
    await new Promise((resolve) => opened.pop()!.close(resolve));
    assert.equal(await lossOf(client), "unsent");
  });
  it("may have arrived when the connection breaks at once", async () => {
    assert.equal(await lossOf(await sockets((socket) => socket.destroy())), "unknown");
  });
  it("may have arrived when the connection breaks after it was read", async () => {
    const client = await sockets((socket) => socket.once("data", () => socket.destroy()));
    assert.equal(await lossOf(client), "unknown");
  });
  it("may have arrived when its answer breaks off", async () => {
    const client = await http((_request, response) => {
      response.writeHead(200, { "hangscope-runner-instance": instance, "content-length": "100" });
      response.write("{");
      setTimeout(() => response.destroy(), 20);
    });
    assert.equal(await lossOf(client), "unknown");
  });
  it("may have arrived when there is no answer in time", async () => {
    assert.equal(await lossOf(await http(() => {}), 100), "unknown");
  });
  it("may have arrived when the answer makes no sense", async () => {
    const client = await http((_request, response) => {
      response.writeHead(200, { "hangscope-runner-instance": instance }).end("<html>");
    });
    assert.equal(await lossOf(client), "refused");
  });
  it("met a stranger who does not say that it is our runner (weakness: health proved a listener)", async () => {
    const answers = [{}, { "hangscope-runner-instance": "another" }];
    for (const headers of answers) {
      const client = await http((_request, response) => {
        response.writeHead(200, headers).end('{"state":"done"}');
      });
      assert.equal(await lossOf(client), "stranger");
    }
  });
  it("is answered, with its token", async () => {
    const client = await http((request, response) => {
      assert.equal(request.headers.authorization, "Bearer t");
      response.writeHead(200, { "hangscope-runner-instance": instance });
      response.end('{"state":"done","result":1}');
    });
    const answer = await client.command(command, { timeoutMs: 2_000 });
    assert.deepEqual(answer, { state: "done", result: 1 });
  });
  it("ends with the caller's own reason when it is cancelled", async () => {
    const client = await http(() => {});
    const signal = AbortSignal.timeout(50);
    await assert.rejects(client.command(command, { timeoutMs: 5_000, signal }), {
      name: "TimeoutError",
    });
  });
});
