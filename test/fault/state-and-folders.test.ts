/** Folders and files as accidents leave them: each ends in a working server or one clear error. */
import assert from "node:assert/strict";
import { chmod, chown, mkdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { readState } from "../../src/server/state-file.ts";
import {
  isRunning,
  serverScript,
  serversOf,
  type TestWorkspace,
  testWorkspace,
} from "../server/support/workspace.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const launch = join(import.meta.dirname, "support", "launch.ts");
const nobody = 65_534;

describe("the server's folder", function () {
  this.timeout(isLong ? 20 * 60_000 : 60_000);
  let workspace: TestWorkspace;
  const options = () => ({ workspace: workspace.path, serverScript });

  beforeEach(async () => {
    workspace = await testWorkspace();
  });
  afterEach(() => workspace.dispose());

  const endServer = async () => {
    const recorded = await workspace.recorded();
    process.kill(recorded.process.pid, "SIGKILL");
    while (await isRunning(recorded)) await new Promise(setImmediate);
  };

  it("with a state that was cut anywhere is as one without", async () => {
    const { state } = serverFolder(workspace.path);
    await ensureServer(options());
    const text = await readFile(state, "utf8");
    await endServer();
    for (let bytes = 0; bytes < text.length; bytes++) {
      await writeFile(state, text.slice(0, bytes));
      assert.equal(await readState(state), undefined);
    }
    const step = isLong ? Math.ceil(text.length / 40) : Math.ceil(text.length / 3);
    for (let bytes = 0; bytes < text.length; bytes += step) {
      await writeFile(state, text.slice(0, bytes));
      await ensureServer(options());
      await endServer();
    }
  });

  it("with a state of wrong types or another version is as one without", async () => {
    const { state } = serverFolder(workspace.path);
    await ensureServer(options());
    const good = JSON.parse(await readFile(state, "utf8"));
    await endServer();
    const spoilt: unknown[] = [
      null,
      [],
      "state",
      { ...good, protocol: 2 },
      { ...good, process: { ...good.process, pid: -1 } },
      { ...good, process: { ...good.process, pid: "1" } },
      { ...good, server: { ...good.server, port: 0 } },
      { ...good, server: { ...good.server, port: 1e9 } },
      { ...good, server: { ...good.server, token: "" } },
      { ...good, managed: "root" },
    ];
    for (const value of spoilt) {
      await writeFile(state, JSON.stringify(value));
      assert.equal(await readState(state), undefined, JSON.stringify(value));
    }
    await ensureServer(options());
  });

  it("with files from the future, as a clock that was set back leaves them, works", async () => {
    const folder = serverFolder(workspace.path);
    await ensureServer(options());
    const { server } = await workspace.recorded();
    const future = new Date(Date.now() + 1e10);
    for (const path of [folder.state, folder.log, folder.path]) await utimes(path, future, future);
    assert.deepEqual((await ensureServer(options())).server, server);
    await endServer();
    await mkdir(folder.lock);
    await utimes(folder.lock, future, future);
    await ensureServer(options());
  });

  it("is the same through a link to the workspace", async () => {
    await mkdir(workspace.path);
    const link = `${workspace.path}-link`;
    await symlink(workspace.path, link);
    const { server } = await ensureServer(options());
    assert.deepEqual((await ensureServer({ ...options(), workspace: link })).server, server);
  });

  describe("of another user", () => {
    /** Tries as a user without rights; root ignores modes. */
    async function tryAsNobody(): Promise<string> {
      const { exitCode, stderr } = await execa(
        process.execPath,
        [launch, workspace.path, serverScript],
        { uid: nobody, gid: nobody, reject: false, timeout: 20_000 },
      );
      assert.equal(exitCode, 1, stderr);
      return stderr;
    }

    before(function () {
      if (process.getuid?.() !== 0) this.skip();
    });
    beforeEach(async () => {
      await chmod(dirname(workspace.path), 0o755);
    });

    it("is refused", async () => {
      const folder = serverFolder(workspace.path);
      await mkdir(folder.path, { recursive: true });
      await chmod(folder.path, 0o700);
      assert.match(await tryAsNobody(), /LaunchError: .*belongs to another user/);
    });

    it("cannot be made where one may not write", async () => {
      const home = process.env["HANGSCOPE_HOME"]!;
      await mkdir(home);
      await chmod(home, 0o555);
      await chown(home, nobody, nobody);
      assert.match(
        await tryAsNobody(),
        /LaunchError: .*cannot be made: this user may not write there/,
      );
      const folder = serverFolder(workspace.path);
      await mkdir(folder.path, { recursive: true });
      for (const path of [dirname(folder.path), folder.path]) await chown(path, nobody, nobody);
      await chmod(folder.path, 0o500);
      assert.match(await tryAsNobody(), /LaunchError: .*spawn\.lock cannot be made: EACCES/);
    });
  });

  it("on a full disk gives one clear error, and works when there is room again", async function () {
    const home = process.env["HANGSCOPE_HOME"]!;
    await mkdir(home);
    const mounted = await execa("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", home], {
      reject: false,
    });
    if (mounted.failed) this.skip();
    try {
      const { path } = serverFolder(workspace.path);
      await mkdir(path, { recursive: true, mode: 0o700 });
      const filler = join(home, "filler");
      await execa("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"], { reject: false });
      await assert.rejects(ensureServer(options()), {
        name: "LaunchError",
        message: /cannot be (written|made)|did not start/,
      });
      assert.deepEqual(await serversOf(path), []);
      await rm(filler);
      await ensureServer(options());
      await endServer();
    } finally {
      await execa("umount", [home], { reject: false });
    }
  });
});
