import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { ServerState } from "../../../extension/app.ts";
import { showJobs } from "../../../extension/server/jobs-menu.ts";
import { appearance } from "../../../extension/server/status-bar.ts";
import { StuckQuestion } from "../../../extension/server/stuck-question.ts";
import { WorkspaceServer } from "../../../extension/server/workspace-server.ts";
import { eventually } from "../../support/eventually.ts";
import { stopProcess } from "../../support/stop-process.ts";
import { activateApp, closeEverything, writeShop } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

describe("the status bar", () => {
  const job = {
    id: "1",
    tool: "v8.symbolize",
    state: "running" as const,
    elapsedMs: 5_000,
    quietMs: 4_000,
  };
  const cases: [ServerState, string, RegExp, string | undefined][] = [
    [{ kind: "stopped" }, "$(flame)", /ready to profile/, undefined],
    [{ kind: "starting" }, "$(loading~spin)", /starting/, undefined],
    [
      { kind: "retiring", jobs: [job] },
      "$(loading~spin)",
      /older server.*v8\.symbolize/,
      undefined,
    ],
    [{ kind: "ready", jobs: [] }, "$(flame)", /running/, undefined],
    [{ kind: "ready", jobs: [job] }, "$(flame)", /running/, undefined],
    [
      { kind: "busy", silentMs: 4_200, jobs: [job], isStuck: false },
      "$(loading~spin) v8.symbolize 4 s",
      /busy with v8\.symbolize for 4 s/,
      undefined,
    ],
    [
      { kind: "busy", silentMs: 200_000, jobs: [job, job], isStuck: true },
      "$(flame) $(warning) v8.symbolize +1 200 s",
      /busy with v8\.symbolize, v8\.symbolize for 200 s/,
      "warning",
    ],
    [{ kind: "unresponsive", isStuck: false }, "$(flame) $(warning)", /does not answer/, "warning"],
    [{ kind: "failed", message: "No room." }, "$(flame) $(error)", /No room\./, "error"],
  ];
  for (const [state, text, label, background] of cases) {
    const doing = "jobs" in state ? ` with ${state.jobs.length} job(s)` : "";
    it(`shows a server that is ${state.kind}${doing}`, () => {
      const shown = appearance(undefined, state, true);
      assert.equal(shown.text, text);
      assert.match(shown.label, label);
      assert.equal(shown.background, background);
      assert.equal(shown.command, "hangscope.showMenu");
    });
  }

  it("tells of each job that is no short call, how long it has taken and how far it is", () => {
    const reading = { ...job, message: "Reading a.log", elapsedMs: 65_000 };
    const waiting = { ...job, tool: "v8.stop", state: "waiting" as const };
    const short = { ...job, tool: "profile.query", elapsedMs: 900 };
    const jobs = [reading, waiting, short];
    const { details } = appearance(undefined, { kind: "ready", jobs }, true);
    assert.deepEqual(details, ["v8.symbolize · 1:05 · Reading a.log", "v8.stop · 0:05 · waiting"]);
  });

  it("says that a folder without trust has no server", () => {
    assert.match(appearance(undefined, { kind: "stopped" }, false).label, /Restricted Mode/);
  });

  it("shows a recording before all else; a click stops it", () => {
    const startedAt = Date.now() - 65_300;
    const shown = appearance(
      { title: "npm run x", startedAt },
      { kind: "unresponsive", isStuck: false },
      true,
    );
    assert.equal(shown.text, "$(record) 1:05");
    assert.match(shown.label, /npm run x for 1:05/);
    assert.equal(shown.command, "hangscope.stopProfiling");
    assert.equal(shown.background, undefined);
  });

  it("shows that a recording is collected, unless the server is in trouble", () => {
    const recording = { title: "My App", startedAt: Date.now() - 65_300, isStopping: true };
    const job = {
      id: "1",
      tool: "apple.stop",
      state: "running" as const,
      elapsedMs: 12_000,
      quietMs: 0,
      message: "Exporting hangs",
    };
    const shown = appearance(recording, { kind: "ready", jobs: [job] }, true);
    assert.equal(shown.text, "$(loading~spin) collecting");
    assert.match(shown.label, /collecting the profile of My App/);
    assert.deepEqual(shown.details, ["apple.stop · 0:12 · Exporting hangs"]);
    assert.equal(shown.command, "hangscope.showMenu");
    const silent = appearance(recording, { kind: "unresponsive", isStuck: false }, true);
    assert.match(silent.label, /does not answer/);
  });
});

