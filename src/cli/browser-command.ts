/** `hangscope browser …`: the server starts and ends browsers, this shows them. */
import { resolve } from "node:path";
import { sandboxText } from "../formats/hang-capture/sandbox-text.ts";
import type { Browser, ListedBrowser } from "../hang/chromium/browsers.ts";
import { shortName } from "../results/format.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { BrowserFlags, LaunchFlags } from "./browser-program.ts";
import { ensure } from "./server-command.ts";

type Task = TaskOptions & { readonly signal: AbortSignal };

export async function browserLaunch(
  url: string,
  { workspace, json, executable, headless = false, arm = false }: LaunchFlags,
  task: Task,
): Promise<string> {
  const client = await ensure(resolve(workspace), task.signal, "autospawn");
  const path = executable === undefined ? undefined : resolve(executable);
  const input = { url, executable: path, headless, arm };
  const browser = await client.call("browser.launch", input, task);
  return json ? JSON.stringify(browser) : browserText(browser);
}

export async function browserList({ workspace, json }: BrowserFlags, task: Task): Promise<string> {
  const client = await ensure(resolve(workspace), task.signal, "autospawn");
  const { browsers } = await client.call("browser.list", {}, task);
  if (json) return JSON.stringify(browsers);
  return browsers.map(listedText).join("\n") || "No browser was started from here.";
}

export async function browserClose(
  browserId: string,
  { workspace, json }: BrowserFlags,
  task: Task,
): Promise<string> {
  const client = await ensure(resolve(workspace), task.signal, "autospawn");
  const closed = await client.call("browser.close", { browserId }, task);
  return json ? JSON.stringify(closed) : `Closed ${browserId}.`;
}

function browserText(browser: Browser): string {
  const { browserId, pid, executable, address, logs } = browser;
  return [
    `${browserId}  process ${pid}  ${address}  ${executable}`,
    sandboxText(browser),
    ...(logs === undefined ? [] : [`V8's logs: ${logs}`]),
  ].join("\n");
}

function listedText(browser: ListedBrowser): string {
  const pages = browser.pages.map(
    ({ url, title, answers }) =>
      `  ${answers ? "answers" : "stuck?  "}  ${shortName(url)}  ${shortName(title)}`,
  );
  return [browserText(browser), ...pages].join("\n");
}
