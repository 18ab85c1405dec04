/**
 * Every part of the view in every theme, drawn without a complaint from the page. The pictures
 * land in `out/screenshots` for people to look at.
 */
import assert from "node:assert/strict";
import { shopProfile } from "./support/profiles.ts";
import { themeNames } from "./support/themes.ts";
import { boxPoint, clickBox, details, pixels, viewsForTests } from "./support/ui-suite.ts";

describe("looks", () => {
  const open = viewsForTests();

  for (const theme of themeNames) {
    it(`draws every part in the ${theme} theme`, async () => {
      const view = await open(shopProfile(), { theme, deviceScaleFactor: 2 });
      const { page } = view;
      const graph = await view.graph();
      await view.screenshot(`${theme}-graph`);
      await clickBox(view, 10, 0.3);
      await details(page).getByText("This stack").waitFor();
      const over = await boxPoint(graph, 10, 0.25);
      await page.mouse.move(over.x, over.y);
      await page.locator(".tooltip").waitFor();
      await view.screenshot(`${theme}-selected`);
      await page.getByRole("button", { name: "Zoom", exact: true }).click();
      await page.getByRole("navigation", { name: "Zoomed into" }).waitFor();
      await page.getByRole("slider", { name: "Start of the time range" }).press("PageUp");
      await page.getByText(/^400 ms/).waitFor();
      await view.screenshot(`${theme}-zoomed`);
      await page.getByRole("button", { name: "Show callers and callees" }).click();
      await page.getByRole("application", { name: /^Callers/ }).waitFor();
      await view.screenshot(`${theme}-sandwich`);
      await page.keyboard.press("/");
      await page.keyboard.type("e");
      await page.getByText(/matches/).waitFor();
      await page.getByRole("tab", { name: "Table" }).click();
      await page.getByRole("row", { name: /normalizeText/ }).click();
      await view.screenshot(`${theme}-table`);
      await page.getByRole("tab", { name: "Call Tree" }).click();
      await page.getByRole("button", { name: "2 warnings" }).click();
      await page.getByRole("treegrid").press("ArrowDown");
      await page.getByRole("treegrid").press("ArrowRight");
      await page.getByRole("row").nth(2).waitFor();
      await view.screenshot(`${theme}-tree`);
    });
  }

  it("follows a change of theme without being asked again", async () => {
    const view = await open(shopProfile());
    const point = await boxPoint(await view.graph(), 5, 0.5);
    const [dark] = await pixels(view, [point]);
    const asked = view.host.heardOf("query").length;
    await view.setTheme("light");
    const [light] = await pixels(view, [point]);
    assert.notEqual(light, dark);
    assert.equal(view.host.heardOf("query").length, asked);
  });

  it("fits a narrow editor", async () => {
    const view = await open(shopProfile(), { size: { width: 420, height: 500 } });
    await clickBox(view, 3, 0.3);
    await details(view.page).getByText("All calls").waitFor();
    await view.screenshot("narrow");
    const overflow = await view.page.evaluate<number>(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    assert.equal(overflow, 0);
  });
});
