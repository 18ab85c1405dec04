/** What a stuck program is stuck on, as a person finds it out: on the screen. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilShown } from "./support/apple-app.ts";
import { screenshotFailures, Workbench } from "./support/workbench.ts";

const program = `/** Whether the text is a list of names. */
function areNames(text) {
  return /^(\\w+\\s?)+$/.test(text);
}

function importContacts(lines) {
  return lines.filter((line) => areNames(line));
}

const lines = ["Ada Lovelace", "Grace Hopper", \`\${"Anna Maria ".repeat(12)}!\`];
setTimeout(() => importContacts(lines), 50);
console.log("Importing");
`;

describe("a stuck program on the screen", function () {
  this.timeout(120_000);
  let folder: string;
  let child: ChildProcess;
  let workbench: Workbench;

  before(async function () {
    if (process.platform === "win32") this.skip();
    folder = mkdtempSync(join(tmpdir(), "hangscope-hang-dom-"));
    const file = join(folder, "import-contacts.cjs");
    writeFileSync(file, program);
    child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout!, "data");
    workbench = await Workbench.open({
      workspace: folder,
      openFile: "import-contacts.cjs",
      settings: { "editor.minimap.enabled": false },
    });
  });
  after(async () => {
    child?.kill("SIGKILL");
    await workbench?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  screenshotFailures(() => workbench);

  it("is found in a list with its share of the processor", async () => {
    await workbench.runCommand("Hangscope: Capture What It's Stuck On…");
    const row = workbench.page
      .locator(".quick-input-list .monaco-list-row", { hasText: "import-contacts.cjs" })
      .first();
    await row.getByText(/\d+ % CPU/).waitFor();
    await workbench.screenshot("hang-choice");
    await row.click();
  });

  it("has its function named in a sentence", async () => {
    await untilShown(workbench);
    // The center closes with the progress that it showed: it is opened for what comes after that.
    await workbench.page.waitForTimeout(1_500);
    const said = (await workbench.notifications()).filter({ hasText: "is stuck in areNames" });
    await said.getByRole("button", { name: "Go to Line" }).waitFor();
    await everyTheme("hang-named");
    await said.getByRole("button", { name: "Go to Line" }).click();
    assert.equal(child.exitCode, null);
  });

  it("stands on its line, with a lens that counts samples, and a problem", async () => {
    await workbench.standsOn("import-contacts.cjs", 3);
    await workbench.lens(/self 6 samples \(100 %\)/).waitFor();
    const { label } = await workbench.problem("Stuck in areNames");
    assert.match(label, /^Warning: Stuck in areNames: watched for .* in each of 6 samples/);
    await workbench.problem("called from importContacts");
    const all = workbench.page.locator(".markers-panel").getByText("of all time");
    assert.equal(await all.count(), 0);
    await everyTheme("hang-line");
  });

  async function everyTheme(name: string): Promise<void> {
    await workbench.page.mouse.move(700, 350);
    await workbench.screenshotThemes(name);
  }
});
