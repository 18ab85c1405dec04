/** Whose the lock is, and who may take it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { LaunchError, secureFolder, serverFolder } from "../../src/launcher/server-folder.ts";
import { withSpawnLock } from "../../src/launcher/spawn-lock.ts";
import type { ServerFolder } from "../../src/server/folder.ts";
import { type TestWorkspace, testWorkspace } from "../server/support/workspace.ts";
import { stopProcess } from "../support/stop-process.ts";

const lockModule = new URL("../../src/launcher/spawn-lock.ts", import.meta.url);

describe("the spawn lock", () => {
  let workspace: TestWorkspace;
  let folder: ServerFolder;

  beforeEach(async () => {
    workspace = await testWorkspace();
    folder = serverFolder(workspace.path);
    await secureFolder(folder);
  });
  afterEach(() => workspace.dispose());

  /** A process that takes the lock and keeps it. */
  async function holder() {
    const code = `
      const { withSpawnLock } = await import(${JSON.stringify(lockModule)});
      await withSpawnLock(${JSON.stringify(folder)}, { waitMs: 20000 }, async () => {
        console.log("held");
        await new Promise((resolve) => setTimeout(resolve, 60000));
      });`;
    const child = execa(process.execPath, ["--input-type=module", "-e", code], { reject: false });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const end = async () => {
      child.kill("SIGKILL");
      await child;
    };
    // Not the child itself: it is a promise of its end.
    return { pid: child.pid, stop: () => stopProcess(child.pid!), end };
  }
  const take = (waitMs: number) => withSpawnLock(folder, { waitMs }, async () => "mine");

  it("lets one work at a time, and leaves nothing behind", async () => {
    let inside = 0;
    const work = () =>
      withSpawnLock(folder, { waitMs: 10_000 }, async () => {
        assert.equal(++inside, 1);
        await sleep(50);
        inside--;
      });
    await Promise.all([1, 2, 3, 4].map(work));
    assert.deepEqual(await readdir(folder.path), []);
  });

  it("is a dead holder's no longer, at once", async () => {
    const dead = await holder();
    await dead.end();
    assert.equal(await take(2_000), "mine");
  });

  it("stays a live holder's however long it takes, even one that is stopped", async () => {
    const slow = await holder();
    await slow.stop();
    await assert.rejects(take(1_500), (error: Error) => {
      assert.ok(error instanceof LaunchError);
      assert.match(
        error.message,
        new RegExp(`process ${slow.pid}, which has not finished in 1.5 s`),
      );
      return true;
    });
    assert.ok(existsSync(folder.lock));
    // Nor does a clock that was set back or forward make it old.
    await utimes(folder.lock, new Date(Date.now() + 1e9), new Date(Date.now() + 1e9));
    await assert.rejects(take(500), LaunchError);
    await slow.end();
  });

  it("without a name is taken after a while, whatever its age", async () => {
    await mkdir(folder.lock);
    await utimes(folder.lock, new Date(Date.now() + 1e9), new Date(Date.now() + 1e9));
    await assert.rejects(take(2_000), /another process/);
    assert.equal(await take(15_000), "mine");
  });

  it("is not taken over by two", async () => {
    for (let round = 0; round < 5; round++) {
      const dead = await holder();
      await dead.end();
      let inside = 0;
      const work = () =>
        withSpawnLock(folder, { waitMs: 10_000 }, async () => {
          assert.equal(++inside, 1);
          await sleep(20);
          inside--;
        });
      await Promise.all(Array.from({ length: 8 }, work));
    }
  });

  it("with a name that cannot be read counts as one without", async () => {
    await mkdir(folder.lock);
    await writeFile(folder.lockHolder, '{"process":');
    assert.equal(await take(15_000), "mine");
    await rm(folder.lock, { recursive: true, force: true });
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.includes("lock")),
      [],
    );
  });

  it("ends the wait when asked to", async () => {
    const other = await holder();
    const abort = new AbortController();
    const waiting = withSpawnLock(
      folder,
      { waitMs: 60_000, signal: abort.signal },
      async () => "mine",
    );
    await sleep(200);
    abort.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.ok(JSON.parse(await readFile(folder.lockHolder, "utf8")));
    await other.end();
  });
});
