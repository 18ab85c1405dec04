/** The whole way, as a person goes it: profile a program, look at the graph, stand on the line. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { goToHottestLine, openStuckApp, profileStuckApp } from "./support/main-job.ts";
import { type Theme, themes, type Workbench } from "./support/workbench.ts";

/** CSS pixels. */
const rowHeight = 20;
/** Below (all), Node's own start-up frames, main.js and parseRequests stands lineAt. */
const hotRow = 7;

describe("the main job", function () {
  this.timeout(240_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await openStuckApp();
  });
  after(() => workbench?.close());

  it("profiles an npm script and shows the flame graph", () => profileStuckApp(workbench));

  it("stands on the TypeScript line of a frame that is clicked", async () => {
    const graph = workbench.webview().getByRole("application");
    await graph.click({ position: { x: 60, y: hotRow * rowHeight + rowHeight / 2 } });
    await workbench
      .webview()
      .getByRole("link", { name: /text\.ts/ })
      .or(workbench.webview().getByRole("button", { name: /text\.ts/ }))
      .first()
      .click();
    await workbench.standsOn("text.ts", 4);
  });

  it("keeps the capture out of the folder", () => {
    const files = readdirSync(workbench.workspace, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((file) => /\.log$|\.cpuprofile$/.test(file)),
      [],
    );
  });

  it("stands on the hottest TypeScript line, with lens and problem", async () => {
    await goToHottestLine(workbench);
    await workbench.lens(/9\d\.\d %/).waitFor();
    await workbench.problem("lineAt takes 9");
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`can be looked at in ${theme}`, async () => {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(1_500);
      await workbench.screenshot(`main-job-${theme}`);
    });
  }
});
