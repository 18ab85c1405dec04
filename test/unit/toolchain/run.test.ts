import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { run, type Tool, ToolError } from "../../../src/toolchain/run.ts";

const node: Tool = { command: process.execPath, howToGet: "You have it." };
const script = (source: string) => ["-e", source];
const stubborn = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up");`;

function failsAs(kind: ToolError["kind"], message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ToolError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  };
}

describe("toolchain/run", () => {
  it("gives both outputs whole", async () => {
    const result = await run(node, script(`console.log("a"); console.error("b")`));
    assert.deepEqual(result, { stdout: "a\n", stderr: "b\n" });
  });

  it("passes arguments without a shell", async () => {
    const hostile = ["$(id)", "a b", `"`, "'", "*", ";ls", "\\"];
    const { stdout } = await run(node, [
      ...script("console.log(JSON.stringify(process.argv.slice(1)))"),
      "--",
      ...hostile,
    ]);
    assert.deepEqual(JSON.parse(stdout), hostile);
  });

  it("feeds input, and an empty one otherwise", async () => {
    const cat = script("process.stdin.pipe(process.stdout)");
    assert.equal((await run(node, cat, { input: "in" })).stdout, "in");
    assert.equal((await run(node, cat)).stdout, "");
  });

  it("names a missing tool and how to get it", async () => {
    const missing: Tool = { command: "no-such-tool", howToGet: "Install it with no-such-manager." };
    await assert.rejects(
      run(missing, []),
      failsAs("missing", /^no-such-tool was not found\. Install it with no-such-manager\.$/),
    );
  });

  it("does not call a tool missing when the folder is", async () => {
    await assert.rejects(run(node, ["-v"], { cwd: "/no/such" }), failsAs("failed", /no\/such/));
  });

  it("tells the exit code and the end of standard error", async () => {
    await assert.rejects(
      run(node, script(`console.error("why"); process.exit(3)`)),
      failsAs("failed", /left with code 3: why/),
    );
  });

  it("ends a program that ignores SIGTERM when time is up", async () => {
    await assert.rejects(
      run(node, script(stubborn), { timeoutMs: 300, killAfterMs: 100 }),
      failsAs("timeout", /did not finish in 300 ms/),
    );
  });

  it("ends a program that writes too much", async () => {
    await assert.rejects(
      run(node, script(`process.stdout.write("x".repeat(5000)); setInterval(() => {}, 1000)`), {
        maxOutputBytes: 1000,
        killAfterMs: 100,
      }),
      failsAs("output", /more than 1000 bytes/),
    );
  });

  it("streams output of any size without keeping it", async () => {
    let bytes = 0;
    const result = await run(node, script(`process.stdout.write("x".repeat(3e6))`), {
      maxOutputBytes: 1000,
      onStdout: (chunk) => {
        bytes += chunk.length;
      },
    });
    assert.deepEqual([bytes, result.stdout], [3e6, ""]);
  });

  it("rejects with the signal's reason and leaves no process", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let pid = 0;
    const started = run(node, script(`console.log(process.pid);${stubborn}`), {
      signal: controller.signal,
      killAfterMs: 100,
      onStdout: (chunk) => {
        pid ||= Number.parseInt(chunk.toString(), 10);
        controller.abort(reason);
      },
    });
    await assert.rejects(started, reason);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("starts nothing when already aborted", async () => {
    await assert.rejects(run(node, [], { signal: AbortSignal.abort(new Error("no")) }), /no/);
  });

  it("ends the program when the chunk handler throws", async () => {
    const child = run(node, script("console.log(1); setInterval(() => {}, 1000)"), {
      onStdout: () => {
        throw new Error("bad chunk");
      },
    });
    await assert.rejects(child, /bad chunk/);
  });
});
