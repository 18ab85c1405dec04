/** Recording Apple apps, from the target to the profile, against stand-ins of Apple's tools. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppleTarget } from "../../../src/capture/apple/apple-target.ts";
import { listApps, listDevices } from "../../../src/capture/apple/devices.ts";
import { importTrace } from "../../../src/capture/apple/import-trace.ts";
import { createCaptureSessions } from "../../../src/capture/sessions.ts";
import { openProfile } from "../../../src/formats/open.ts";
import type { FindingsAnswer } from "../../../src/profile/query.ts";
import { ProfileViews } from "../../../src/profile/views/profile-views.ts";
import type { TaskOptions } from "../../../src/toolchain/progress.ts";
import { eventually } from "../../support/eventually.ts";
import { withAppleTools } from "../../toolchain/scenario.ts";
import type { Scenario } from "../../toolchain/scenario-types.ts";

const simulator = "SIMULATOR";

describe("recording an Apple app", function () {
  this.timeout(60_000);
  let tools: ReturnType<typeof withAppleTools>;
  let root: string;
  let sessions: ReturnType<typeof createCaptureSessions>;

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hangscope-apple-"));
    sessions = createCaptureSessions(() => {}, { recordings: join(root, "recordings") });
  });
  afterEach(async () => {
    await sessions.dispose();
    // One that has ended may take a moment to be gone.
    await eventually(() => assert.deepEqual(tools.live(), []));
    tools.remove();
    rmSync(root, { recursive: true, force: true });
  });

  function mac(scenario: Scenario = {}): void {
    tools = withAppleTools({
      ...scenario,
      times: { scale: 0.002, limitScale: 1, ...scenario.times },
    });
  }

  async function udid(): Promise<string> {
    const { devices } = await listDevices(tools.env);
    return devices.find(({ kind }) => kind === "simulator")!.udid;
  }

  async function start(target: Partial<AppleTarget> = {}, task: TaskOptions = {}) {
    const device = target.device === simulator ? await udid() : target.device;
    const { device: _device, ...rest } = target;
    const apple: AppleTarget = {
      kind: "apple",
      process: { by: "name", name: "StuckApp" },
      template: "cpu-hangs",
      limitSeconds: 60,
      exportLimitSeconds: 5,
      ...rest,
      ...(device !== undefined && { device }),
    };
    const options = { target: apple, sampler: "prof", directory: root } as const;
    return sessions.start(options, task, tools.env);
  }

  async function record(target: Partial<AppleTarget> = {}) {
    const { sessionId } = await start(target);
    const stopped = await sessions.stop(sessionId, {});
    const profile = await openProfile(stopped.profiles[0]!.path);
    const query = { kind: "findings", filter: { includeIdle: false }, limit: 20 } as const;
    const findings: FindingsAnswer = new ProfileViews(profile).answer(query);
    return { stopped, profile, findings };
  }

  it("lists simulators, devices and what runs on them", async () => {
    mac();
    const { devices, warnings } = await listDevices(tools.env);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      new Set(devices.map(({ kind }) => kind)),
      new Set(["mac", "simulator", "device"]),
    );
    const found = devices.find(({ kind }) => kind === "simulator")!;
    assert.match(found.os, /^iOS \d/);
    const apps = await listApps(found, tools.env);
    assert.ok(apps.some(({ executable, pid }) => executable === "StuckApp" && pid > 0));
  });

  for (const xcode of ["14.3", "16.4", "26.3", "26.4.1", "27.0"]) {
    it(`names the line that hangs, recorded by Xcode ${xcode}`, async () => {
      mac({ xcode });
      const { findings, profile, stopped } = await record({ device: simulator });
      assert.deepEqual(stopped.warnings, []);
      const [hang] = findings.hangs.found;
      assert.equal(findings.hangs.state, "read");
      assert.equal(hang!.type, "Severe Hang");
      const line = hang!.stack[hang!.culprit]!;
      assert.match(line.name, /ImageCache\.decode/);
      assert.match(line.frameUrl, /ImageCache\.swift$/);
      assert.ok(line.frameLine > 0);
      // Another process hung, too.
      assert.deepEqual(
        new Set(profile.threads.map(({ process }) => process)),
        new Set(["StuckApp"]),
      );
      assert.equal(findings.leaks.state, "not-recorded");
    });
  }

  it("records all processes where one alone would hang the recorder", async () => {
    mac({ xcode: "26.5", record: { deadlocks: true } });
    await record({ device: simulator });
    const [call] = tools.calls("xctrace").filter(({ args }) => args[0] === "record");
    assert.ok(call!.args.includes("--all-processes"));
    assert.ok(!call!.args.includes("--device"));
  });

  it("does as the user's setting says, and tells what became of it", async () => {
    mac({ xcode: "26.5", record: { deadlocks: true }, times: { scale: 0.0005 } });
    await assert.rejects(start({ device: simulator, strategy: "attach" }), {
      code: "not-recording",
      message: /did not start to record in 10 s/,
    });
    assert.deepEqual(
      readdirSync(root).filter((name) => name !== "recordings"),
      [],
    );
  });

  it("finds leaks of a program that it starts", async () => {
    mac({ xcode: "16.4" });
    const { findings } = await record({
      template: "leaks",
      process: {
        by: "command",
        argv: [process.execPath, "-e", "setTimeout(() => {}, 60000)"],
        env: {},
      },
    });
    assert.equal(findings.leaks.state, "read");
    assert.ok(findings.leaks.groups.length >= 2);
    assert.equal(findings.hangs.state, "not-recorded");
    const [call] = tools.calls("xctrace").filter(({ args }) => args[0] === "record");
    assert.ok(call!.args.includes("MallocStackLogging=1"));
  });

  it("says that leaks cannot be recorded of all processes, before it records anything", async () => {
    mac({ xcode: "26.5" });
    await assert.rejects(start({ template: "leaks", process: { by: "everything" } }), {
      code: "leaks-need-launch",
    });
    assert.deepEqual(
      tools.calls("xctrace").filter(({ args }) => args[0] === "record"),
      [],
    );
  });

  it("does not take an empty search for leaks for none", async () => {
    mac({ xcode: "16.4", trace: { leaks: "empty" } });
    const { findings } = await record({
      template: "leaks",
      process: { by: "command", argv: ["/bin/sleep", "60"], env: {} },
    });
    assert.equal(findings.leaks.state, "not-finished");
  });

  it("tries once more when the process is not known yet", async () => {
    mac({ xcode: "16.4", record: { coldStarts: 1 } });
    const { findings } = await record({ device: simulator });
    assert.ok(findings.samples.count > 0);
  });

  it("names what runs when the app does not", async () => {
    mac();
    await assert.rejects(start({ device: simulator, process: { by: "name", name: "Nope" } }), {
      code: "no-such-app",
      message: /Nope does not run on .*These apps run: .*StuckApp|com\./,
    });
  });

  it("says what to install where there is no Xcode", async () => {
    mac();
    const env = { PATH: "/nonexistent" };
    await assert.rejects(listDevices(env), { code: "no-xcode", message: /macOS/ });
  });

  it("keeps the tables that could be exported", async () => {
    mac({ xcode: "16.4", export: { tables: { "potential-hangs": "fails" } } });
    const { findings, stopped } = await record({ device: simulator });
    assert.equal(findings.hangs.state, "failed");
    assert.equal(findings.samples.state, "read");
    assert.ok(findings.samples.count > 0);
    assert.match(stopped.warnings.join(" "), /hangs were not exported whole/);
  });

  it("keeps what was written of a table when its export stops midway", async () => {
    mac({ xcode: "16.4", export: { tables: { "time-profile": "stops-midway" } } });
    const { findings } = await record({ device: simulator });
    assert.equal(findings.samples.state, "incomplete");
    assert.equal(findings.hangs.state, "read");
  });

  it("ends an export that writes nothing any more, and goes on with the next", async () => {
    mac({ xcode: "16.4", export: { tables: { "time-profile": "hangs" } } });
    const { findings } = await record({ device: simulator, exportLimitSeconds: 1 });
    assert.equal(findings.samples.state, "failed");
    assert.match(findings.samples.reason, /nothing was written for 1 s/);
    assert.equal(findings.hangs.state, "read");
    assert.ok(findings.hangs.found.length > 0);
  });

  it("drains megabytes of noise", async () => {
    mac({ xcode: "16.4", export: { tocNoise: true } });
    const { findings } = await record({ device: simulator });
    assert.ok(findings.samples.count > 0);
  });

  it("goes by the trace, not by the exit code", async () => {
    mac({ xcode: "16.4", record: { exitCode: 54 } });
    const { findings } = await record({ device: simulator });
    assert.ok(findings.samples.count > 0);
  });

  it("names the newest of several runs", async () => {
    mac({ xcode: "16.4", trace: { earlierRuns: ["quiet"] } });
    const { findings, stopped } = await record({ device: simulator });
    assert.match(stopped.warnings.join(" "), /2 runs/);
    assert.equal(findings.hangs.found[0]!.type, "Severe Hang");
  });

  it("leaves nothing behind when starting is cancelled", async () => {
    mac({ xcode: "16.4", record: { saysStarted: "never" } });
    const abort = new AbortController();
    const starting = start({ device: simulator }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 1_500);
    await assert.rejects(starting, { name: "AbortError" });
    assert.deepEqual(tools.live(), []);
    assert.deepEqual(
      readdirSync(root).filter((name) => name !== "recordings"),
      [],
    );
  });

  it("leaves no process behind when finalising is cancelled", async () => {
    mac({ xcode: "16.4", record: { finalising: "never-ends" } });
    const { sessionId } = await start({ device: simulator });
    const abort = new AbortController();
    const stopping = sessions.stop(sessionId, { signal: abort.signal });
    setTimeout(() => abort.abort(), 1_000);
    await assert.rejects(stopping, { name: "AbortError" });
    assert.deepEqual(tools.live(), []);
  });

  it("leaves no process and no half table behind when exporting is cancelled", async () => {
    mac({ xcode: "16.4", export: { tables: { "time-profile": "hangs" } } });
    const { sessionId, directory } = await start({ device: simulator });
    const abort = new AbortController();
    const stopping = sessions.stop(sessionId, {
      signal: abort.signal,
      onProgress: ({ message }) => {
        if (message === "Exporting time-profile") setTimeout(() => abort.abort(), 500);
      },
    });
    await assert.rejects(stopping, { name: "AbortError" });
    assert.deepEqual(tools.live(), []);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith(".partial")),
      [],
    );
    assert.ok(readdirSync(directory).includes("recording.trace"));
  });

  it("is adopted by the next server when this one dies", async () => {
    mac({ xcode: "16.4" });
    const { sessionId } = await start({ device: simulator });
    const next = createCaptureSessions(() => {}, { recordings: join(root, "recordings") });
    await next.adopt();
    const { profiles } = await next.stop(sessionId, {});
    const profile = await openProfile(profiles[0]!.path);
    assert.ok(profile.samples.length > 0);
    await next.dispose();
  });

  it("ends a recorder that ignores the interrupt, and says what is lost", async () => {
    mac({ xcode: "16.4", record: { finalising: "crashes" } });
    const { sessionId } = await start({ device: simulator });
    await assert.rejects(sessions.stop(sessionId, {}), { name: "CaptureError" });
  });

  it("keeps a trace whose recorder left with an error, when it can be read", async () => {
    mac({ xcode: "16.4", record: { exitCode: 2 } });
    const { findings } = await record({ device: simulator });
    assert.ok(findings.samples.count > 0);
  });

  for (const attach of ["fails", "fails-plainly"] as const) {
    it(`says why nothing was recorded: the recorder ${attach}`, async () => {
      mac({ xcode: "16.4", record: { attach } });
      await assert.rejects(start({ device: simulator }), {
        code: "not-recording",
        message: /xctrace ended|no such process/,
      });
      assert.deepEqual(
        readdirSync(root).filter((name) => name !== "recordings"),
        [],
      );
    });
  }

  for (const fault of ["crashes", "exits-133", "says-nothing", "disk-full"] as const) {
    it(`names a table whose export ${fault}, and keeps the rest`, async () => {
      mac({ xcode: "16.4", export: { tables: { "time-profile": fault } } });
      const { findings, stopped } = await record({ device: simulator });
      assert.notEqual(findings.samples.state, "read");
      assert.notEqual(findings.samples.reason, "");
      assert.equal(findings.hangs.state, "read");
      assert.equal(findings.hangs.found.length, 3);
      assert.ok(readdirSync(join(stopped.profiles[0]!.path, "..")).includes("recording.trace"));
    });
  }

  it("says that a trace cannot be read when not even its contents can be listed", async () => {
    mac({ xcode: "16.4", export: { toc: "fails" } });
    const { sessionId, directory } = await start({ device: simulator });
    await assert.rejects(sessions.stop(sessionId, {}), {
      code: "trace-unreadable",
      message: /recording\.trace \([\d.]+ MB\) cannot be read/,
    });
    assert.ok(readdirSync(directory).includes("recording.trace"));
  });

  it("imports a trace that was recorded elsewhere", async () => {
    mac({ xcode: "26.4.1" });
    const trace = await tools.trace({ template: "Time Profiler", target: "all-processes" });
    const { path } = await importTrace(trace, root, { env: tools.env, pid: 4242 });
    const profile = await openProfile(path);
    assert.ok(profile.samples.length > 0);
    await assert.rejects(importTrace(join(root, "none.trace"), root, { env: tools.env }), {
      code: "no-such-trace",
    });
  });
});
