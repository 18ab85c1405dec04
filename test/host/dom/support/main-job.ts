/** The main job as a person does it: profile the example, and stand on the line that burns the time. */
import { join } from "node:path";
import { buildStuckApp } from "../../../../examples/stuck-app/build.ts";
import { root } from "../../../../scripts/host/paths.ts";
import { Workbench, type WorkbenchOptions } from "./workbench.ts";

/** A window on a copy of the example, with the extension's commands in place. */
export async function openStuckApp(options: WorkbenchOptions = {}): Promise<Workbench> {
  await buildStuckApp();
  const workbench = await Workbench.open({
    workspace: join(root, "examples", "stuck-app"),
    openFile: "src/main.ts",
    settings: { "editor.minimap.enabled": false },
    ...options,
  });
  await workbench.page.locator('.editor-actions [aria-label^="Start Profiling"]').waitFor();
  return workbench;
}

/** Runs the example's npm script under the profiler, until its flame graph is on the screen. */
export async function profileStuckApp(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.runCommand("Hangscope: Start Profiling");
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: "node dist/main.js" })
    .click();
  await workbench
    .statusItem("status")
    .filter({ hasText: /\d:\d\d/ })
    .waitFor();
  await page.locator("iframe.webview:visible").waitFor({ timeout: 90_000 });
  await workbench.webview().getByRole("application").waitFor();
}

/** Goes to the line that the profile names hottest, which is in `lineAt`. */
export async function goToHottestLine(workbench: Workbench): Promise<void> {
  await workbench.runCommand("Hangscope: Go to Hottest Frame");
  await workbench.standsOn("text.ts", 7);
}
