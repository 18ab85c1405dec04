/** *Launch Browser with Hang Capture*: a browser whose pages can be paused when they are stuck. */
import * as vscode from "vscode";
import { sandboxText } from "../../src/formats/hang-capture/sandbox-text.ts";
import type { ToolOutput } from "../../src/tools/index.ts";
import type { App } from "../app.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { configuredAddresses } from "./configured-addresses.ts";

/** From other code; the user is asked for what is missing. */
export interface LaunchRequest {
  readonly url?: string;
  readonly headless?: boolean;
  /** With V8's sampler on. */
  readonly arm?: boolean;
}

const lastKey = "lastBrowserAddress";

/** @returns what was started, or `undefined` when the user went away. */
export async function launchBrowser(
  { server, context }: Pick<App, "server" | "context">,
  { url: wanted, ...how }: LaunchRequest = {},
): Promise<ToolOutput<"browser.launch"> | undefined> {
  requireTrust();
  const memory = context.workspaceState;
  const url = wanted ?? (await askForAddress(memory));
  if (url === undefined) return undefined;
  await memory.update(lastKey, url);
  const browser = await withProgress(vscode.l10n.t("Starting the browser"), (task) =>
    server.call("browser.launch", { url, ...how }, task),
  );
  if (browser.sandbox === "off") void vscode.window.showWarningMessage(sandboxText(browser));
  return browser;
}

async function askForAddress(memory: vscode.Memento): Promise<string | undefined> {
  const known = memory.get<string>(lastKey) ?? configuredAddresses()[0];
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Launch Browser with Hang Capture"),
    prompt: vscode.l10n.t(
      "Address to open. A page of this browser can be looked at when it hangs.",
    ),
    value: known ?? "http://localhost:3000",
    validateInput: (value) =>
      value.trim() === "" ? vscode.l10n.t("Write an address, or a file:// URL.") : undefined,
  });
  return text?.trim();
}
