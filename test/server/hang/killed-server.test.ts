/** The target of a capture when the server that looks at it is killed in the middle. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "../../../src/launcher/connection.ts";
import { serverScript, type TestWorkspace, testWorkspace } from "../support/workspace.ts";
import { type StuckProgram, stuckProgram } from "./stuck-program.ts";

describe("the target of a server that is killed", function () {
  this.timeout(60_000);
  let workspace: TestWorkspace;
  let program: StuckProgram;

  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(async () => {
    workspace = await testWorkspace();
    program = await stuckProgram("loop", { flags: ["--inspect=0"] });
  });
  afterEach(async () => {
    program.end();
    await workspace.dispose();
  });

  it("runs on, and can be looked at again", async () => {
    const input = {
      target: { kind: "process", pid: program.pid } as const,
      directory: join(workspace.path, "captures"),
    };
    for (const afterMs of [0, 60, 200]) {
      const connection = new Connection({ workspace: workspace.path, serverScript });
      const { promise: looking, resolve } = Promise.withResolvers<void>();
      const onProgress = ({ message }: { message?: string }) => {
        if (message === "Looking at its stack") resolve();
      };
      const lost = assert.rejects(connection.call("hang.capture", input, { onProgress }), {
        code: "connection-lost",
      });
      await looking;
      await sleep(afterMs);
      process.kill((await workspace.recorded()).process.pid, "SIGKILL");
      await lost;
      connection.dispose();
      assert.ok(await program.runsOn(), `killed ${afterMs} ms after its first pause`);
    }
    const connection = new Connection({ workspace: workspace.path, serverScript });
    const { stuckIn } = await connection.call("hang.capture", input);
    connection.dispose();
    assert.equal(stuckIn?.name, "spinForever");
  });
});
