/** `hangscope apple`, against stand-ins of Apple's tools. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { root } from "../../../scripts/host/paths.ts";
import type { FindingsAnswer } from "../../../src/profile/query.ts";
import { withAppleTools } from "../../toolchain/scenario.ts";
import { Place } from "./program.ts";

describe("apple commands", function () {
  this.timeout(60_000);
  this.slow(8_000);
  let place: Place;
  let mac: ReturnType<typeof withAppleTools>;

  before(async function () {
    if (process.platform === "win32") this.skip();
    place = await Place.make();
    const sourceRoot = join(root, "examples/stuck-ios");
    mac = withAppleTools({
      xcode: "26.5",
      times: { scale: 0.005, limitScale: 1 },
      trace: { sourceRoot },
    });
  });
  afterEach(() => assert.deepEqual(mac.live(), []));
  after(async () => {
    mac?.remove();
    await place?.remove();
  });

  const json = <T>(text: string) => JSON.parse(text) as T;

  async function simulator(): Promise<string> {
    const { stdout } = await place.run(["apple", "devices", "--json"], mac.env);
    const { devices } = json<{ devices: { kind: string; udid: string }[] }>(stdout);
    return devices.find(({ kind }) => kind === "simulator")!.udid;
  }

  it("lists devices, and the apps of one", async () => {
    const args = ["apple", "devices", "--apps-of", await simulator()];
    const { stdout, stderr, exitCode } = await place.run(args, mac.env);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /iPhone 17 Pro {2}iOS [\d.]+ {2}booted/);
    assert.match(stdout, /4242 {2}Stuck App {2}com\.example\.StuckApp/);
  });

  it("records, stops and names the line that hangs", async () => {
    const args = ["apple", "start", "--device", await simulator(), "--app", "StuckApp"];
    const started = await place.run(args, mac.env);
    assert.equal(started.exitCode, 0, started.stderr);
    const session = /apple stop (\S+)/.exec(started.stdout)![1]!;
    const stopped = await place.run(["apple", "stop", session], mac.env);
    assert.equal(stopped.exitCode, 0, stopped.stderr);
    assert.match(stopped.stdout, /→ ImageCache\.decode\(_:\) {2}.*ImageCache\.swift:49/);
    assert.match(stopped.stdout, /Severe Hang, 2\.40 s from 250 ms on, Main Thread, /);
    assert.match(stopped.stdout, /Leaks: not recorded\./);
    const file = stopped.stdout.trim().split("\n").at(-1)!;
    assert.match(file, /\.hangscope-trace$/);

    const again = await place.run(["apple", "analyze", file, "--json"]);
    const findings = json<FindingsAnswer>(again.stdout);
    assert.equal(findings.hangs.found.length, 3);
    const listed = await place.run(["apple", "sessions"]);
    assert.match(listed.stdout, new RegExp(`^${session} .*StuckApp\\n1 recordings`));
    const deleted = await place.run(["apple", "sessions", "--delete", session, "--json"]);
    assert.equal(deleted.stdout, "[]");
  });

  it("analyzes exported XML without any of Apple's tools", async () => {
    const trace = await mac.trace({ template: "Time Profiler", target: "all-processes" });
    const imported = await place.run(["apple", "analyze", trace, "--pid", "4242"], mac.env);
    assert.equal(imported.exitCode, 0, imported.stderr);
    const { stdout } = await place.run(["apple", "sessions", "--json"]);
    const [{ directory }] = json<[{ directory: string }]>(stdout);
    const files = ["toc", "hangs"].flatMap((part) => [`--${part}`, join(directory, `${part}.xml`)]);
    const args = ["apple", "analyze", "--cpu", join(directory, "samples.xml"), ...files];
    const analyzed = await place.run([...args, "--pid", "4242", "--json"], { PATH: "/nowhere" });
    const findings = json<FindingsAnswer>(analyzed.stdout);
    assert.equal(findings.hangs.state, "read");
    assert.equal(findings.leaks.state, "not-recorded");
    assert.ok(findings.samples.count > 1000);
  });

  it("says what is wrong with the way it was asked", async () => {
    const nothing = await place.run(["apple", "start"], mac.env);
    assert.equal(nothing.exitCode, 2);
    assert.match(nothing.stderr, /--pid, --app, --everything or -- <command>/);
    const neither = await place.run(["apple", "analyze"]);
    assert.equal(neither.exitCode, 2);
    const both = await place.run(["apple", "analyze", "a.trace", "--cpu", "b.xml"]);
    assert.equal(both.exitCode, 2);
    const none = await place.run(["apple", "analyze", "none.trace"], mac.env);
    assert.equal(none.exitCode, 1);
    assert.match(none.stderr, /none\.trace is no trace/);
  });

  it("says where Apple's tools are, on a machine without them", async () => {
    const { stderr, exitCode } = await place.run(["apple", "devices"], { PATH: "/nowhere" });
    assert.equal(exitCode, 1);
    assert.match(stderr, /xcrun was not found\. .*macOS/);
  });
});
