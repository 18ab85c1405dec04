/** A Chromium to draw VS Code and the webview in: an installed one, else Debian's package. */
import { findChromium } from "../../src/hang/chromium/find-chromium.ts";
import { run } from "../../src/toolchain/run.ts";
import { findProgram } from "./programs.ts";
import { step } from "./step.ts";

/**
 * The path of a Chromium or Chrome. Installs Debian's `chromium` where there is none and the
 * user may.
 * @throws Error that says what to install.
 */
export async function ensureBrowser(): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  const aptGet = findProgram(["apt-get"]);
  if (!aptGet) throw new Error("No browser was found. Install Chromium or Google Chrome.");
  await step("Installing Chromium (apt-get install chromium)", () => aptInstall(aptGet));
  const installed = await findChromium();
  if (!installed) throw new Error("apt-get installed chromium, but it is not on PATH.");
  return installed;
}

async function aptInstall(aptGet: string): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [aptGet] : ["sudo", "-n", aptGet];
  const [command, ...before] = asRoot as [string, ...string[]];
  const tool = { command, howToGet: 'Run "apt-get install chromium" as root, then try again.' };
  const apt = (...args: string[]) =>
    run(tool, [...before, "-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      timeoutMs: 10 * 60_000,
    });
  await apt("update");
  // Chromium only recommends a font, and draws boxes without one.
  await apt("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation");
}
