/** Real programs that are stuck: what names the function, and how they fare. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execaNode } from "execa";
import { findProgram } from "../../../scripts/host/programs.ts";
import { CaptureError } from "../../../src/capture/capture-error.ts";
import { findInspector } from "../../../src/capture/v8/find-inspector.ts";
import { InspectorClient } from "../../../src/capture/v8/inspector-client.ts";
import { listeningPorts } from "../../../src/capture/v8/listening-ports.ts";
import type { HangFile } from "../../../src/formats/hang-capture/hang-file.ts";
import { type HangReport, reportOf } from "../../../src/formats/hang-capture/report.ts";
import { captureHang } from "../../../src/hang/capture-hang.ts";
import { type AddressedTarget, reach } from "../../../src/hang/target.ts";
import { holdGuard } from "../../../src/toolchain/guard.ts";
import { eventually } from "../../support/eventually.ts";
import { nodeOf } from "../../support/nodes.ts";
import { type Peg, type StuckProgram, stuckProgram } from "./stuck-program.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const budgetMs = 20_000;

/** The functions that may be called the one it is stuck in; of native code, a part of its name. */
const culprits: Readonly<Record<Peg, RegExp>> = {
  loop: /^spinForever$/,
  regex: /^matchNames$/,
  native: /PBKDF2|pbkdf2/,
  recursion: /^visit(Node|AgainAndAgain)$/,
  allocation: /^fillCache$/,
};

function unmapped(file: HangFile): HangReport {
  return reportOf(file, (index) => {
    const { name, url, line, column, module } = file.frames[index]!;
    return { name, url, line, column, isApp: module === "" && !url.startsWith("node:") };
  });
}

async function capture(target: AddressedTarget): Promise<HangReport> {
  return unmapped(await captureHang(target, { budgetMs }));
}

function outcomes({ steps }: HangReport): string[] {
  return steps.map(({ step, outcome, reason }) =>
    [step, outcome, reason].filter(Boolean).join(" "),
  );
}

