/** Opens VS Code's page in a browser, with an extension, a file or a test suite in it. */
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { ensureBrowser } from "./browser.ts";

/** VS Code is some ten megabytes of scripts, and a machine may be slow. */
export const loadMs = 120_000;

export interface Workspace {
  /** Folder to open. */
  readonly folder: string;
  /** Folder of the extension to load from its sources. */
  readonly extensionDevelopmentPath?: string;
  /** Compiled test suite to run in the extension host; the window then reports its end. */
  readonly extensionTestsPath?: string;
  /** File to open in an editor. */
  readonly openFile?: string;
}

/** The address that opens the workspace on a server at `serverUrl`. */
export function workbenchUrl(serverUrl: string, workspace: Workspace): string {
  const remote = (path: string) =>
    `vscode-remote://${new URL(serverUrl).host}${pathToFileURL(path).pathname}`;
  const { folder, ...rest } = workspace;
  const payload = Object.entries(rest).map(([key, path]) => [key, remote(path)]);
  const query = new URLSearchParams({ folder: pathToFileURL(folder).pathname });
  if (payload.length > 0) query.set("payload", JSON.stringify(payload));
  return `${serverUrl}/?${query}`;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * Runs the workspace's `extensionTestsPath`. What VS Code and the tests print to their console
 * goes to `log`.
 * @returns the suite's exit code: 0 when every test passed.
 */
export async function runTestsInPage(
  page: Page,
  url: string,
  log: (line: string) => void,
): Promise<number> {
  const exit = new Promise<number>((resolve, reject) => {
    page.on("crash", () => reject(new Error("The VS Code page crashed.")));
    void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
  });
  await page.exposeFunction("codeAutomationLog", (type: string, args: unknown[]) =>
    log(`[${type}] ${args.join(" ")}`),
  );
  await page.goto(url, { timeout: loadMs });
  return exit;
}
