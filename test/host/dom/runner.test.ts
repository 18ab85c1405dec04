/** Preparing a runner as a person does it, with stand-ins for Apple's tools: on the screen. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeProject, scheme } from "../../server/runner/support/project.ts";
import { type AppleTools, type Scenario, withAppleTools } from "../../toolchain/scenario.ts";
import { screenshotFailures, Workbench } from "./support/workbench.ts";

const main = `import XCTest

final class RunnerTests: XCTestCase {
  /// Serves until it is told to leave.
  func testServe() throws {
    let server = try Server(port: Settings.port)
    defer { server.close() }
    try server.serve(untl: .leave)
  }
}
`;

const broken: Scenario["build"] = {
  outcome: "fails",
  lines: [
    "Sources/Main.swift:8:22: error: incorrect argument label in call (have 'untl:', expected 'until:')",
    "Sources/Server.swift:1:1: note: 'serve(until:)' declared here",
    "Sources/Main.swift:6:9: warning: variable 'server' was never mutated; consider changing to 'let' constant",
    "Undefined symbols for architecture arm64:",
    '  "_OBJC_CLASS_$_XCUIDevice", referenced from:',
    "      in Automation.o",
    "ld: symbol(s) not found for architecture arm64",
    "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
  ],
};

describe("a runner on the screen", function () {
  this.timeout(120_000);
  let tools: AppleTools;
  let folder: string;
  let workbench: Workbench;

  const become = (scenario: Scenario) => tools.change({ times: { scale: 0.002 }, ...scenario });

  before(async function () {
    if (process.platform === "win32") this.skip();
    tools = withAppleTools({ build: { outcome: "hangs" }, times: { scale: 0.002 } });
    folder = mkdtempSync(join(tmpdir(), "hangscope-runner-dom-"));
    makeProject(join(folder, "runner"));
    writeFileSync(join(folder, "runner", "Sources", "Main.swift"), main);
    mkdirSync(join(folder, ".vscode"));
    workbench = await Workbench.open({
      workspace: folder,
      openFile: "runner/Sources/Main.swift",
      env: tools.env,
      settings: {
        "editor.minimap.enabled": false,
        "hangscope.runner.project": "runner/HangscopeRunner.xcodeproj",
        "hangscope.runner.scheme": scheme,
      },
    });
  });
  after(async () => {
    await workbench?.close();
    tools?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  screenshotFailures(() => workbench);

  it("tells the phase, the time and the compiler's line, with Cancel and the log", async () => {
    await prepare();
    const status = workbench.statusItem("status").filter({ hasText: "Building the runner" });
    await status.waitFor();
    const progress = (await workbench.notifications()).filter({ hasText: "Preparing a runner" });
    await progress.getByText(/\d:\d\d · Building the runner: CompileSwift \w+\.swift/).waitFor();
    await progress.getByRole("link", { name: "Show Log" }).waitFor();
    await everyTheme("runner-progress");
  });

  it("is cancelled by its notification, and leaves the status bar as it was", async () => {
    await cancel();
    await workbench.page.getByLabel("Hangscope: the server is running").first().waitFor();
    await workbench.page.locator('[id="status.problems"] [aria-label="No Problems"]').waitFor();
    assert.deepEqual(tools.live(), []);
  });

  it("has a failed build in Problems: on the line with its note, the linker's as one", async () => {
    become({ build: broken });
    await prepare();
    const { label } = await workbench.problem("incorrect argument label");
    assert.match(label, /^Error: incorrect argument label .*xcodebuild/);
    await workbench.problem("'serve(until:)' declared here");
    const link = await workbench.problem("Undefined symbols for architecture arm64");
    assert.match(link.label, /^Error: Undefined symbols.*linker command failed/s);
    await (await failure()).getByRole("button", { name: "Show Log" }).waitFor();
    await everyTheme("runner-problems");
  });

  it("has the compiler's lines in its log", async () => {
    await (await failure()).getByRole("button", { name: "Show Log" }).click();
    await workbench
      .outputLines()
      .filter({ hasText: "CompileSwift normal arm64" })
      .first()
      .waitFor();
    await everyTheme("runner-log");
    await workbench.page.keyboard.press("Control+J");
  });

  it("stands in the view with its state, and with what is cached", async () => {
    await workbench.runCommand("Hangscope: Focus on Runners View");
    await row(/iPhone 17 Pro.*failed: The build failed/).waitFor();
    await prepare("This Mac");
    await row(/This Mac.*failed/).waitFor();
    become({ build: { files: 40, bytes: 3_400_000 } });
    await prepare();
    await row(/iPhone 17 Pro.*ready/).waitFor();
    await row(/iOS Simulator.*MB.*built now.*in use.*Xcode 26\.3/).waitFor();
  });

  it("shows one that comes up, prepared from its row", async () => {
    become({ runner: { launches: ["never-listens"] } });
    await row(/iPad Air/).hover();
    await row(/iPad Air/)
      .getByRole("button", { name: "Prepare Runner" })
      .click();
    await row(/iPad Air.*preparing/).waitFor();
    const answer = { hasText: "Waiting for the runner's answer" };
    await workbench.statusItem("status").filter(answer).waitFor();
    await workbench.page.locator(".pane-header", { hasText: "Recent Captures" }).click();
    await everyTheme("runner-view");
    await cancel();
    await row(/iPad Air.*no runner/).waitFor();
  });

  it("is stopped from the view", async () => {
    await row(/iPhone 17 Pro/).hover();
    await row(/iPhone 17 Pro/)
      .getByRole("button", { name: "Stop Runner" })
      .click();
    await row(/iPhone 17 Pro.*no runner/).waitFor();
    assert.deepEqual(tools.live(), []);
  });

  async function prepare(name = "iPhone 17 Pro"): Promise<void> {
    await workbench.runCommand("Hangscope: Prepare Runner…");
    const choice = workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: name });
    await choice.click();
  }

  async function failure() {
    return (await workbench.notifications()).filter({ hasText: "No runner on iPhone" });
  }

  async function cancel(): Promise<void> {
    const progress = (await workbench.notifications()).filter({ hasText: "Preparing a runner" });
    await progress.getByRole("button", { name: "Cancel" }).click();
    await progress.waitFor({ state: "detached" });
  }

  function row(text: RegExp) {
    return workbench.page.locator(".pane-body .monaco-list-row").filter({ hasText: text }).first();
  }

  async function everyTheme(name: string): Promise<void> {
    // What the mouse rests on would say so.
    await workbench.page.mouse.move(700, 350);
    await workbench.screenshotThemes(name);
  }
});

describe("a runner in a folder without trust", function () {
  this.timeout(120_000);
  let tools: AppleTools;
  let workbench: Workbench;

  before(async function () {
    if (process.platform === "win32") this.skip();
    tools = withAppleTools({ times: { scale: 0.002 } });
    workbench = await Workbench.open({ trust: false, env: tools.env });
    await workbench.findCommand("Hangscope: Show Server Log");
  });
  after(async () => {
    await workbench?.close();
    tools?.remove();
  });
  screenshotFailures(() => workbench);

  it("is not offered, and its view says why and runs nothing", async () => {
    const before = tools.calls().length;
    await workbench.page.keyboard.press("Escape");
    await workbench.runCommand("Hangscope: Focus on Runners View");
    await workbench.page.getByText("Runners are built only in a folder that you trust.").waitFor();
    await workbench.screenshot("runner-untrusted");
    assert.equal(tools.calls().length, before);
  });
});
