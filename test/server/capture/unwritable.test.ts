/** Captures whose folder, or whose server's folder, cannot be written at one moment or another. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { describe, it } from "mocha";
import { startSchema } from "../../../src/capture/capture.ts";
import { createCaptureSessions } from "../../../src/capture/sessions.ts";
import { listeningPorts } from "../../../src/capture/v8/listening-ports.ts";
import { listNodeProcesses } from "../../../src/toolchain/processes.ts";
import { endless, withFolder } from "./programs.ts";

const working = `setInterval(() => { for (const end = Date.now() + 20; Date.now() < end; ); }, 25);
  console.log("up");`;

async function withNode(
  args: readonly string[],
  use: (pid: number) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  try {
    await once(child.stdout, "data");
    await use(child.pid!);
    assert.equal(child.exitCode ?? child.signalCode, null, "it goes on");
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

/** Command lines of programs that stand in the folder. */
async function programsOf(folder: string): Promise<string[]> {
  const all = await listNodeProcesses();
  return all.map(({ commandLine }) => commandLine).filter((line) => line.includes(folder));
}

describe("a capture that cannot be written", function () {
  this.slow(5_000);
  const begun = () => assert.fail("no capture ever began");
  const launch = (folder: string) => {
    const target = { kind: "command", argv: ["node", join(folder, "app.cjs")], cwd: folder };
    return startSchema.parse({ target, directory: join(folder, "captures") });
  };

  it("by its server leaves neither its program nor its folder", async () => {
    await withFolder({ "app.cjs": endless, "no-folder": "" }, async (folder) => {
      const recordings = join(folder, "no-folder", "recordings");
      const sessions = createCaptureSessions(begun, { recordings });
      await assert.rejects(sessions.start(launch(folder), {}), {
        name: "CaptureError",
        code: "unusable-folder",
        message: `${recordings} cannot be written: a part of its path is a file.`,
      });
      assert.deepEqual(await programsOf(folder), []);
      assert.deepEqual(await readdir(join(folder, "captures")), []);
    });
  });

  it("by its server closes the inspector that was opened for it", async () => {
    await withFolder({ "no-folder": "" }, async (folder) => {
      await withNode(["--inspect-port=127.0.0.1:0", "-e", working], async (pid) => {
        const recordings = join(folder, "no-folder", "recordings");
        const sessions = createCaptureSessions(begun, { recordings });
        const options = { target: { kind: "process", pid }, directory: join(folder, "captures") };
        await assert.rejects(sessions.start(startSchema.parse(options), {}), {
          code: "unusable-folder",
        });
        assert.deepEqual(await listeningPorts(pid), []);
        assert.deepEqual(await readdir(join(folder, "captures")), []);
      });
    });
  });

  it("because the disk is full says so at once, and leaves nothing", async function () {
    await withFolder({ "app.cjs": endless }, async (folder) => {
      const captures = join(folder, "captures");
      await mkdir(captures);
      const tmpfs = ["-t", "tmpfs", "-o", "size=256k", "tmpfs", captures];
      if ((await execa("mount", tmpfs, { reject: false })).failed) this.skip();
      try {
        const { bsize, bavail } = await statfs(captures);
        // The folder's record, the shim, its hook, and with the program running the record again.
        for (const blocksLeft of [0, 1, 2, 3]) {
          await writeFile(join(captures, "filler"), Buffer.alloc((bavail - blocksLeft) * bsize));
          const sessions = createCaptureSessions(begun);
          await assert.rejects(sessions.start(launch(folder), {}), {
            name: "CaptureError",
            code: "unusable-folder",
            message: /cannot be written: the disk is full\.$/,
          });
          assert.deepEqual(await readdir(captures), ["filler"]);
          assert.deepEqual(await programsOf(folder), []);
        }
      } finally {
        await execa("umount", [captures], { reject: false });
      }
    });
  });

  it("where no folder can be made says so", async () => {
    await withFolder({ "app.cjs": endless, captures: "a file" }, async (folder) => {
      const sessions = createCaptureSessions(begun);
      await assert.rejects(sessions.start(launch(folder), {}), {
        code: "unusable-folder",
        message: /captures cannot be written: a part of its path is a file/,
      });
    });
  });

  it("when it is stopped can be stopped again, and has its profile", async () => {
    await withFolder({}, async (folder) => {
      await withNode(["--inspect=127.0.0.1:0", "-e", working], async (pid) => {
        const sessions = createCaptureSessions(() => {});
        const options = { target: { kind: "process", pid }, directory: folder };
        const { sessionId, directory } = await sessions.start(startSchema.parse(options), {});
        await sleep(300);
        await rm(directory, { recursive: true });
        await writeFile(directory, "");
        await assert.rejects(sessions.stop(sessionId, {}), { code: "unusable-folder" });
        await rm(directory);
        await mkdir(directory);
        const { profiles } = await sessions.stop(sessionId, {});
        assert.equal(profiles.length, 1);
        assert.deepEqual((await readdir(directory)).length, 2);
      });
    });
  });
});

describe("a stop that is given up", () => {
  it("can be asked again, of the next server too", async () => {
    await withFolder({ "app.cjs": `${endless} console.log("up");` }, async (folder) => {
      const recordings = join(folder, "recordings");
      const sessions = createCaptureSessions(() => {}, { recordings });
      const target = { kind: "command", argv: ["node", "app.cjs"], cwd: folder, launch: "caller" };
      const options = startSchema.parse({ target, directory: join(folder, "captures") });
      const { sessionId, argv, env } = await sessions.start(options, {});
      const [file, ...args] = argv as [string, ...string[]];
      const program = execa(file, args, { cwd: folder, env, reject: false });
      try {
        await once(program.stdout!, "data");
        await sleep(300);
        const abort = new AbortController();
        const stopping = sessions.stop(sessionId, { signal: abort.signal });
        abort.abort();
        await assert.rejects(stopping, { name: "AbortError" });
        assert.deepEqual(await readdir(recordings), [`${sessionId}.json`]);
      } finally {
        program.kill("SIGKILL");
        await program;
      }
      const { profiles } = await sessions.stop(sessionId, {});
      assert.equal(profiles.length, 1);
      assert.deepEqual(await readdir(recordings), []);
    });
  });
});
