/** Holds the stand-ins of xcodebuild, simctl, plutil and xcresulttool to the table of what is known. */
import assert from "node:assert/strict";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { makeProject } from "../../server/runner/support/runner-lab.ts";
import { defaultSimulator } from "../../toolchain/defaults.ts";
import { parsePlist } from "../../toolchain/plist.ts";
import { type AppleTools, type Scenario, withAppleTools } from "../../toolchain/scenario.ts";
import { exitCodes, xcodebuildRefusals as refusals } from "../../toolchain/table.ts";

describe("stand-ins for building and running tests", () => {
  let tools: AppleTools;
  let project: string;

  function mac(scenario: Scenario = {}): void {
    tools = withAppleTools({ times: { scale: 0.0001 }, ...scenario });
    project = makeProject(join(tools.dir, "project"));
  }
  afterEach(() => {
    const left = tools.live();
    tools.remove();
    assert.deepEqual(left, [], "processes left");
  });

  async function run(...args: string[]) {
    const { exitCode, stdout, stderr } = await execa(args[0]!, args.slice(1), {
      env: tools.env,
      cwd: tools.dir,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode, stdout, stderr };
  }
  const own = () => ["-project", project, "-scheme", "HangscopeRunner"];
  const simulator = ["-destination", `platform=iOS Simulator,id=${defaultSimulator}`];
  const build = (...more: string[]) =>
    run(
      "xcodebuild",
      "build-for-testing",
      ...own(),
      ...simulator,
      "-derivedDataPath",
      "dd",
      ...more,
    );
  const testRun = () => globSync("dd/Build/Products/*.xctestrun", { cwd: tools.dir });

  const usage = exitCodes.xcodebuildUsage.is;
  const failed = exitCodes.xcodebuildFailed.is;
  type Refused = readonly [why: string, args: () => string[], says: string, code: number];
  const refused: readonly Refused[] = [
    [
      "an unknown option",
      () => ["build-for-testing", "-tempo"],
      refusals.invalidOption.is("-tempo"),
      usage,
    ],
    [
      "an option without its value",
      () => ["build-for-testing", "-scheme"],
      refusals.noValue.is("-scheme"),
      usage,
    ],
    [
      "an option twice",
      () => ["build-for-testing", ...own(), ...own()],
      refusals.twice.is("-project"),
      usage,
    ],
    ["two actions", () => ["build-for-testing", "test"], refusals.unknownAction.is("test"), usage],
    ["an unknown action", () => ["dance"], refusals.unknownAction.is("dance"), usage],
    [
      "another word than YES and NO",
      () => ["build-for-testing", ...own(), "-parallel-testing-enabled", "maybe"],
      refusals.invalidValue.is("-parallel-testing-enabled", "maybe"),
      usage,
    ],
    [
      "no devices at once",
      () => ["build-for-testing", ...own(), "-maximum-concurrent-test-simulator-destinations", "0"],
      refusals.invalidValue.is("-maximum-concurrent-test-simulator-destinations", "0"),
      usage,
    ],
    ["no project", () => ["build-for-testing", ...simulator], refusals.needsScheme.is, usage],
    [
      "a project that is not there",
      () => ["build-for-testing", "-project", "No.xcodeproj", "-scheme", "a", ...simulator],
      refusals.noProject.is("No.xcodeproj"),
      exitCodes.xcodebuildNoProject.is,
    ],
    [
      "a scheme that is not there",
      () => ["build-for-testing", "-project", project, "-scheme", "No", ...simulator],
      refusals.noScheme.is("HangscopeRunner", "No"),
      failed,
    ],
    ["no destination", () => ["build-for-testing", ...own()], refusals.needsDestination.is, usage],
    [
      "an unknown simulator",
      () => ["build-for-testing", ...own(), "-destination", "platform=iOS Simulator,id=X"],
      refusals.noDestination.is("platform:iOS Simulator, id:X"),
      exitCodes.xcodebuildNoDestination.is,
    ],
    [
      "a simulator of another platform",
      () => [
        "build-for-testing",
        ...own(),
        "-destination",
        `platform=tvOS Simulator,id=${defaultSimulator}`,
      ],
      refusals.noDestination.is(`platform:tvOS Simulator, id:${defaultSimulator}`),
      exitCodes.xcodebuildNoDestination.is,
    ],
    [
      "an .xctestrun that is not there",
      () => ["test-without-building", "-xctestrun", "no.xctestrun", ...simulator],
      refusals.noTestRun.is("no.xctestrun"),
      usage,
    ],
    [
      "an .xctestrun together with a project",
      () => ["test-without-building", "-xctestrun", "no.xctestrun", ...own(), ...simulator],
      refusals.testRunAlone.is,
      usage,
    ],
    ["a version with more", () => ["-version", "-sdk"], refusals.invalidOption.is("-sdk"), usage],
  ];
  describe("xcodebuild refuses", () => {
    for (const [why, args, says, code] of refused) {
      it(why, async () => {
        mac();
        const { exitCode, stdout, stderr } = await run("xcodebuild", ...args());
        assert.deepEqual(
          { exitCode, stdout, stderr },
          { exitCode: code, stdout: "", stderr: says },
        );
        assert.deepEqual(globSync("**/Build", { cwd: tools.dir }), []);
      });
    }
    it("a result bundle that is there", async () => {
      mac();
      mkdirSync(join(tools.dir, "r.xcresult"));
      const { exitCode, stderr } = await build("-resultBundlePath", "r.xcresult");
      assert.deepEqual([exitCode, stderr], [usage, refusals.bundleExists.is("r.xcresult")]);
    });
  });

  it("xcodebuild leaves products that name nothing but themselves, and a result bundle", async () => {
    mac({ build: { issues: { warnings: [{ message: "odd" }] } } });
    const { exitCode, stdout } = await build(
      "-resultBundlePath",
      "r.xcresult",
      "HANGSCOPE_RUNNER_FINGERPRINT=f",
    );
    assert.equal(exitCode, 0);
    assert.match(stdout, /CompileSwift[\s\S]*\*\* TEST BUILD SUCCEEDED \*\*/);
    const [path] = testRun();
    const text = readFileSync(join(tools.dir, path!), "utf8");
    assert.ok(text.includes("__TESTROOT__") && !text.includes(tools.dir));
    const results = await run(
      "xcrun",
      "xcresulttool",
      "get",
      "build-results",
      "--path",
      "r.xcresult",
    );
    const { status, warningCount } = JSON.parse(results.stdout) as Record<string, unknown>;
    assert.deepEqual([status, warningCount], ["succeeded", 1]);
  });
  it("xcodebuild compiles nothing twice", async () => {
    mac();
    const compiled = async () => (await build()).stdout.split("CompileSwift").length - 1;
    assert.deepEqual([await compiled(), await compiled()], [4, 0]);
  });
  it("xcodebuild runs nothing that was damaged or is not there", async () => {
    mac();
    await build();
    const test = (target: string) =>
      run(
        "xcodebuild",
        "test-without-building",
        "-xctestrun",
        testRun()[0]!,
        ...simulator,
        `-only-testing:${target}`,
      );
    assert.equal((await test("Other/A/b")).exitCode, failed);
    const [program] = globSync("dd/Build/Products/**/*-Runner.app/*-Runner", { cwd: tools.dir });
    writeFileSync(join(tools.dir, program!), "{");
    const { exitCode, stdout } = await test("HangscopeRunner");
    assert.equal(exitCode, failed);
    assert.match(stdout, /Failed to load the test bundle[\s\S]*\*\* TEST EXECUTE FAILED \*\*/);
  });
  it("xcodebuild goes by the folder that holds the .xctestrun", async () => {
    mac();
    await build();
    const copy = join(tools.dir, "copy.xctestrun");
    writeFileSync(copy, readFileSync(join(tools.dir, testRun()[0]!)));
    const { exitCode } = await run(
      "xcodebuild",
      "test-without-building",
      "-xctestrun",
      copy,
      ...simulator,
    );
    assert.equal(exitCode, failed);
  });

  it("simctl boots once, and says how it is", async () => {
    mac({ simulators: [{ udid: "U", name: "N", os: "26.2", state: "Shutdown" }] });
    const booted = async () =>
      JSON.stringify((await run("xcrun", "simctl", "list", "devices", "-j")).stdout).includes(
        "Booted",
      );
    assert.equal(await booted(), false);
    assert.equal(
      (await run("xcrun", "simctl", "uninstall", "U", "a.b")).exitCode,
      exitCodes.simctlNotBooted.is,
    );
    assert.equal((await run("xcrun", "simctl", "bootstatus", "U", "-b")).exitCode, 0);
    assert.equal(await booted(), true);
    assert.equal(
      (await run("xcrun", "simctl", "boot", "U")).exitCode,
      exitCodes.simctlNotBooted.is,
    );
    assert.equal((await run("xcrun", "simctl", "uninstall", "U", "a.b")).exitCode, 0);
    assert.equal(
      (await run("xcrun", "simctl", "bootstatus", "X", "-b")).exitCode,
      exitCodes.simctlNoDevice.is,
    );
    assert.notEqual((await run("xcrun", "simctl", "bootstatus", "U", "-x")).exitCode, 0);
  });
  it("xcresulttool knows the form of its Xcode only", async () => {
    for (const [xcode, isNew] of [
      ["15.4", false],
      ["16.4", true],
    ] as const) {
      mac({ xcode });
      mkdirSync(join(tools.dir, "r.xcresult"));
      writeFileSync(
        join(tools.dir, "r.xcresult/build-results.json"),
        '{"errors":[],"warnings":[]}',
      );
      const codes = [];
      for (const form of [
        ["build-results"],
        ["--legacy", "--format", "json"],
        ["--format", "json"],
      ]) {
        const { exitCode } = await run(
          "xcrun",
          "xcresulttool",
          "get",
          ...form,
          "--path",
          "r.xcresult",
        );
        codes.push(exitCode === 0);
      }
      assert.deepEqual(codes, isNew ? [true, true, false] : [false, false, true]);
      if (!isNew) tools.remove();
    }
    assert.notEqual(
      (await run("xcrun", "xcresulttool", "get", "build-results", "--path", "no")).exitCode,
      0,
    );
  });
  it("xcrun tells of SDKs that are there", async () => {
    mac({ xcode: "26.3" });
    for (const sdk of ["iphonesimulator", "iphoneos", "appletvsimulator", "appletvos", "macosx"]) {
      const { stdout } = await run("xcrun", "--sdk", sdk, "--show-sdk-version");
      assert.equal(stdout, "26.2");
      assert.equal((await run("xcrun", "--sdk", sdk, "--show-sdk-build-version")).exitCode, 0);
    }
    assert.notEqual((await run("xcrun", "--sdk", "gameboy", "--show-sdk-version")).exitCode, 0);
  });
  it("plutil turns an .xctestrun into JSON and back", async () => {
    mac();
    await build();
    const path = join(tools.dir, testRun()[0]!);
    const { stdout } = await run("plutil", "-convert", "json", "-o", "-", path);
    const copy = join(tools.dir, "copy.plist");
    const back = await execa("plutil", ["-convert", "xml1", "-o", copy, "-"], {
      env: tools.env,
      input: stdout,
    });
    assert.equal(back.exitCode, 0);
    assert.ok(existsSync(copy));
    assert.deepEqual(parsePlist(readFileSync(copy, "utf8")), JSON.parse(stdout));
  });
});
