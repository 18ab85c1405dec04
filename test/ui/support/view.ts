/** Opens the view in a browser, over a profile in memory, and tells what went wrong in the page. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { ensureBrowser } from "../../../scripts/host/browser.ts";
import { root } from "../../../scripts/host/paths.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import type { FromView, ToView } from "../../../webview/protocol.ts";
import { FakeHost } from "./fake-host.ts";
import { type PageServer, servePage } from "./page-server.ts";
import { pageTheme, type ThemeName } from "./themes.ts";

const browserArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface ViewOptions {
  readonly theme?: ThemeName;
  /** By default the CPU draws what a GPU would. */
  readonly webGl?: "software" | "none";
  readonly deviceScaleFactor?: number;
  readonly size?: { readonly width: number; readonly height: number };
  /** By default nothing glides, so that a test can click where things end up. */
  readonly motion?: boolean;
}

export interface OpenView {
  readonly page: Page;
  readonly host: FakeHost;
  /** Console errors, uncaught errors, failed requests: empty in every good run. */
  readonly problems: string[];
  violations(): Promise<string[]>;
  send(message: ToView): Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  /** The flame graph, once something is drawn. */
  graph(): Promise<Locator>;
  reload(): Promise<void>;
  /** A picture for people to look at, in `out/screenshots`. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export class ViewBrowser {
  readonly #browser: Browser;
  readonly #server: PageServer;
  readonly #stub: string;

  private constructor(browser: Browser, server: PageServer, stub: string) {
    this.#browser = browser;
    this.#server = server;
    this.#stub = stub;
  }

  static async launch(): Promise<ViewBrowser> {
    const executablePath = await ensureBrowser();
    const stub = await build({
      entryPoints: [join(root, "test/ui/page/stub.ts")],
      bundle: true,
      write: false,
      format: "iife",
    });
    const browser = await chromium.launch({ executablePath, args: browserArgs });
    return new ViewBrowser(browser, await servePage(), stub.outputFiles[0]!.text);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }

  /** @param profile absent: the view stays in its opening state */
  async open(profile: Profile | undefined, options: ViewOptions = {}): Promise<OpenView> {
    const { theme = "dark", webGl = "software", deviceScaleFactor = 1, motion } = options;
    const page = await this.#browser.newPage({
      viewport: options.size ?? { width: 1200, height: 760 },
      deviceScaleFactor,
      reducedMotion: motion ? "no-preference" : "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    const send = async (message: ToView) => {
      // A query may be answered after its page was closed.
      await page.evaluate(deliverExpression(message)).catch((error: Error) => {
        if (!page.isClosed()) throw error;
      });
    };
    const host = new FakeHost(profile, send);
    await page.exposeFunction("hostReceive", (message: FromView) => host.receive(message));
    const setup = { ...pageTheme(theme), webGl };
    await page.addInitScript(`window.setup = ${JSON.stringify(setup)};\n${this.#stub}`);
    await page.goto(this.#server.url);
    return {
      page,
      host,
      problems,
      violations: () => page.evaluate<string[]>("violations"),
      send,
      setTheme: async (name) => {
        await page.evaluate(`applyTheme(${JSON.stringify(pageTheme(name))})`);
      },
      graph: async () => {
        const graph = page.getByRole("application");
        await graph.waitFor();
        await waitFor(() => host.heardOf("painted").length > 0);
        return graph;
      },
      reload: async () => {
        // A reload ends a font's request that is still under way, which would count as a problem.
        await page.evaluate("document.fonts.load('1em codicon')");
        await page.reload();
      },
      screenshot: async (name) => {
        const folder = join(root, "out/screenshots");
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${name}.png`) });
      },
      close: () => page.close(),
    };
  }
}

/** Until it is so; the test's own time limit ends the wait. */
export async function waitFor(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function deliverExpression(message: ToView): string {
  if (message.kind !== "answer") return `deliver(${JSON.stringify(message)})`;
  const { data, ...rest } = message;
  return `deliver(${JSON.stringify(rest)}, "${Buffer.from(data).toString("base64")}")`;
}
