/** `.xctestrun` in both forms: patched for a launch, and made fit to be moved. */
import assert from "node:assert/strict";
import {
  essentialPaths,
  patchTestRun,
  relocatable,
  type TestRun,
  testTargets,
} from "../../../src/runner/xctestrun.ts";

const target = {
  BlueprintName: "R",
  TestHostPath: "__TESTROOT__/Debug/R-Runner.app",
  TestHostBundleIdentifier: "dev.R.xctrunner",
  TestBundlePath: "__TESTHOST__/PlugIns/R.xctest",
  EnvironmentVariables: { KEPT: "1", OVER: "old" },
  CommandLineArguments: ["-x", "__TESTROOT__/a", 3, true],
};
const older: TestRun = { R: target, __xctestrun_metadata__: { FormatVersion: 1 } };
const newer: TestRun = {
  TestConfigurations: [
    { Name: "A", TestTargets: [target] },
    { Name: "B", TestTargets: [target] },
  ],
  TestPlan: { Name: "P" },
  __xctestrun_metadata__: { FormatVersion: 2 },
};
const tables = [
  "EnvironmentVariables",
  "UITestEnvironmentVariables",
  "UITargetAppEnvironmentVariables",
  "TestingEnvironmentVariables",
];

describe("an .xctestrun", () => {
  for (const [name, run, count] of [
    ["of the older form", older, 1],
    ["with configurations", newer, 2],
  ] as const) {
    it(`${name} gets variables in every table of every target`, () => {
      const patched = patchTestRun(run, "/cache/products", { PORT: "1", OVER: "new" });
      const targets = testTargets(patched) as unknown as Record<string, unknown>[];
      assert.equal(targets.length, count);
      for (const each of targets) {
        for (const table of tables) {
          const kept = table === "EnvironmentVariables" ? { KEPT: "1" } : {};
          assert.deepEqual(each[table], { ...kept, PORT: "1", OVER: "new" });
        }
      }
    });
    it(`${name} names its products wherever it stands`, () => {
      const patched = patchTestRun(run, "/cache/products", {});
      assert.ok(!JSON.stringify(patched).includes("__TESTROOT__"));
      const [first] = testTargets(patched);
      assert.equal(first!.TestHostPath, "/cache/products/Debug/R-Runner.app");
      assert.deepEqual(first!["CommandLineArguments"], ["-x", "/cache/products/a", 3, true]);
    });
    it(`${name} is not changed itself`, () => {
      const before = JSON.stringify(run);
      patchTestRun(run, "/cache/products", { PORT: "1" });
      assert.equal(JSON.stringify(run), before);
    });
    it(`${name} names what nothing runs without`, () => {
      assert.deepEqual(essentialPaths(run, "R.xctestrun"), [
        "R.xctestrun",
        "Debug/R-Runner.app",
        "Debug/R-Runner.app/PlugIns/R.xctest",
      ]);
    });
  }

  it("loses the folder that it was built in (weakness: absolute paths)", () => {
    const staging = "/cache/staging/k";
    const products = `${staging}/DerivedData/Build/Products`;
    const built: TestRun = { R: { ...target, TestHostPath: `${products}/Debug/R-Runner.app` } };
    assert.deepEqual(relocatable(built, products, staging), { R: target });
  });
  it("is refused when it names more of that folder", () => {
    const built: TestRun = { R: { ...target, Log: "/cache/staging/k/x.log" } };
    assert.throws(() => relocatable(built, "/cache/staging/k/P", "/cache/staging/k"), {
      code: "not-relocatable",
    });
  });
});