describe("the jobs of a server", () => {
  const window = new WindowStub();
  /** Stopped, so that a job that wants to look into it goes on until it is cancelled. */
  let target: ChildProcess;
  /** As another window on the same folder has it. */
  let other: WorkspaceServer;
  /** What this window waits for, and has to wait for no longer. */
  let call: Promise<unknown>;
  let leave: AbortController;

  before(function () {
    if (process.platform === "win32") this.skip();
    return closeEverything();
  });
  beforeEach(async () => {
    const { context, log, server, captures } = await activateApp();
    target = spawn("node", ["-e", "console.log('up'); setInterval(() => {}, 1000)"]);
    await once(target.stdout!, "data");
    await stopProcess(target.pid!);
    other = new WorkspaceServer(context, log);
    await assert.rejects(other.call("profile.open", { path: "/nowhere" }), { code: "no-file" });
    leave = new AbortController();
    const input = {
      target: { kind: "process" as const, pid: target.pid! },
      directory: captures.directory.fsPath,
    };
    call = server.call("v8.start", input, { signal: leave.signal }).catch((error) => error);
    await eventually(() => assert.deepEqual(toolsOf(other.state), ["v8.start"]));
  });
  afterEach(async () => {
    window.restore();
    leave.abort();
    await call;
    other.dispose();
    target.kill("SIGKILL");
  });

  function toolsOf(state: ServerState): string[] {
    return "jobs" in state ? state.jobs.map(({ tool }) => tool) : [];
  }

  it("are seen from every window, and can be cancelled from each", async () => {
    const asked = window.answer("showWarningMessage", (...args: unknown[]) => args.at(-1));
    const lists = window.answer("showQuickPick", (items: unknown[]) => items[0]);
    await eventually(() => assert.ok("jobs" in other.state && other.state.jobs[0]?.message));
    await showJobs(other);
    const [item] = lists[0]![0] as { label: string; description: string }[];
    assert.equal(item!.label, "v8.start");
    assert.match(item!.description, /^0:0\d · Opening the inspector of process \d+$/);
    assert.match(asked[0]![0] as string, /Cancel v8\.start\?/);
    assert.equal(((await call) as { code?: unknown }).code, "cancelled");
    const { server } = await activateApp();
    await eventually(() => {
      assert.deepEqual(toolsOf(other.state), []);
      assert.deepEqual(toolsOf(server.state), []);
    });
  });

  it("go on when the user thinks better of it", async () => {
    window.answer("showWarningMessage", () => undefined);
    window.answer("showQuickPick", (items: unknown[]) => items[0]);
    await showJobs(other);
    assert.equal(await Promise.race([call, sleep(500, "goes on")]), "goes on");
    assert.deepEqual(toolsOf(other.state), ["v8.start"]);
  });

  it("are in the menu while there are some", async () => {
    const labels = async () => {
      const lists = window.answer("showQuickPick", () => undefined);
      await vscode.commands.executeCommand("hangscope.showMenu");
      return (lists[0]![0] as { label: string }[]).map(({ label }) => label).join();
    };
    const { server } = await activateApp();
    await eventually(() => assert.deepEqual(toolsOf(server.state), ["v8.start"]));
    assert.match(await labels(), /Show Jobs.*Restart Server.*Stop Server/);
    leave.abort();
    await call;
    await server.stop();
    assert.doesNotMatch(await labels(), /Show Jobs|Stop Server/);
    window.restore();
    const told = window.answer("showInformationMessage", () => undefined);
    await vscode.commands.executeCommand("hangscope.showJobs");
    assert.match(told[0]![0] as string, /nothing to do/);
  });
});

