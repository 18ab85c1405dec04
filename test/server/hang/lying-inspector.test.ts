/** Inspectors that do not keep to the protocol: a named reason each, and no connection is left. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { captureHang } from "../../../src/hang/capture-hang.ts";
import { eventually } from "../../support/eventually.ts";

interface Request {
  readonly id: number;
  readonly method: string;
}
type Answer = (request: Request, socket: WebSocket) => void;

const place = { scriptId: "1", lineNumber: 6, columnNumber: 2 };
const frames = [{ functionName: "spin", url: "file:///app.js", location: place }];

function tell(socket: WebSocket, message: object | string): void {
  socket.send(typeof message === "string" ? message : JSON.stringify(message));
}

/** Answers as an inspector of a thread that is stuck, but for what it is told to do otherwise. */
function stuck(otherwise: Readonly<Record<string, Answer>> = {}): Answer {
  return (request, socket) => {
    const other = otherwise[request.method];
    if (other) return other(request, socket);
    if (request.method === "Runtime.evaluate") return;
    tell(socket, { id: request.id, result: {} });
    if (request.method === "Debugger.pause") {
      tell(socket, { method: "Debugger.paused", params: { callFrames: frames } });
    }
  };
}

function paused(params: unknown): Answer {
  return ({ id }, socket) => {
    tell(socket, { id, result: {} });
    tell(socket, { method: "Debugger.paused", params });
  };
}

describe("an inspector that lies", function () {
  this.timeout(30_000);
  let server: WebSocketServer;
  let answer: Answer;

  before(async () => {
    server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data) => answer(JSON.parse(String(data)) as Request, socket));
    });
  });
  after(() => server.close());

  async function capture(how: Answer, budgetMs = 10_000) {
    answer = how;
    const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = await captureHang({ kind: "inspector", address }, { budgetMs });
    await eventually(() => assert.equal(server.clients.size, 0));
    return { ...file, pause: file.steps.find(({ step }) => step === "pause")! };
  }

  it("not at all: the stand-in is looked at as any other", async () => {
    const { pause, frames: seen, stacks } = await capture(stuck());
    assert.equal(pause.outcome, "named");
    assert.equal(stacks.length, 6);
    assert.deepEqual([seen[0]?.name, seen[0]?.line, seen[0]?.column], ["spin", 7, 3]);
  });

  const lies: Readonly<Record<string, readonly [Answer, string]>> = {
    "answers nothing": [() => {}, "inspector-silent"],
    "answers nonsense": [
      ({ id }, socket) => {
        const nonsense = ["", "\0", "[]", "null", '{"id":', `{"id":"${id}"}`, '{"id":-1}'];
        for (const text of nonsense) tell(socket, text);
        socket.send(Buffer.from([255, 0, 254]));
        tell(socket, { id: id + 1_000, result: {} });
      },
      "inspector-silent",
    ],
    refuses: [
      stuck({
        "Debugger.enable": ({ id }, socket) => tell(socket, { id, error: { message: "No." } }),
      }),
      "inspector-error",
    ],
    "says that it pauses and does not": [
      stuck({ "Debugger.pause": ({ id }, socket) => tell(socket, { id, result: {} }) }),
      "waiting",
    ],
    "pauses without a stack": [
      stuck({ "Debugger.pause": paused({ callFrames: [] }) }),
      "bad-answer",
    ],
    "pauses with a stack of something else": [
      stuck({ "Debugger.pause": paused({ callFrames: [{ functionName: 1 }] }) }),
      "bad-answer",
    ],
    "pauses with nothing": [stuck({ "Debugger.pause": paused(null) }), "bad-answer"],
    "goes in the middle": [
      stuck({ "Debugger.pause": (_request, socket) => socket.terminate() }),
      "target-gone",
    ],
  };
  for (const [lie, [how, reason]] of Object.entries(lies)) {
    it(`gives "${reason}": it ${lie}`, async () => {
      const { pause, responsive, stacks } = await capture(how);
      assert.equal(pause.outcome, "failed");
      assert.equal(pause.reason, reason);
      assert.equal(responsive, false);
      assert.deepEqual(stacks, []);
    });
  }

  it("keeps what was seen before it went", async () => {
    let looks = 0;
    const how = stuck({
      "Debugger.pause": (request, socket) => {
        if (++looks > 2) socket.terminate();
        else paused({ callFrames: frames })(request, socket);
      },
    });
    const { pause, stacks } = await capture(how);
    assert.equal(pause.outcome, "named");
    assert.equal(stacks.length, 2);
  });

  it("has places that are none", async () => {
    const odd = [-5, 1e300, 0.5, 2 ** 31].map((lineNumber) => ({
      functionName: "spin",
      location: { scriptId: "1", lineNumber, columnNumber: lineNumber },
    }));
    const { frames: seen } = await capture(
      stuck({ "Debugger.pause": paused({ callFrames: odd }) }),
    );
    assert.deepEqual([...new Set(seen.map(({ line, column }) => line + column))], [0]);
  });

  it("floods with events", async () => {
    const floods = new Set<NodeJS.Timeout>();
    const event = JSON.stringify({
      method: "Debugger.scriptParsed",
      params: { scriptId: "2", url: "x".repeat(1_000) },
    });
    const how = stuck({
      "Debugger.enable": ({ id }, socket) => {
        tell(socket, { id, result: {} });
        const flood = setInterval(() => {
          for (let i = 0; i < 200; i++) tell(socket, event);
        }, 5);
        floods.add(flood);
        socket.once("close", () => clearInterval(flood));
      },
    });
    const { pause, stacks } = await capture(how);
    assert.equal(floods.size, 1);
    assert.equal(pause.outcome, "named");
    assert.equal(stacks.length, 6);
  });
});
