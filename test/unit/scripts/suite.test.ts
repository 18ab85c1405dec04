/** What `npm test` makes of suites that break: never a pass, and no process left. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { addCounts, describeCounts, describeFailure } from "../../../scripts/test/counts.ts";
import { runSuite } from "../../../scripts/test/suite.ts";

const never = new AbortController().signal;
const write = (counts: object) =>
  `require("fs").writeFileSync(process.env.HANGSCOPE_TEST_COUNTS, '${JSON.stringify(counts)}');`;
const good = { passed: 3, failed: 0, skipped: 1 };
const none = { passed: 0, failed: 0, skipped: 0 };

interface Options {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly isQuiet?: boolean;
}

function run(code: string, options: Options = {}) {
  const { timeoutMs = 20_000, signal = never, isQuiet = false } = options;
  const suite = { name: "sample", nodeArgs: ["-e", code], timeoutMs };
  return runSuite(suite, { env: {}, signal, isQuiet });
}

/** Starts a program that outlives its parent in a process group of its own. */
const leave = (pidFile: string) => `
  const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"],
    { detached: true, stdio: "ignore" });
  child.unref();
  require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));`;

describe("running a suite", () => {
  it("takes the counts that its reporter wrote", async () => {
    assert.deepEqual(await run(write(good)), { counts: good });
  });

  it("keeps what it prints while another one is on the screen", async () => {
    const code = `console.error("said"); ${write(good)}`;
    assert.deepEqual(await run(code, { isQuiet: true }), { counts: good, output: "said" });
  });

  it("keeps failed tests as failed tests, whatever the exit code", async () => {
    const counts = { passed: 1, failed: 2, skipped: 0, failures: ["a: x", "b: y"] };
    assert.deepEqual(await run(`${write(counts)} process.exit(2)`), { counts });
  });

  it("fails a suite that ends before its tests", async () => {
    const { counts, problem } = await run("process.exit(0)");
    assert.deepEqual(counts, none);
    assert.match(problem ?? "", /ended with code 0 before its tests did/);
  });

  it("fails a suite that breaks after its tests passed", async () => {
    const { problem } = await run(`${write(good)} process.exit(7)`);
    assert.match(problem ?? "", /ended with code 7 though no test failed/);
  });

  it("kills a suite that hangs", async () => {
    const { problem } = await run("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", {
      timeoutMs: 1_000,
    });
    assert.match(problem ?? "", /was killed after/);
  });

  it("ends a suite when told to", async () => {
    const { problem } = await run("setInterval(() => {}, 1000)", {
      signal: AbortSignal.timeout(500),
    });
    assert.match(problem ?? "", /before its tests did/);
  });

  it("ends what a suite left running", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "hangscope-left-"));
    const left = join(folder, "pid");
    await run(`${write(good)} ${leave(left)}`);
    const pid = readFileSync(left, "utf8");
    rmSync(folder, { recursive: true });
    while (isRunning(pid)) await setTimeout(20);
  });
});

/** A killed process may stay a while as a zombie. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("the line of counts", () => {
  it("sums suites", () => {
    const sum = addCounts([good, { passed: 1, failed: 2, skipped: 0 }]);
    assert.equal(describeCounts(sum), "4 passed, 2 failed, 1 skipped");
  });

  it("names every failed test", () => {
    const suites = ["a: x", "b: y"].map((failure) => ({ ...good, failures: [failure] }));
    assert.deepEqual(addCounts([good, ...suites]).failures, ["a: x", "b: y"]);
  });

  it("leaves out skipped tests when there are none", () => {
    assert.equal(describeCounts({ passed: 4, failed: 0, skipped: 0 }), "4 passed, 0 failed");
  });
});

describe("the line of a failed test", () => {
  it("says on what a browser waited", () => {
    const message =
      "locator.waitFor: Timeout 60000ms exceeded.\nCall log:\n\u001b[2m  - waiting for locator('.tab') to be visible\u001b[22m\n";
    assert.equal(
      describeFailure("the view opens", message),
      "the view opens: locator.waitFor: Timeout 60000ms exceeded. | Call log: | - waiting for locator('.tab') to be visible",
    );
  });

  it("is short, however long the message", () => {
    const line = describeFailure("a", Array.from({ length: 90 }, (_, i) => `\n${i}\n`).join(""));
    assert.equal(line, "a: 0 | 1 | 2 | 3");
  });
});