describe("a server that is stuck", () => {
  const window = new WindowStub();
  const settings = () => vscode.workspace.getConfiguration("hangscope");
  const stuck = { kind: "unresponsive", isStuck: true } as const;
  let question: StuckQuestion | undefined;

  before(async () => {
    // It keeps the patience that it was made with: the one that is stuck is not this window's.
    await (await activateApp()).server.restart();
    await settings().update("server.patienceSeconds", 1, vscode.ConfigurationTarget.Global);
  });
  after(() =>
    settings().update("server.patienceSeconds", undefined, vscode.ConfigurationTarget.Global),
  );
  afterEach(() => {
    question?.dispose();
    window.restore();
  });

  /** A server that is as it is told to be. */
  function standIn() {
    const changed = new vscode.EventEmitter<ServerState>();
    let state: ServerState = { kind: "ready", jobs: [] };
    const done: string[] = [];
    const server = {
      get state() {
        return state;
      },
      onDidChangeState: changed.event,
      keepWaiting: () => done.push("wait"),
    };
    const be = (next: ServerState) => {
      state = next;
      changed.fire(next);
    };
    question = new StuckQuestion(server, async () => {
      done.push("restart");
      be({ kind: "ready", jobs: [] });
    });
    return { be, done };
  }

  it("is restarted when the user says so", async () => {
    const asked = window.answer("showWarningMessage", () => "Restart");
    const { be, done } = standIn();
    be({ kind: "unresponsive", isStuck: false });
    assert.equal(asked.length, 0);
    be(stuck);
    await eventually(() => assert.deepEqual(done, ["restart"]));
    assert.match(asked[0]![0] as string, /alive but does not answer.*debugger/);
    assert.deepEqual(asked[0]!.slice(1), ["Wait", "Restart"]);
    assert.equal(asked.length, 1);
  });

  it("is waited for as long again, then asked about again", async () => {
    const asked = window.answer("showWarningMessage", () => "Wait");
    const { be, done } = standIn();
    const job = {
      id: "1",
      tool: "v8.symbolize",
      state: "running",
      elapsedMs: 200_000,
      quietMs: 200_000,
    } as const;
    be({ kind: "busy", silentMs: 200_000, jobs: [job], isStuck: true });
    await eventually(() => assert.deepEqual(done, ["wait"]));
    assert.match(asked[0]![0] as string, /busy with v8\.symbolize for 200 s.*no progress/);
    await sleep(500);
    assert.equal(asked.length, 1);
    await eventually(() => assert.deepEqual(done, ["wait", "wait"]));
    assert.equal(asked.length, 2);
  });

  it("is left alone by an answer that comes when it is well again", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    window.answer("showWarningMessage", () => promise);
    const told = window.answer("showInformationMessage", () => undefined);
    const { be, done } = standIn();
    be(stuck);
    be({ kind: "ready", jobs: [] });
    resolve("Restart");
    await eventually(() => assert.match(told[0]![0] as string, /not restarted/));
    assert.deepEqual(done, []);
  });

  it("keeps a call waiting until the user restarts it, and then answers it", async function () {
    if (process.platform === "win32") this.skip();
    const { context, log, server } = await activateApp();
    const pid = await serverPid(server);
    const other = new WorkspaceServer(context, log);
    const states: string[] = [];
    other.onDidChangeState(({ kind }) => states.push(kind));
    const answers = ["Wait", "Restart"];
    const asked = window.answer("showWarningMessage", () => answers.shift());
    question = new StuckQuestion(other, () => other.restart());
    await stopProcess(pid);
    try {
      await assert.rejects(other.call("profile.open", { path: "/nowhere" }), { code: "no-file" });
      assert.equal(asked.length, 2);
      // At first, after the wait, and for the restart.
      assert.equal(states.filter((kind) => kind === "starting").length, 3);
      assert.notEqual(await serverPid(server), pid);
    } finally {
      other.dispose();
    }
  });
});

/** By the last line that tells of a start in the server's log. */
async function serverPid(server: { showLog(): Promise<void> }): Promise<number> {
  await server.showLog();
  const log = vscode.window.activeTextEditor!.document.uri;
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(log));
  return Number([...text.matchAll(/ready: pid (\d+)/g)].at(-1)![1]);
}

describe("the workspace's server", () => {
  after(closeEverything);

  it("starts with the first call, and tells its states", async () => {
    const { server } = await activateApp();
    const states: string[] = [];
    const listener = server.onDidChangeState(({ kind }) => states.push(kind));
    await server.restart();
    listener.dispose();
    assert.deepEqual(states.slice(-2), ["starting", "ready"]);
    assert.equal(server.state.kind, "ready");
  });

  it("is another one after a restart, and goes on serving", async () => {
    const { server } = await activateApp();
    const { profile } = await writeShop("server-restart");
    const { profileId } = await server.call("profile.open", { path: profile.fsPath });
    await vscode.commands.executeCommand("hangscope.restartServer");
    const query = { kind: "summary" } as const;
    await assert.rejects(server.call("profile.query", { profileId, query }), {
      code: "unknown-profile",
    });
    const again = await server.call("profile.open", { path: profile.fsPath });
    const summary = await server.call("profile.query", { profileId: again.profileId, query });
    assert.equal(summary.kind, "summary");
  });

  it("ends when it is stopped, and comes again when it is needed", async () => {
    const { server } = await activateApp();
    await server.restart();
    const pid = await serverPid(server);
    await vscode.commands.executeCommand("hangscope.stopServer");
    assert.equal(server.state.kind, "stopped");
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    await assert.rejects(server.call("profile.open", { path: "/nowhere" }), { code: "no-file" });
    assert.notEqual(await serverPid(server), pid);
  });

  it("gives a call's failure with the tool's code and words", async () => {
    const { server } = await activateApp();
    await assert.rejects(server.call("profile.open", { path: "/nowhere/a-v8.log" }), {
      name: "ToolError",
      message: /a-v8\.log/,
    });
  });

  it("shows its log", async () => {
    await vscode.commands.executeCommand("hangscope.showServerLog");
    await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      assert.match(document?.fileName ?? "", /server\.log$/);
      assert.match(document!.getText(), /ready: pid \d+/);
    });
  });
});
