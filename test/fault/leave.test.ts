/** A server that leaves, however it is told to: nothing of it runs on, nothing captured is lost. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listCaptures } from "../../src/capture/storage.ts";
import { secureFolder, serverFolder } from "../../src/launcher/server-folder.ts";
import { ServerClient } from "../../src/server/client.ts";
import { spawnMessageSchema } from "../../src/server/protocol.ts";
import { identify, isAlive } from "../../src/toolchain/process-identity/identity.ts";
import { serverScript, type TestWorkspace, testWorkspace } from "../server/support/workspace.ts";

const busy = `
  function burn() { for (let i = 0; i < 1e7; i++) Math.sqrt(i); }
  setInterval(burn, 1);
  setTimeout(() => require("node:fs").writeFileSync("started", ""), 300);`;

/** Looks like a Node that a job asks for its version, and only SIGKILL ends it. */
const stubbornNode = `#!/bin/sh
trap '' INT TERM
echo $$ > asked
exec sleep 60
`;

type Leave = (server: ChildProcess, client: ServerClient) => unknown;
const ways: Readonly<Record<string, Leave>> = {
  SIGTERM: (server) => server.kill("SIGTERM"),
  SIGINT: (server) => server.kill("SIGINT"),
  "asked to": (_server, client) => client.shutdown(),
};

describe("a server that leaves in the middle of a job", () => {
  let workspace: TestWorkspace;
  let server: ChildProcess;
  let client: ServerClient;

  beforeEach(async () => {
    workspace = await testWorkspace();
    await mkdir(workspace.path);
    await writeFile(join(workspace.path, "busy.cjs"), busy);
    await writeFile(join(workspace.path, "node"), stubbornNode, { mode: 0o755 });
    const folder = serverFolder(workspace.path);
    await secureFolder(folder);
    const args = ["--folder", folder.path, "--managed", "autospawn", "--idle-ms", "0"];
    server = fork(serverScript, args, { cwd: workspace.path });
    const message = spawnMessageSchema.parse((await once(server, "message"))[0]);
    assert.equal(message.kind, "ready");
    client = new ServerClient((await workspace.recorded()).server);
  });
  const started: number[] = [];
  afterEach(async () => {
    server.kill("SIGKILL");
    await workspace.dispose();
    // Whatever a failed test has left running.
    for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });

  const file = (name: string) => join(workspace.path, name);
  const start = (options: { node?: string; directory: string }) =>
    client.call("v8.start", {
      target: {
        kind: "command",
        argv: ["node", "busy.cjs"],
        cwd: workspace.path,
        ...(options.node !== undefined && { node: options.node }),
      },
      directory: options.directory,
    });

  for (const [why, leave] of Object.entries(ways)) {
    it(`(${why}) ends the job with its child, keeps its capture and takes its state away`, async () => {
      const { pid } = await start({ directory: file("captures") });
      while (!existsSync(file("started"))) await sleep(20);
      const job = start({ node: file("node"), directory: file("unfinished") }).catch(() => {});
      while (!existsSync(file("asked"))) await sleep(20);
      const child = Number(await readFile(file("asked"), "utf8"));
      started.push(pid!, child);
      assert.ok((await identify(child)) && (await identify(pid!)), "both run");

      const left = once(server, "exit");
      await leave(server, client);
      assert.deepEqual(await left, [0, null]);

      await job;
      assert.equal(await identify(child), undefined, "the job's child");
      assert.deepEqual(await readdir(file("unfinished")), [], "the job tidied up");
      assert.equal(await identify(pid!), undefined, "the captured program");
      const [capture] = await listCaptures(file("captures"));
      assert.ok(capture?.endedAt);
      assert.equal(capture.profiles.length, 1);
      assert.ok(existsSync(join(capture.directory, capture.profiles[0]!.file)));
      const folder = serverFolder(workspace.path);
      assert.deepEqual(await readdir(folder.recordings), []);
      assert.equal(existsSync(folder.state), false);
      assert.match(await readFile(folder.log, "utf8"), new RegExp(`leaving: ${why}\n.*left\n$`));
    });
  }
});
