/** A server that dies while Instruments records: the next one stops and exports the recording. */
import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "../../src/launcher/connection.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { type ToolName, tools } from "../../src/tools/index.ts";
import {
  isRunning,
  serverScript,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";
import { withAppleTools } from "../toolchain/scenario.ts";

describe("a recording of an Apple app whose server is killed", function () {
  this.timeout(60_000);
  let workspace: TestWorkspace;
  let mac: ReturnType<typeof withAppleTools>;
  let connection: Connection;
  const shell = { ...process.env };

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  beforeEach(async () => {
    mac = withAppleTools({ xcode: "26.5", times: { scale: 0.005, limitScale: 1 } });
    // As the shell of a user has it, from which servers are started.
    Object.assign(process.env, mac.env);
    workspace = await testWorkspace();
    await mkdir(workspace.path);
    connection = new Connection({ workspace: workspace.path, serverScript });
  });
  afterEach(async () => {
    connection.dispose();
    await workspace.dispose();
    for (const name of Object.keys(mac.env)) delete process.env[name];
    Object.assign(process.env, shell);
    mac.remove();
  });

  it("goes on, and is stopped and exported by the next one", async () => {
    const listed = await connection.call("apple.devices", { appsOf: "" });
    assertFits("apple.devices", listed);
    const { devices } = listed;
    const device = devices.find(({ kind }) => kind === "simulator")!.udid;
    const started = await connection.call("apple.start", {
      device,
      process: { by: "name", name: "StuckApp" },
      directory: join(workspace.path, "captures"),
    });
    assertFits("apple.start", started);
    const { sessionId } = started;
    const recorded = await workspace.recorded();
    process.kill(recorded.process.pid, "SIGKILL");
    while (await isRunning(recorded)) await sleep(10);
    assert.equal(mac.live().length, 1, "the recorder lives");

    const stopped = await connection.call("apple.stop", { sessionId });
    assertFits("apple.stop", stopped);
    const { profiles, warnings } = stopped;
    assert.deepEqual(warnings, []);
    assert.ok(profiles[0]!.samples > 100);
    assert.deepEqual(mac.live(), []);
    assert.deepEqual(await readdir(serverFolder(workspace.path).recordings), []);
    const analyzed = await connection.call("apple.analyze", { profile: profiles[0]!.path });
    assertFits("apple.analyze", analyzed);
    const { findings } = analyzed;
    assert.equal(findings.hangs.found.length, 3);
    const records = mac.calls("xctrace").filter(({ args }) => args[0] === "record");
    assert.equal(records.length, 1, "nothing was recorded twice");
  });
});

/** What a tool gives is what its schema says. */
function assertFits(name: ToolName, answer: unknown): void {
  const tool = tools.find((each) => each.name === name)!;
  assert.deepEqual(tool.output.safeParse(answer).error?.issues ?? [], []);
}
