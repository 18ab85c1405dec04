/** The extension in a window: what a person sees of it before any profile is open. */
import { screenshotFailures, Workbench } from "./support/workbench.ts";

describe("a window with the extension", function () {
  this.timeout(120_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ openFile: "src/busy.ts" });
  });
  after(() => workbench?.close());
  screenshotFailures(() => workbench);

  it("offers its commands in the palette", async () => {
    await workbench.findCommand("Hangscope: Start Profiling");
    await workbench.page.keyboard.press("Escape");
  });

  it("shows its state in the status bar once a command has run", async () => {
    await workbench.runCommand("Hangscope: Restart Server");
    await workbench.statusItem("status").waitFor();
  });
});
