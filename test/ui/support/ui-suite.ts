/** One browser for the tests of a file; every view they open must end without problems. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Profile } from "../../../src/profile/profile.ts";
import type { ViewState } from "../../../webview/state/view-state.ts";
import { type OpenView, ViewBrowser, type ViewOptions, waitFor } from "./view.ts";

type Open = (profile: Profile | undefined, options?: ViewOptions) => Promise<OpenView>;

/** Call inside `describe`. Views are closed, and checked, after each test. */
export function viewsForTests(): Open {
  let browser: ViewBrowser;
  let views: OpenView[] = [];
  before(async function () {
    this.timeout(300_000);
    browser = await ViewBrowser.launch();
  });
  after(() => browser?.close());
  afterEach(async () => {
    const opened = views;
    views = [];
    for (const view of opened) {
      assert.deepEqual(await view.violations(), []);
      assert.deepEqual(view.problems, []);
      await view.close();
    }
  });
  return async (profile, options) => {
    const view = await browser.open(profile, options);
    views.push(view);
    return view;
  };
}

const rowHeight = 20;

/** Points at a place of a flame graph: a row, and a share of the width. */
export async function boxPoint(graph: Locator, row: number, share: number) {
  const bounds = await graph.boundingBox();
  assert.ok(bounds);
  return { x: bounds.x + bounds.width * share, y: bounds.y + row * rowHeight + rowHeight / 2 };
}

export async function clickBox(view: OpenView, row: number, share: number): Promise<void> {
  const { x, y } = await boxPoint(await view.graph(), row, share);
  await view.page.mouse.click(x, y);
}

export function details(page: Page): Locator {
  return page.getByRole("region", { name: "Selection" });
}

/** What the view has saved so far. */
export function savedState(page: Page): Promise<ViewState> {
  return page.evaluate<ViewState>("JSON.parse(sessionStorage.getItem('vscode-state'))");
}

/** Until the view has saved a state that fits. */
export async function waitForState(page: Page, fits: (state: ViewState) => boolean) {
  await waitFor(async () => fits(await savedState(page)));
}

interface Row {
  readonly at: number;
  readonly cells: readonly string[];
}

/** Text of the table's rows in view, cells apart by " | "; waits for the first. */
export async function tableRows(page: Page): Promise<string[]> {
  await page.getByRole("rowgroup").getByRole("row").first().waitFor();
  // In one go: rows come and go while one after the other is asked.
  const all = await page.evaluate<Row[]>(`
    [...document.querySelectorAll("[role=rowgroup] [role=row]")].map((row) => ({
      at: Number(row.getAttribute("aria-rowindex")),
      cells: [...row.querySelectorAll("[role=gridcell]")].map((cell) => cell.textContent),
    }))`);
  return all
    .sort((a, b) => a.at - b.at)
    .map(({ cells }) => cells.filter((cell) => cell !== "").join(" | "));
}

/** Colours of a page's pixels, as `#rrggbb`, at points in CSS pixels. */
export async function pixels(
  view: OpenView,
  points: readonly { readonly x: number; readonly y: number }[],
): Promise<string[]> {
  const png = (await view.page.screenshot()).toString("base64");
  const reader = await view.page.context().browser()!.newPage();
  const colors = await reader.evaluate<string[]>(`(async () => {
    const bytes = Uint8Array.from(atob("${png}"), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const ratio = image.width / ${view.page.viewportSize()?.width ?? 1};
    return ${JSON.stringify(points)}.map(({ x, y }) => {
      const data = context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
      return "#" + Array.from(data.subarray(0, 3), (c) => c.toString(16).padStart(2, "0")).join("");
    });
  })()`);
  await reader.close();
  return colors;
}
