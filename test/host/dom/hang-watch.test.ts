/** A program that is launched with hang capture and hangs, as a person sees it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { screenshotFailures, Workbench } from "./support/workbench.ts";

const program = `const { pbkdf2Sync } = require("node:crypto");

/** What is stored of a password. */
function derivePassword(password) {
  return pbkdf2Sync(password, "salt", 2 ** 31 - 1, 64, "sha512");
}

function importAccounts(accounts) {
  return accounts.map(({ password }) => derivePassword(password));
}

console.log("Importing");
setTimeout(() => importAccounts([{ password: "correct horse" }]), 3000);
`;

describe("a program launched with hang capture, on the screen", function () {
  this.timeout(120_000);
  let folder: string;
  let workbench: Workbench;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    folder = mkdtempSync(join(tmpdir(), "hangscope-watch-dom-"));
    writeFileSync(join(folder, "import-accounts.cjs"), program);
    workbench = await Workbench.open({
      workspace: folder,
      openFile: "import-accounts.cjs",
      settings: { "editor.minimap.enabled": false, "hangscope.hangCapture.afterSeconds": 2 },
    });
  });
  after(async () => {
    await workbench?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  screenshotFailures(() => workbench);

  const watched = () =>
    workbench.page.locator(".statusbar-item", { hasText: /^\s*\d:\d\d\s*$/ }).first();

  it("is chosen from a list of what can be started", async () => {
    await workbench.runCommand("Hangscope: Launch with Hang Capture…");
    const row = workbench.page
      .locator(".quick-input-list .monaco-list-row", { hasText: "import-accounts.cjs" })
      .first();
    await row.waitFor();
    await workbench.screenshot("hang-watch-choice");
    await row.click();
  });

  it("is shown to be watched", async () => {
    await watched().waitFor();
    await workbench.screenshot("hang-watch-running");
  });

  it("has the caller of its native call named, with ways on", async () => {
    // It stands on its line before it is told.
    await workbench.page.getByText("stuck here").first().waitFor();
    const said = (await workbench.notifications())
      .filter({ hasText: "is stuck in derivePassword" })
      .first();
    for (const name of ["Go to Line", "Show Report", "Open Profile"]) {
      await said.getByRole("button", { name }).waitFor();
    }
    await workbench.screenshot("hang-watch-named");
    await said.getByRole("button", { name: "Show Report" }).click();
    const report = workbench.webview();
    const verdict = /stuck in derivePassword .* had not responded for at least \d+\.\d s/;
    await report.getByRole("heading", { name: verdict }).waitFor();
    await report.getByRole("region", { name: "Steps" }).getByText("native-call").first().waitFor();
    await workbench.screenshotThemes("hang-watch-report");
    await workbench.runCommand("Hangscope: Go to Hottest Frame");
    await workbench.standsOn("import-accounts.cjs", 4, 5);
    await workbench.lens(/stuck here \d+\.\d+ s/).waitFor();
    const { label } = await workbench.problem("Stuck in derivePassword");
    assert.match(label, /^Warning: Stuck in derivePassword/);
    await workbench.screenshot("hang-watch-line");
  });

  it("ends when the watch is stopped", async () => {
    await workbench.runCommand("Hangscope: Stop Watching for Hangs");
    await watched().waitFor({ state: "detached" });
  });
});
