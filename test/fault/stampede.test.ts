/** Many launchers at once, some of them killed with the lock in hand: one server, no orphans. */
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { isAlive } from "../../src/toolchain/process-identity/identity.ts";
import {
  isRunning,
  serverScript,
  serversOf,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const rounds = isLong ? 25 : 3;
const launchers = isLong ? 32 : 8;
const launch = join(import.meta.dirname, "support", "launch.ts");

describe(`${launchers} launchers at once, ${rounds} rounds`, function () {
  this.timeout(rounds * 60_000);
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await testWorkspace();
  });
  after(() => workspace.dispose());

  const launchOne = () =>
    execa(process.execPath, [launch, workspace.path, serverScript], { reject: false });

  /** Kills whoever holds the lock, a little after it was taken. */
  async function killHolder(isOver: () => boolean): Promise<number> {
    const { lockHolder } = serverFolder(workspace.path);
    while (!isOver()) {
      const holder = JSON.parse((await readFile(lockHolder, "utf8").catch(() => "")) || "{}");
      const pid: number | undefined = holder.process?.pid;
      if (pid !== undefined && pid !== process.pid) {
        await sleep(Math.random() * 300);
        try {
          process.kill(pid, "SIGKILL");
          return 1;
        } catch {
          // It was done sooner.
        }
      }
      await sleep(2);
    }
    return 0;
  }

  it("end with exactly one server, whoever was killed, and no stranger is signalled", async () => {
    const { path, lock } = serverFolder(workspace.path);
    // The same command line, another process.
    const decoyArgs = [
      "-e",
      "setInterval(() => {}, 1000)",
      "--",
      serverScript,
      "--folder",
      `${path}x`,
    ];
    const decoys = [1, 2, 3].map(() => execa(process.execPath, decoyArgs, { reject: false }));
    let killed = 0;
    for (let round = 0; round < rounds; round++) {
      let isOver = false;
      const children = Array.from({ length: launchers }, launchOne);
      const kills = round % 2 === 0 ? Promise.resolve(0) : killHolder(() => isOver);
      // Taken away on purpose: it costs a spawn, never a duplicate.
      if (round % 3 === 2) void sleep(200).then(() => rm(lock, { recursive: true, force: true }));
      const results = await Promise.all(children);
      isOver = true;
      killed += await kills;
      const failed = results.filter(
        ({ exitCode, signal }) => exitCode !== 0 && signal === undefined,
      );
      assert.deepEqual(
        failed.map(({ stderr }) => stderr),
        [],
      );
      const { server, process: own } = await workspace.recorded();
      const ids = results.map(({ stdout }) => stdout).filter((id) => id !== "");
      assert.deepEqual([...new Set(ids)], [server.instanceId]);
      // A spawned server that came second may still be leaving.
      for (let i = 0; i < 100 && (await serversOf(path)).length > 1; i++) await sleep(20);
      assert.deepEqual(await serversOf(path), [own.pid]);
      const recorded = await workspace.recorded();
      process.kill(own.pid, "SIGKILL");
      while (await isRunning(recorded)) await sleep(5);
    }
    for (const decoy of decoys) {
      assert.ok(isAlive(decoy.pid!));
      decoy.kill();
    }
    console.log(`      ${rounds * launchers} launches, ${killed} holders killed`);
    assert.ok(killed > 0);
    await ensureServer({ workspace: workspace.path, serverScript });
  });
});
