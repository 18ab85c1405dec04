/** A Chromium to draw VS Code and the webview in: an installed one, else Debian's package. */
import { findChromium } from "../../src/hang/chromium/find-chromium.ts";
import { aptInstall, hasAptGet } from "./apt-get.ts";

/**
 * The path of a Chromium or Chrome. Installs Debian's `chromium` where there is none and the
 * user may.
 * @throws Error that says what to install.
 */
export async function ensureBrowser(): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  if (!hasAptGet()) throw new Error("No browser was found. Install Chromium or Google Chrome.");
  // Chromium only recommends a font, and draws boxes without one.
  await aptInstall("Chromium", ["chromium", "fonts-liberation"]);
  const installed = await findChromium();
  if (!installed) throw new Error("apt-get installed chromium, but it is not on PATH.");
  return installed;
}
