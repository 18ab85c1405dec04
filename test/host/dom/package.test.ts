/** The packaged extension, installed as a person installs it, does the main job. */
import assert from "node:assert/strict";
import { installExtension } from "../../../scripts/host/server.ts";
import { packageExtension } from "../../../scripts/package.ts";
import { goToHottestLine, openStuckApp, profileStuckApp } from "./support/main-job.ts";
import { screenshotFailures, type Workbench } from "./support/workbench.ts";

describe("the packaged extension", function () {
  this.timeout(240_000);
  let workbench: Workbench;

  before(async () => {
    const vsix = await packageExtension();
    workbench = await openStuckApp({
      extension: undefined,
      install: (folders) => installExtension(vsix, folders),
    });
  });
  after(() => workbench?.close());
  screenshotFailures(() => workbench);

  it("is the installed one, not the one of the sources", async () => {
    assert.doesNotMatch(await workbench.page.title(), /Extension Development Host/);
  });

  it("profiles a program and shows the flame graph", () => profileStuckApp(workbench));

  it("stands on the hottest line", () => goToHottestLine(workbench));
});
