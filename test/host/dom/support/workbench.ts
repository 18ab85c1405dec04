/**
 * A real VS Code window, driven as a person drives it: keys, clicks and what is on the screen.
 *
 * Checks of logic belong inside the host (`test/host/api`); these are for what is drawn.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { launchBrowser, loadMs, workbenchUrl } from "../../../../scripts/host/drive.ts";
import { root } from "../../../../scripts/host/paths.ts";
import { type RunningServer, startServer, writeSettings } from "../../../../scripts/host/server.ts";
import { stopToolServer } from "../../../../scripts/host/tool-server.ts";

export const themes = {
  dark: { name: "Default Dark Modern", selector: ".monaco-workbench.vs-dark" },
  light: { name: "Default Light Modern", selector: ".monaco-workbench.vs" },
  highContrast: { name: "Default High Contrast", selector: ".monaco-workbench.hc-black" },
} as const;
export type Theme = keyof typeof themes;

export interface WorkbenchOptions {
  /** Copied; the window opens the copy. Default: the small workspace of the host tests. */
  readonly workspace?: string;
  /** File of the workspace to open, relative to it. */
  readonly openFile?: string;
  /** Extension to load from its folder; `undefined` loads none. Default: ours. */
  readonly extension?: string | undefined;
  /** `false` opens in Restricted Mode. Default true. */
  readonly trust?: boolean;
  /** Packaged extensions to install before the window opens. */
  readonly install?: (folders: { dataDir: string; extensionsDir: string }) => Promise<void>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** CSS pixels. Default 1400 by 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Problem {
  /** Severity, message, source and position, as a screen reader hears them. */
  readonly label: string;
  readonly row: Locator;
}

export class Workbench {
  readonly page: Page;
  /** The copy of the workspace that the window has open. */
  readonly workspace: string;
  /** `HANGSCOPE_HOME` of the window's extension. */
  readonly home: string;
  readonly #folder: string;
  readonly #dataDir: string;
  readonly #server: RunningServer;
  readonly #browser: Browser;
  readonly #settings: Readonly<Record<string, unknown>>;

  private constructor(parts: {
    page: Page;
    folder: string;
    server: RunningServer;
    browser: Browser;
    settings: Readonly<Record<string, unknown>>;
  }) {
    this.page = parts.page;
    this.#folder = parts.folder;
    this.workspace = join(parts.folder, "workspace");
    this.home = join(parts.folder, "home");
    this.#dataDir = join(parts.folder, "data");
    this.#server = parts.server;
    this.#browser = parts.browser;
    this.#settings = parts.settings;
  }

  /** Opens a window on a copy of the workspace; takes some ten seconds. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const folder = mkdtempSync(join(tmpdir(), "hangscope-dom-"));
    const workspace = join(folder, "workspace");
    cpSync(options.workspace ?? join(root, "test/host/workspace"), workspace, { recursive: true });
    const folders = { dataDir: join(folder, "data"), extensionsDir: join(folder, "extensions") };
    const settings = options.settings ?? {};
    await writeSettings(folders.dataDir, settings);
    await options.install?.(folders);
    const { trust = true } = options;
    const env = { ...options.env, HANGSCOPE_HOME: join(folder, "home") };
    const server = await startServer({ ...folders, trust, env });
    const browser = await launchBrowser();
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
    });
    page.setDefaultTimeout(60_000);
    const extension = "extension" in options ? options.extension : root;
    await page.goto(
      workbenchUrl(server.url, {
        folder: workspace,
        ...(extension !== undefined && { extensionDevelopmentPath: extension }),
        ...(options.openFile !== undefined && { openFile: join(workspace, options.openFile) }),
      }),
      { timeout: loadMs },
    );
    const workbench = new Workbench({ page, folder, server, browser, settings });
    await page.locator(".statusbar-item").first().waitFor({ timeout: loadMs });
    return workbench;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await stopToolServer(this.workspace, this.home);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Runs a command by its title in the palette, such as `Hangscope: Open Profile`. */
  async runCommand(title: string): Promise<void> {
    await (await this.findCommand(title)).click();
  }

  /** The palette's row of a command; the palette stays open. */
  async findCommand(title: string): Promise<Locator> {
    const palette = this.page.locator(".quick-input-widget");
    const row = palette.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
    // A palette that was opened before the extension's commands came in never shows them.
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("F1");
      await palette.locator("input.input").fill(`>${title}`);
      const found = row.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (await found) return row;
    }
    throw new Error(`The palette has no command "${title}".`);
  }

  /** Opens a file of the workspace by its relative path, as Go to File does. */
  async openFile(path: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(path);
    const name = path.split("/").at(-1)!;
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: name });
    await row.first().click();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /**
   * Waits until the cursor stands on one of these lines (1-based) of a file. Asks the editor, not
   * the status bar: under load VS Code sometimes leaves that without a position.
   */
  async standsOn(name: string, ...lines: number[]): Promise<void> {
    const group = this.page.locator(".editor-group-container", {
      has: this.page.locator(`.tab.active[data-resource-name="${name}"]`),
    });
    const hasText = new RegExp(`^(${lines.join("|")})$`);
    await group.locator(".monaco-editor.focused .active-line-number", { hasText }).waitFor();
  }

  /** Our status bar item, or another extension's. */
  statusItem(id: string, extension = "hangscope.hangscope"): Locator {
    return this.page.locator(`[id="${extension}.${id}"]`);
  }

  /** The first visible lens with this text. Only lenses on screen are drawn. */
  lens(text: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration a", { hasText: text }).first();
  }

  /** Opens Problems and waits for one that holds `text`. */
  async problem(text: string): Promise<Problem> {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.page.keyboard.press("Control+Shift+M");
    const row = panel.locator(".monaco-list-row", { hasText: text }).first();
    await row.waitFor();
    return { row, label: (await row.getAttribute("aria-label")) ?? "" };
  }

  /** Inside of the visible webview, be it a panel or a custom editor. */
  webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview:visible").frameLocator("#active-frame");
  }

  /** Opens the notification center, where the texts of notifications are. */
  async notifications(): Promise<Locator> {
    const items = this.page.locator(".notifications-center .notification-list-item");
    if (!(await items.first().isVisible())) {
      await this.page.locator('[id="status.notifications"]').click();
    }
    return items;
  }

  /** The lines of the visible output channel. */
  outputLines(): Locator {
    return this.page.locator(".output-view .view-line");
  }

  /** The user's settings, beside those that the window was opened with. */
  async set(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await writeSettings(this.#dataDir, { ...this.#settings, ...settings });
  }

  async setTheme(theme: Theme): Promise<void> {
    const { name, selector } = themes[theme];
    await this.set({ "workbench.colorTheme": name });
    await this.page.locator(selector).waitFor();
  }

  /** Saves the window in each theme, to `out/screenshots/NAME-THEME.png`. */
  async screenshotThemes(name: string): Promise<void> {
    for (const theme of Object.keys(themes) as Theme[]) {
      await this.setTheme(theme);
      await this.page.waitForTimeout(700);
      await this.screenshot(`${name}-${theme}`);
    }
  }

  /** Saves the window to `out/screenshots/NAME.png`. */
  async screenshot(name: string): Promise<void> {
    const folder = join(root, "out/screenshots");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

/** Saves the window to `out/screenshots/` after each test of the block that fails. */
export function screenshotFailures(workbench: () => Workbench | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    const name = this.currentTest.fullTitle().replace(/\W+/g, "-");
    await workbench()?.screenshot(`failed-${name}`);
  });
}
