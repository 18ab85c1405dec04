/** An Apple app as a person records it, with stand-ins for Apple's tools: on the screen. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { root } from "../../../scripts/host/paths.ts";
import { importTrace } from "../../../src/capture/apple/import-trace.ts";
import { type AppleTools, withAppleTools } from "../../toolchain/scenario.ts";
import { startRecording, stopRecording } from "./support/apple-app.ts";
import { screenshotFailures, type Theme, themes, Workbench } from "./support/workbench.ts";

/** CSS pixels. */
const rowHeight = 20;
/** Below (all) and the frames of the run loop and of UIKit stands ImageCache.decode. */
const decodeRow = 16;

describe("an Apple app on the screen", function () {
  this.timeout(120_000);
  let tools: AppleTools;
  let workbench: Workbench;

  before(async function () {
    if (process.platform === "win32") this.skip();
    // Built in another checkout: the files are found by where they stand in the workspace.
    tools = withAppleTools({ xcode: "26.5", trace: { sourceRoot: "/Users/ada/StuckApp" } });
    workbench = await Workbench.open({
      workspace: join(root, "examples", "stuck-ios"),
      openFile: "Sources/StuckApp/ImageCache.swift",
      env: tools.env,
      settings: { "editor.minimap.enabled": false },
      viewport: { width: 1500, height: 950 },
    });
  });
  after(async () => {
    await workbench?.close();
    tools?.remove();
  });
  screenshotFailures(() => workbench);

  it("is recorded from the palette, by device and app", async () => {
    await startRecording(workbench);
    await workbench
      .statusItem("status")
      .filter({ hasText: /0:0[1-9]/ })
      .waitFor();
    await workbench.screenshot("apple-recording");
  });

  it("stops at a click on the status bar, and shows its flame graph", async () => {
    await stopRecording(workbench);
    await workbench.page
      .locator('.tab[data-resource-name="Stuck App on iPhone 17 Pro.hangscope-trace"]')
      .waitFor();
  });

  it("narrows everything to a hang that is clicked", async () => {
    const view = workbench.webview();
    const hangs = view.getByRole("region", { name: "Hangs" }).getByRole("button");
    assert.deepEqual(await hangs.evaluateAll((all) => all.map((hang) => hang.title)), [
      "Severe Hang: 2.40 s, from 250 ms on",
      "Hang: 620 ms, from 3.40 s on",
      "Microhang: 310 ms, from 4.70 s on",
    ]);
    const severe = view.getByText("250 ms – 2.65 s (2.40 s)");
    await hangs.first().click();
    await severe.waitFor();
    // What tells the range leaves the others within reach.
    await hangs.last().click();
    await view.getByText("4.70 s – 5.01 s (310 ms)").waitFor();
    await hangs.first().click();
    await severe.waitFor();
  });

  it("stands on the Swift line of a frame that is clicked", async () => {
    const view = workbench.webview();
    const graph = view.getByRole("application");
    const selection = view.getByRole("region", { name: "Selection" });
    const decode = selection.getByText("ImageCache.decode(_:)", { exact: true });
    // The graph of the last range stays until the next one has been worked out.
    while (!(await decode.isVisible())) {
      await graph.click({ position: { x: 60, y: decodeRow * rowHeight + rowHeight / 2 } });
      await workbench.page.waitForTimeout(300);
    }
    await selection.getByRole("button", { name: /ImageCache\.swift/ }).click();
    await workbench.standsOn("ImageCache.swift", 49);
  });

  it("has its cost on the Swift lines", async () => {
    await workbench.lens("self 1.68 s (36.9 %), total 1.68 s (36.9 %)").waitFor();
    const labels = await workbench.page.evaluate(`
      [...document.querySelectorAll(".view-line span")]
        .map((span) => getComputedStyle(span, "::after").content)
        .filter((content) => content.includes("%"))`);
    assert.ok(String(labels).includes("36.9 % · 1.68 s"), String(labels));
  });

  it("has a problem for each hang", async () => {
    const { page } = workbench;
    await page.locator('[id="status.problems"] [aria-label*="Warnings: 3"]').waitFor();
    const { label } = await workbench.problem("most of it in FeedStore.loadAndWait");
    assert.match(label, /^Warning: The app hung for 620 ms/);
  });

  it("can be looked at in every theme", async () => {
    // Room for what is looked at.
    await workbench.page.keyboard.press("Control+B");
    await screenshots("apple");
  });

  it("tells its findings in words", async () => {
    const view = workbench.webview();
    await view.getByRole("tab", { name: "Findings" }).click();
    const hang = view.getByRole("article").filter({ hasText: "Severe Hang, 2.40 s" });
    await hang.getByRole("button", { name: "ImageCache.swift:49" }).waitFor();
    await view.getByText("Not recorded.").waitFor();
  });

  it("can be read in every theme", async () => {
    await workbench.page.keyboard.press("Control+J");
    await screenshots("apple-findings");
  });

  async function screenshots(name: string): Promise<void> {
    await workbench.page.mouse.move(0, 0);
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(1_500);
      await workbench.screenshot(`${name}-${theme}`);
    }
  }
});

describe("an Apple app in a folder without trust", function () {
  this.timeout(120_000);
  let tools: AppleTools;
  let folder: string;
  let workbench: Workbench;
  let callsBefore: number;

  before(async function () {
    if (process.platform === "win32") this.skip();
    tools = withAppleTools({ times: { scale: 0.002 } });
    folder = mkdtempSync(join(tmpdir(), "hangscope-untrusted-"));
    const { path } = await importTrace(tools.trace(), folder, { env: tools.env });
    callsBefore = tools.calls().length;
    workbench = await Workbench.open({
      workspace: dirname(path),
      trust: false,
      env: tools.env,
    });
    // The window knows the extension's editors then.
    await workbench.findCommand("Hangscope: Show Server Log");
    await workbench.page.keyboard.press("Escape");
    await workbench.openFile(basename(path));
  });
  after(async () => {
    await workbench?.close();
    tools?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  screenshotFailures(() => workbench);

  it("is not read", async () => {
    await workbench.webview().getByText("that you have not trusted").waitFor();
    await workbench.screenshot("apple-untrusted");
  });

  it("is not offered to be recorded", async () => {
    await workbench.findCommand("Hangscope: Show Server Log");
    const palette = workbench.page.locator(".quick-input-widget");
    await palette.locator("input.input").fill(">Hangscope: Record Apple App");
    await palette.getByText("similar commands").first().waitFor();
    assert.equal(await palette.getByText("Record Apple App").count(), 0);
    await workbench.page.keyboard.press("Escape");
  });

  it("has started nothing: no tool of Apple's, and no server", () => {
    assert.equal(tools.calls().length, callsBefore);
    assert.equal(existsSync(join(workbench.home, "servers")), false);
  });
});
