/** An Apple app, recorded as a person does it. */
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/**
 * Until the status bar counts the time.
 * @param app text of its row
 */
export async function startRecording(
  workbench: Workbench,
  app = "com.example.StuckApp",
): Promise<void> {
  await workbench.runCommand("Hangscope: Record Apple App");
  await row(workbench, "iPhone 17 Pro").click();
  await row(workbench, app).click();
  await workbench
    .statusItem("status")
    .filter({ hasText: /\d:\d\d/ })
    .waitFor();
}

export async function stopRecording(workbench: Workbench): Promise<void> {
  await workbench.statusItem("status").click();
  await untilShown(workbench);
}

/** Until a flame graph is on the screen. */
export async function untilShown(workbench: Workbench): Promise<void> {
  await workbench.page.locator("iframe.webview:visible").waitFor({ timeout: 90_000 });
  await workbench.webview().getByRole("application").waitFor({ timeout: 90_000 });
}

function row({ page }: Workbench, text: string): Locator {
  return page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
}