describe("capturing what a process is stuck on", function () {
  this.timeout(60_000);
  let program: StuckProgram | undefined;
  let logs: string | undefined;

  before(function () {
    if (process.platform !== "linux") this.skip();
    logs = mkdtempSync(join(tmpdir(), "hangscope-armed-"));
  });
  afterEach(() => {
    program?.end();
    program = undefined;
  });

  /** How it was started, and whether somebody opens its inspector once it is stuck. */
  interface Start {
    readonly flags: (logs: string) => readonly string[];
    readonly opensLate?: true;
    readonly isArmed?: true;
    /** Of the short form; all by default. */
    readonly shortly?: readonly Peg[];
  }
  const armed = (logs: string) => [
    "--prof",
    `--logfile=${join(logs, "%p-v8.log")}`,
    "--no-logfile-per-isolate",
  ];
  const starts: Readonly<Record<string, Start>> = {
    "inspector closed": { flags: () => [] },
    "inspector open": { flags: () => ["--inspect=0"] },
    "inspector opened late": { flags: () => [], opensLate: true, shortly: ["loop"] },
    armed: { flags: armed, isArmed: true, shortly: ["native"] },
  };
  const pegs = Object.keys(culprits) as Peg[];
  const rows: (string | number)[][] = [];
  after(() => {
    if (logs) rmSync(logs, { recursive: true, force: true });
    if (isLong) for (const row of rows) console.log(row.join(" | "));
  });
  const versions = isLong ? ["20.20.2", "22.23.3", "24.21.0"] : [""];
  for (const version of versions) {
    for (const [how, start] of Object.entries(starts)) {
      for (const peg of isLong ? pegs : (start.shortly ?? pegs)) {
        it(`names the function: ${peg}, ${how} ${version}`.trimEnd(), async function () {
          if (peg === "native" && !start.isArmed && !findProgram(["eu-stack"])) {
            console.log('      skipped: no eu-stack ("apt-get install elfutils")');
            return this.skip();
          }
          const node = version === "" ? process.execPath : await nodeOf(version);
          program = await stuckProgram(peg, { node, flags: start.flags(logs!) });
          const { pid } = program;
          // The sampler is asked for the last two seconds.
          if (start.isArmed) await sleep(1_000);
          // In a native call nobody can open it.
          if (start.opensLate && peg !== "native") {
            process.kill(pid, "SIGUSR1");
            await eventually(async () => assert.notDeepEqual(await listeningPorts(pid), []));
          }
          const before = await listeningPorts(pid);
          const report = await capture({ kind: "process", pid });
          const { stuckIn, verdict, heap, milliseconds } = report;
          assert.equal(report.responsive, false);
          if (peg === "native" && start.isArmed) {
            assert.equal(stuckIn?.name, "derivePassword");
            assert.equal(stuckIn.by, "sampler");
            assert.match(verdict, /\d+ samples of V8's own log found it there/);
            assert.deepEqual(report.advice, []);
          } else if (peg === "native") {
            assert.match(stuckIn?.name ?? verdict, culprits.native);
            assert.equal(stuckIn?.by, "native");
            assert.ok(outcomes(report).includes("pause failed native-call"));
          } else {
            assert.match(stuckIn?.name ?? verdict, culprits[peg]);
            assert.equal(stuckIn?.by, "pause");
            assert.match(stuckIn.file, new RegExp(`pegs/${peg}\\.cjs$`));
            assert.ok(stuckIn.line > 1);
            assert.notEqual(heap?.trend, "climbing");
          }
          const runsOn = await program.runsOn();
          rows.push([version, how, peg, stuckIn.by, milliseconds, runsOn ? "runs on" : "ended"]);
          assert.ok(runsOn);
          // What was opened for us is closed; in a native call it could not be opened at all.
          await eventually(async () => {
            assert.deepEqual(await listeningPorts(pid), before);
          });
        });
      }
    }
  }

  it("names the functions of two programs that are asked about at once", async () => {
    program = await stuckProgram("loop");
    const other = await stuckProgram("regex");
    try {
      const reports = await Promise.all(
        [program, other].map(({ pid }) => capture({ kind: "process", pid })),
      );
      assert.deepEqual(
        reports.map(({ stuckIn }) => [stuckIn?.name, stuckIn?.by]),
        [
          ["spinForever", "pause"],
          ["matchNames", "pause"],
        ],
      );
    } finally {
      other.end();
    }
  });

  it("names the functions of two programs that two servers are asked about at once", async () => {
    program = await stuckProgram("loop");
    const other = await stuckProgram("regex");
    try {
      const files = await Promise.all(
        [program, other].map(async ({ pid }) => {
          const script = join(import.meta.dirname, "support", "capture-once.ts");
          const env = { HANGSCOPE_HOME: logs! };
          return (await execaNode({ env })`${script} ${pid}`).stdout;
        }),
      );
      assert.deepEqual(
        files.map((file) => unmapped(JSON.parse(file)).stuckIn?.name),
        ["spinForever", "matchNames"],
      );
    } finally {
      other.end();
    }
  });

  it("waits for no server that has its turn and does not end it", async () => {
    const home = process.env["HANGSCOPE_HOME"];
    process.env["HANGSCOPE_HOME"] = logs!;
    const guard = await holdGuard(join(logs!, "inspector-turn"));
    try {
      assert.ok(guard);
      program = await stuckProgram("loop");
      const { stuckIn } = await capture({ kind: "process", pid: program.pid });
      assert.equal(stuckIn?.name, "spinForever");
    } finally {
      guard?.release();
      if (home === undefined) delete process.env["HANGSCOPE_HOME"];
      else process.env["HANGSCOPE_HOME"] = home;
    }
  });

  it("says whose the port is when another program is being debugged", async () => {
    program = await stuckProgram("loop");
    const other = await stuckProgram("regex", { flags: ["--inspect=9229"] });
    try {
      const { steps } = await capture({ kind: "process", pid: program.pid });
      const pause = steps.find(({ step }) => step === "pause")!;
      assert.equal(pause.reason, "port-taken");
      assert.match(pause.message, /port 9229 belongs to another one \(.*regex\.cjs.*\)/);
    } finally {
      other.end();
    }
  });

  it("tells how deep runaway recursion goes", async () => {
    program = await stuckProgram("recursion");
    // The way back out takes longer than the way in, and pauses land where functions begin: of ten
    // looks three find it deep.
    const deep = await eventually(async () => {
      const report = await capture({ kind: "process", pid: program!.pid });
      assert.match(report.verdict, /visitNode calls itself/);
      return report;
    });
    assert.ok(deep.depth > 1000);
    assert.equal(deep.stack[0]?.name, "visitNode");
    assert.ok(deep.stack[0]!.repeated > 900);
  });

  it("closes an inspector that opens only after the capture", async () => {
    // Some seconds of a native call.
    program = await stuckProgram("native", { args: ["6000000"] });
    const { pid, errors } = program;
    const report = await capture({ kind: "process", pid });
    assert.ok(outcomes(report).includes("probe failed native-call"));
    await eventually(async () => {
      assert.match(errors(), /Debugger listening/);
      assert.deepEqual(await listeningPorts(pid), []);
    });
  });

  it("says that a process that waits for work is not stuck", async () => {
    const waits = 'console.log("up"); setInterval(() => {}, 1000)';
    const child = spawn(process.execPath, ["-e", waits], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      await once(child.stdout, "data");
      const report = await capture({ kind: "process", pid: child.pid! });
      assert.equal(report.stuckIn, undefined);
      assert.match(report.verdict, /^It is not stuck/);
      assert.deepEqual(outcomes(report).slice(0, 2), ["probe told", "pause failed responsive"]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("leaves a process that a debugger has paused as it is", async () => {
    program = await stuckProgram("loop", { flags: ["--inspect=0"] });
    const [port] = await listeningPorts(program.pid);
    const { url } = await findInspector(String(port));
    const debug = await InspectorClient.connect(url);
    const paused = new Promise<void>((resolve) => {
      debug.onEvent = (method) => method === "Debugger.paused" && resolve();
    });
    await debug.ask("Debugger.enable");
    await debug.ask("Debugger.pause");
    await paused;
    let resumed = false;
    debug.onEvent = (method) => {
      if (method === "Debugger.resumed") resumed = true;
    };
    const report = await capture({ kind: "process", pid: program.pid });
    assert.match(report.verdict, /^It is not stuck: a debugger has paused it, in spinForever/);
    await debug.ask("Runtime.evaluate", { expression: "1" });
    assert.equal(resumed, false);
    debug.close();
    assert.ok(await program.runsOn());
  });

  it("lets the process run on when it is cancelled", async () => {
    program = await stuckProgram("loop");
    const target = { kind: "process", pid: program.pid } as const;
    const moments = [
      { message: "Connecting", afterMs: 0 },
      { message: "Asking for its heap", afterMs: 0 },
      { message: "Looking at its stack", afterMs: 0 },
      // Between a pause and its end, or the next.
      { message: "Looking at its stack", afterMs: 50 },
      { message: "Looking at its stack", afterMs: 150 },
    ];
    for (const { message, afterMs } of moments) {
      const reason = new Error("enough");
      const cancel = new AbortController();
      const cancelled = captureHang(target, {
        budgetMs,
        signal: cancel.signal,
        onProgress: (progress) => {
          if (progress.message === message) setTimeout(() => cancel.abort(reason), afterMs);
        },
      });
      await assert.rejects(cancelled, reason);
      assert.ok(await program.runsOn(), `${afterMs} ms after "${message}"`);
    }
    assert.equal((await capture(target)).stuckIn?.name, "spinForever");
  });

  it("keeps to its budget, and what it saw within it", async () => {
    program = await stuckProgram("loop");
    const target = { kind: "process", pid: program.pid } as const;
    // The probe of a thread that is stuck takes longer than the first, all looks than the second.
    for (const [spentMs, ends] of [
      [200, /^probe failed over-budget$/],
      [700, /^pause (named|failed over-budget)$/],
    ] as const) {
      const reached = await reach(target, AbortSignal.timeout(budgetMs));
      const report = unmapped(await captureHang(reached, { budgetMs: spentMs }));
      assert.ok(
        outcomes(report).some((outcome) => ends.test(outcome)),
        `${spentMs} ms`,
      );
      assert.ok(report.looks < 6);
    }
    assert.ok(await program.runsOn());
  });

  it("says so when its budget is over before the target is reached", async () => {
    program = await stuckProgram("loop");
    const target = { kind: "process", pid: program.pid } as const;
    await assert.rejects(captureHang(target, { budgetMs: 1 }), {
      code: "over-budget",
      message: /not reached within 1 ms/,
    });
    assert.ok(await program.runsOn());
  });

  describe("of what it cannot look at", () => {
    it("refuses a process that is gone", async () => {
      await assert.rejects(capture({ kind: "process", pid: 2 ** 22 - 3 }), { code: "not-node" });
    });

    it("never signals what is not Node", async () => {
      const other = spawn("sleep", ["60"]);
      await assert.rejects(capture({ kind: "process", pid: other.pid! }), { code: "not-node" });
      assert.equal(other.exitCode, null);
      assert.equal(other.signalCode, null);
      other.kill();
    });

    it("says that nothing answers at an address", async () => {
      await assert.rejects(capture({ kind: "inspector", address: "127.0.0.1:1" }), (error) => {
        return error instanceof CaptureError && error.code === "no-inspector";
      });
    });

    describe("because it lies", () => {
      let server: Server;
      /** @param answer of the one that is asked, by method; none is no answer */
      async function liar(list: string): Promise<string> {
        server = createServer((_request, response) => response.end(list)).listen(0, "127.0.0.1");
        await once(server, "listening");
        return `127.0.0.1:${(server.address() as AddressInfo).port}`;
      }
      afterEach(() => server.close());

      it("in its list", async () => {
        for (const list of ["", "[", "{}", '[{"type":"node"}]', '[{"title":1,"type":"page"}]']) {
          const address = await liar(list);
          await assert.rejects(capture({ kind: "inspector", address }), { code: "no-inspector" });
          server.close();
        }
      });

      it("of its WebSocket", async () => {
        const target = { title: "t", type: "node", webSocketDebuggerUrl: "ws://127.0.0.1:1/x" };
        const address = await liar(JSON.stringify([target]));
        await assert.rejects(capture({ kind: "inspector", address }), { code: "no-inspector" });
      });
    });
  });
});
