/** Node programs that are stuck and freed: what else they do goes on. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freeTarget } from "../../../src/hang/free-target.ts";
import { eventually } from "../../support/eventually.ts";
import { nodeOf } from "../../support/nodes.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

/** Each kind of callback that Node keeps account of in its own way. */
const callbacks: Readonly<Record<string, string>> = {
  timer: "setTimeout(stick, 20);",
  "setImmediate callback": "setImmediate(stick);",
  "nextTick callback": "setTimeout(() => process.nextTick(stick), 20);",
  "promise callback": "setTimeout(() => Promise.resolve().then(stick), 20);",
  "request handler": `
    const { createServer, get } = require("node:http");
    const server = createServer(stick).listen(0, () => get({ port: server.address().port }).on("error", () => {}));`,
  "main module": "stick();",
};

function programOf(start: string): string {
  return `
    const stick = () => {
      console.log("stuck");
      for (;;) try { (function again() { again(); })(); } catch {}
    };
    setInterval(() => console.log("ticks"), 50);
    ${start}`;
}

describe("freeing a Node program", function () {
  this.timeout(60_000);
  let program: ChildProcess | undefined;
  afterEach(() => {
    program?.kill("SIGKILL");
  });

  for (const version of isLong ? ["20.20.2", "22.23.3", "24.21.0"] : [""]) {
    for (const [callback, start] of Object.entries(callbacks)) {
      it(`that is stuck in a ${callback} leaves it running ${version}`, async () => {
        const node = version === "" ? process.execPath : await nodeOf(version);
        program = spawn(node, ["--inspect=0", "-e", programOf(start)], {
          stdio: ["ignore", "pipe", "ignore"],
        });
        let said = "";
        program.stdout!.on("data", (chunk: Buffer) => {
          said += chunk.toString();
        });
        await eventually(() => assert.match(said, /stuck/));
        const before = said;
        const target = { kind: "process", pid: program.pid! } as const;
        assert.match(await freeTarget(target), /--inspect=0/);
        await eventually(() => assert.match(said.slice(before.length), /(ticks\n){3}/));
        assert.equal(program.exitCode, null);
      });
    }
  }

  it("that is not stuck ends nothing of it", async () => {
    const script = "setInterval(() => {}, 1000); console.log('up')";
    program = spawn(process.execPath, ["--inspect=0", "-e", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(program.stdout!, "data");
    const target = { kind: "process", pid: program.pid! } as const;
    await assert.rejects(freeTarget(target), { reason: "responsive" });
  });
});
