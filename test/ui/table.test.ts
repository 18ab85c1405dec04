/** The tables as a user meets them. */
import assert from "node:assert/strict";
import type { Profile } from "../../src/profile/profile.ts";
import { profileOfStacks, shopProfile } from "./support/profiles.ts";
import { details, savedState, tableRows, viewsForTests, waitForState } from "./support/ui-suite.ts";
import { type OpenView, waitFor } from "./support/view.ts";

/** a 60 ms in all, of which b 30 and c 20; c calls d for 10. */
const small = profileOfStacks([
  ...Array(10).fill(["a"]),
  ...Array(30).fill(["a", "b"]),
  ...Array(10).fill(["a", "c"]),
  ...Array(10).fill(["a", "c", "d"]),
  ...Array(40).fill(["d"]),
]);

describe("table", () => {
  const open = viewsForTests();

  async function openTable(profile: Profile, mode?: string): Promise<OpenView> {
    const view = await open(profile);
    await view.graph();
    await view.page.getByRole("tab", { name: "Table" }).click();
    if (mode !== undefined) await view.page.getByRole("tab", { name: mode }).click();
    await tableRows(view.page);
    return view;
  }

  /** Until the rows are these: answers come when they come. */
  async function rowsAre({ page }: OpenView, expected: readonly string[]): Promise<void> {
    let rows: string[] = [];
    await waitFor(async () => {
      rows = await tableRows(page);
      return rows.length === expected.length && rows.every((row, i) => row === expected[i]);
    }).catch(() => undefined);
    assert.deepEqual(rows, expected);
  }

  it("lists functions by self time, and by whatever a header says", async () => {
    const view = await openTable(small);
    const [a, b, c, d] = [
      "10 ms10.0 % | 60 ms60.0 % | a",
      "30 ms30.0 % | 30 ms30.0 % | b",
      "10 ms10.0 % | 20 ms20.0 % | c",
      "50 ms50.0 % | 50 ms50.0 % | d",
    ] as const;
    await rowsAre(view, [d, b, a, c]);
    const header = (name: string) => view.page.getByRole("columnheader", { name });
    await header("Total Time").getByRole("button").click();
    await rowsAre(view, [a, d, b, c]);
    assert.equal(await header("Total Time").getAttribute("aria-sort"), "descending");
    await header("Total Time").getByRole("button").click();
    await rowsAre(view, [c, b, d, a]);
    await header("Function").getByRole("button").click();
    await rowsAre(view, [a, b, c, d]);
    assert.equal(await header("Self Time").getAttribute("aria-sort"), "none");
  });

  it("filters functions by text, and says when none is left", async () => {
    const view = await openTable(shopProfile());
    await view.page.keyboard.press("/");
    await view.page.keyboard.type("ranking.ts");
    await waitFor(async () => (await tableRows(view.page)).length === 2);
    const names = (await tableRows(view.page)).map((row) => row.split(" | ")[2]);
    assert.deepEqual(names, ["compareScores", "rankProducts"]);
    await view.page.keyboard.press("ControlOrMeta+a");
    await view.page.keyboard.type("no such thing");
    await view.page.getByText("No function matches “no such thing”.").waitFor();
  });

  it("opens the call tree by keyboard, level by level, and closes it again", async () => {
    const view = await openTable(small, "Call Tree");
    const { page } = view;
    const tree = page.getByRole("treegrid");
    const [a, b, c, d, rootD] = [
      "10 ms10.0 % | 60 ms60.0 % | a",
      "30 ms30.0 % | 30 ms30.0 % | b",
      "10 ms10.0 % | 20 ms20.0 % | c",
      "10 ms10.0 % | 10 ms10.0 % | d",
      "40 ms40.0 % | 40 ms40.0 % | d",
    ] as const;
    await rowsAre(view, [a, rootD]);
    await tree.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await rowsAre(view, [a, b, c, rootD]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await rowsAre(view, [a, b, c, d, rootD]);
    await page.keyboard.press("ArrowRight");
    const current = page.locator(`[id="${await tree.getAttribute("aria-activedescendant")}"]`);
    assert.equal(await current.getAttribute("aria-level"), "3");
    assert.equal(await current.getAttribute("aria-expanded"), null);
    await page.keyboard.press("ArrowLeft");
    await waitForState(page, ({ table }) => table.row.split("/").length === 2);
    await page.keyboard.press("ArrowLeft");
    await rowsAre(view, [a, b, c, rootD]);
  });

  it("opens callers bottom-up by click", async () => {
    const view = await openTable(small, "Bottom-Up");
    const row = view.page.getByRole("row", { name: /50 ms .* d/ });
    await row.locator(".twistie").click();
    await waitFor(async () => (await tableRows(view.page)).length === 5);
    assert.deepEqual((await tableRows(view.page)).slice(0, 2), [
      "50 ms50.0 % | 50 ms50.0 % | d",
      "10 ms10.0 % | 10 ms10.0 % | c",
    ]);
    assert.equal(await row.getAttribute("aria-expanded"), "true");
  });

  it("opens the source by Enter, double-click and link", async () => {
    const view = await openTable(shopProfile());
    const { page, host } = view;
    const row = page.getByRole("row", { name: /normalizeText/ });
    await row.getByText("normalizeText").dblclick();
    await page.getByRole("grid").press("Enter");
    await row.getByText("src/text.ts:3").click();
    await waitFor(() => host.heardOf("go-to-source").length === 3);
    const lines = host.heardOf("go-to-source").map(({ position: { url, line } }) => url + line);
    assert.deepEqual(lines, Array(3).fill("file:///home/dev/shop/src/text.ts3"));
  });

  it("reveals a function in the flame graph", async () => {
    const view = await openTable(shopProfile());
    const { page } = view;
    const row = page.getByRole("row", { name: /escapeHtml/ });
    await row.hover();
    await row.getByRole("button", { name: /Reveal escapeHtml/ }).click();
    await page.getByRole("application").waitFor();
    await page
      .locator(".flame [role=status]")
      .getByText(/^escapeHtml/)
      .waitFor();
    await details(page).getByText("escapeHtml", { exact: true }).waitFor();
    assert.equal((await savedState(page)).view, "flame");
  });

  it("asks for pages as they are scrolled to, never for all", async () => {
    const stacks = Array.from({ length: 5000 }, (_, i) => [`f${String(i).padStart(4, "0")}`]);
    const view = await openTable(profileOfStacks(stacks));
    const { page, host } = view;
    const grid = page.getByRole("grid");
    assert.equal(await grid.getAttribute("aria-rowcount"), "5001");
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("PageDown");
    await waitForState(page, ({ table }) => Number(table.row) > 10);
    await grid.evaluate((element) => element.scrollTo(0, 22 * 2500));
    await page.getByText("f2500", { exact: true }).waitFor();
    const asked = host.queries("functions");
    assert.ok(asked.every(({ limit }) => limit === 200));
    assert.ok(asked.length <= 5, `${asked.length} pages`);
    assert.ok((await tableRows(page)).length < 80);
  });

  it("keeps to what is asked for last when sorts follow each other quickly", async () => {
    const view = await openTable(small);
    const total = view.page.getByRole("columnheader", { name: "Total Time" }).getByRole("button");
    const name = view.page.getByRole("columnheader", { name: "Function" }).getByRole("button");
    for (let i = 0; i < 5; i++) {
      await total.click({ noWaitAfter: true });
      await name.click({ noWaitAfter: true });
    }
    await waitFor(async () => {
      const names = (await tableRows(view.page)).map((row) => row.split(" | ")[2]);
      return names.join("") === "abcd";
    });
    assert.equal((await savedState(view.page)).table.sorting.functions.sort, "name");
  });
});
