/** Names in a profile are data, whatever they say. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { hostileNames, profileOfStacks } from "./support/profiles.ts";
import { boxPoint, details, tableRows, viewsForTests } from "./support/ui-suite.ts";

describe("hostile names", () => {
  const open = viewsForTests();
  const profile = profileOfStacks(
    hostileNames.flatMap((name) => Array.from({ length: 10 }, () => ["root", name, name])),
    hostileNames[0],
  );

  it("are text in the graph, the tooltip, the details and the title", async () => {
    const view = await open(profile);
    const { page } = view;
    const graph = await view.graph();
    for (let i = 0; i < hostileNames.length; i++) {
      const { x, y } = await boxPoint(graph, 2, (i + 0.5) / hostileNames.length);
      await page.mouse.move(x, y);
      await page.locator(".tooltip").waitFor();
      await page.mouse.click(x, y);
      await details(page).getByText("This stack").waitFor();
    }
    await page.getByRole("heading", { name: hostileNames[0] }).waitFor();
    await assertHarmless(page);
  });

  it("are text in the table, the search and the sandwich, and never megabytes of it", async () => {
    const view = await open(profile);
    const { page } = view;
    await view.graph();
    await page.keyboard.press("t");
    const rows = await tableRows(page);
    assert.equal(rows.length, hostileNames.length + 1);
    assert.ok(rows.some((row) => row.includes(hostileNames[0])));
    assert.ok(rows.every((row) => row.length < 1000));
    assert.ok((await page.content()).length < 100_000);
    await page.getByRole("row", { name: /onerror/ }).click();
    await page.keyboard.press("s");
    await page.getByText(`Callers and callees of ${hostileNames[0]}`).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("<img src=x");
    await page.getByText(/^1 match/).waitFor();
    await assertHarmless(page);
  });

  it("do not break what the host says of them either", async () => {
    const view = await open(undefined);
    await view.send({ kind: "opening", title: hostileNames[0], message: hostileNames[1] });
    await view.page.getByText(hostileNames[1]).waitFor();
    await view.send({ kind: "failed", message: hostileNames[0] });
    await view.page.getByText(hostileNames[0]).waitFor();
    await assertHarmless(view.page);
  });

  async function assertHarmless(page: Page): Promise<void> {
    assert.equal(await page.locator("img, b").count(), 0);
    assert.notEqual(await page.title(), "pwned");
  }
});
