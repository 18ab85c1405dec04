import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type StoppedCapture, startSchema } from "../../../src/capture/capture.ts";
import { type CaptureEvent, createCaptureSessions } from "../../../src/capture/sessions.ts";
import { listCaptures } from "../../../src/capture/storage.ts";
import { listeningPorts } from "../../../src/capture/v8/listening-ports.ts";
import { dataFolder } from "../../../src/toolchain/data-folder.ts";
import { holdGuard } from "../../../src/toolchain/guard.ts";
import { withFolder } from "./programs.ts";

/** Each says "up" once it runs. */
const pegged = `function hotLoop() { for (;;); } console.log("up"); setTimeout(hotLoop, 10);`;
const working = `function hotWork() { const end = Date.now() + 20; while (Date.now() < end); }
  setInterval(hotWork, 25); console.log("up");`;

interface Running {
  readonly child: ChildProcess;
  /** What it has written to standard error. */
  stderr: string;
}

async function withNode(
  args: readonly string[],
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const running: Running = { child, stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    running.stderr += text;
  });
  try {
    await once(child.stdout, "data");
    await use(running);
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

/** Starts a capture, lets it run, stops it. */
async function capture(
  target: object,
  meanwhile: () => Promise<unknown> = () => new Promise((resolve) => setTimeout(resolve, 400)),
): Promise<StoppedCapture & { readonly functions: readonly string[] }> {
  let stopped: StoppedCapture | undefined;
  let functions: string[] = [];
  await withFolder({}, async (directory) => {
    const sessions = createCaptureSessions(() => {});
    const { sessionId } = await sessions.start(startSchema.parse({ target, directory }), {});
    await meanwhile();
    stopped = await sessions.stop(sessionId, {});
    const [stored] = await listCaptures(directory);
    assert.equal(stored?.sampler, "inspector");
    for (const { path } of stopped.profiles) {
      const profile = JSON.parse(await readFile(path, "utf8")) as {
        nodes: { callFrame: { functionName: string } }[];
      };
      functions = profile.nodes.map((node) => node.callFrame.functionName);
    }
  });
  return { ...stopped!, functions };
}

describe("capture through the inspector", function () {
  this.slow(5_000);

  it("profiles what listens at host:port, and leaves its inspector open", async () => {
    await withNode(["--inspect=127.0.0.1:0", "-e", working], async ({ child }) => {
      const [port] = await listeningPorts(child.pid!);
      const address = `127.0.0.1:${port}`;
      const { profiles, functions } = await capture({ kind: "inspector", address });
      assert.equal(profiles[0]?.pid, child.pid);
      assert.ok(profiles[0]!.samples > 50, `${profiles[0]!.samples} samples`);
      assert.ok(functions.includes("hotWork"));
      assert.deepEqual(await listeningPorts(child.pid!), [port]);
    });
  });

  it("profiles a stuck process by its id, and closes the inspector that it opened", async () => {
    await withNode(["--inspect-port=127.0.0.1:0", "-e", pegged], async (running) => {
      const { child } = running;
      assert.deepEqual(await listeningPorts(child.pid!), []);
      const { profiles, functions } = await capture({ kind: "process", pid: child.pid });
      assert.equal(profiles[0]?.pid, child.pid);
      assert.ok(functions.includes("hotLoop"));
      assert.match(running.stderr, /Debugger listening/);
      assert.deepEqual(await listeningPorts(child.pid!), []);
      assert.equal(child.exitCode, null);
    });
  });

  it("uses the inspector that a process has open already", async () => {
    await withNode(["--inspect=127.0.0.1:0", "-e", working], async ({ child }) => {
      const { functions } = await capture({ kind: "process", pid: child.pid });
      assert.ok(functions.includes("hotWork"));
      assert.equal((await listeningPorts(child.pid!)).length, 1);
    });
  });

  it("says what a capture of an idle process lacks", async () => {
    const idle = `setInterval(() => {}, 60_000); console.log("up");`;
    await withNode(["--inspect=127.0.0.1:0", "-e", idle], async ({ child }) => {
      const { warnings, profiles } = await capture({ kind: "process", pid: child.pid });
      assert.equal(profiles.length, 1);
      assert.match(warnings.join(), /Only \d+ samples .*under load/);
    });
  });

  it("says that the profile is lost when the process ends first", async () => {
    await withNode(["--inspect=127.0.0.1:0", "-e", working], async ({ child }) => {
      const end = async () => {
        child.kill();
        await once(child, "exit");
        await new Promise((resolve) => setTimeout(resolve, 100));
      };
      const { profiles, warnings } = await capture({ kind: "process", pid: child.pid }, end);
      assert.deepEqual(profiles, []);
      assert.match(warnings.join(), /ended before the capture was stopped/);
    });
  });

  it("tells at once that the target is gone", async () => {
    await withNode(["--inspect=127.0.0.1:0", "-e", working], async ({ child }) => {
      await withFolder({}, async (directory) => {
        const events: CaptureEvent["kind"][] = [];
        const ended = Promise.withResolvers<void>();
        const sessions = createCaptureSessions(({ kind }) => {
          events.push(kind);
          if (kind === "capture-ended") ended.resolve();
        });
        const target = { kind: "process", pid: child.pid };
        await sessions.start(startSchema.parse({ target, directory }), {});
        child.kill();
        await ended.promise;
        assert.deepEqual(events, ["capture-started", "capture-ended"]);
        await sessions.dispose();
      });
    });
  });

  const refused = (target: object) => {
    const start = withFolder({}, async (directory) => {
      const sessions = createCaptureSessions(() => {});
      try {
        await sessions.start(startSchema.parse({ target, directory }), {});
      } finally {
        assert.deepEqual(await listCaptures(directory), []);
        await sessions.dispose();
      }
    });
    return {
      as: (code: string, message: RegExp) =>
        assert.rejects(start, { name: "CaptureError", code, message }),
    };
  };

  it("never signals a process that is not Node", async () => {
    const other = spawn("sleep", ["30"], { stdio: "ignore" });
    try {
      await refused({ kind: "process", pid: other.pid }).as("not-node", /not a Node process/);
      assert.equal(other.exitCode ?? other.signalCode, null);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("never signals a Node process that would die of it", async () => {
    await withNode(["--disable-sigusr1", "-e", working], async ({ child }) => {
      await refused({ kind: "process", pid: child.pid }).as("no-signal", /SIGUSR1/);
      assert.equal(child.exitCode ?? child.signalCode, null);
    });
  });

  it("waits while another server has its turn at the port", async () => {
    const folder = dataFolder();
    await mkdir(folder, { recursive: true });
    const guard = await holdGuard(join(folder, "inspector-turn"));
    await withNode(["-e", working], async ({ child }) => {
      const captured = capture({ kind: "process", pid: child.pid });
      try {
        const waiting = new Promise((resolve) => setTimeout(resolve, 1_500, "waiting"));
        assert.equal(await Promise.race([captured, waiting]), "waiting");
      } finally {
        guard?.release();
      }
      assert.ok((await captured).functions.includes("hotWork"));
    });
  });

  it("says whose the port is that a process could not open", async () => {
    await withNode(["--inspect=127.0.0.1:9229", "-e", working], async () => {
      await withNode(["-e", working], async ({ child }) => {
        await refused({ kind: "process", pid: child.pid }).as("port-taken", /port 9229/);
      });
    });
  });

  it("says when a program keeps the signal to itself", async () => {
    const own = `process.on("SIGUSR1", () => {}); ${working}`;
    await withNode(["--inspect-port=0", "-e", own], async ({ child }) => {
      await refused({ kind: "process", pid: child.pid }).as("no-inspector", /handles SIGUSR1/);
    });
  });

  it("refuses an address where no inspector answers", async () => {
    const server = createServer((_request, response) => response.end("hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const address = `127.0.0.1:${port}`;
    await refused({ kind: "inspector", address }).as("no-inspector", /No inspector answers at/);
    await refused({ kind: "inspector", address: `ws://${address}/x` }).as(
      "no-inspector",
      /refused/,
    );
    server.close();
    await refused({ kind: "inspector", address }).as("no-inspector", /No inspector answers at/);
    await refused({ kind: "inspector", address: "somewhere" }).as("no-inspector", /expected/);
  });

  it("names the step that a process in a native call does not answer", async () => {
    const native = `console.log("up"); setTimeout(() => require("child_process").execSync("sleep 60"), 50);`;
    await withNode(["--inspect=127.0.0.1:0", "-e", native], async ({ child }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const target = { kind: "process", pid: child.pid };
      await refused(target).as("inspector-timeout", /got no answer in 5 s: .*native call/);
    });
  });
});
