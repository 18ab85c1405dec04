/** Hangs over the timeline: seen, heard, and one click away from what ran in them. */
import assert from "node:assert/strict";
import { hangProfile, leakProfile, shopProfile, stuckProfile } from "./support/profiles.ts";
import { themeNames } from "./support/themes.ts";
import { viewsForTests, waitForState } from "./support/ui-suite.ts";
import { waitFor } from "./support/view.ts";

describe("hangs", () => {
  const open = viewsForTests();

  it("narrow every pane to one of them", async () => {
    const { page } = await open(hangProfile());
    await page.getByRole("button", { name: "Severe Hang: 1.20 s, from 300 ms on" }).click();
    await waitForState(
      page,
      ({ chosen: { range } }) => range?.from === 300_000 && range.to === 1_500_000,
    );
    await page.getByText("300 ms – 1.50 s (1.20 s)").waitFor();
  });

  it("can be reached by the keyboard", async () => {
    const { page } = await open(hangProfile());
    await page.getByRole("button", { name: /^Microhang/ }).focus();
    await page.keyboard.press("Enter");
    await waitForState(page, ({ chosen: { range } }) => range?.from === 2_000_000);
    await page.keyboard.press("Escape");
    await waitForState(page, ({ chosen: { range } }) => range === undefined);
  });

  it("stand where they were", async () => {
    const { page } = await open(hangProfile());
    const strip = await page.locator(".timeline-strip").boundingBox();
    const hang = await page.getByRole("button", { name: /^Severe Hang/ }).boundingBox();
    assert.ok(strip && hang);
    assert.ok(Math.abs((hang.x - strip.x) / strip.width - 0.12) < 0.01);
    assert.ok(Math.abs(hang.width / strip.width - 0.48) < 0.01);
  });

  it("are told with the app's line in their heaviest stack", async () => {
    const { page, host } = await open(hangProfile());
    await page.getByRole("tab", { name: "Findings" }).click();
    const hang = page.getByRole("article").filter({ hasText: "Severe Hang, 1.20 s" });
    assert.match((await hang.locator(".culprit").textContent()) ?? "", /^Thumbnail.init\(data:\)/);
    await hang.getByRole("button", { name: "Sources/ImageCache.swift:33" }).click();
    await waitFor(() => host.heardOf("go-to-source").length === 1);
    await hang.getByRole("button", { name: "Severe Hang, 1.20 s" }).click();
    await waitForState(page, ({ view, chosen }) => view === "flame" && chosen.range !== undefined);
  });

  it("and leaks say what was read of them, and what was not", async () => {
    const view = await open(hangProfile());
    await view.page.getByRole("tab", { name: "Findings" }).click();
    const leaks = view.page.getByRole("region", { name: "Leaks" });
    await leaks.getByText("Only a part of this could be read.").waitFor();
    await leaks.getByRole("row", { name: /Thumbnail 42 1.3 MB ImageCache.store/ }).waitFor();
    await leaks.getByRole("row", { name: /Malloc 48 Bytes 3 144 bytes not attributed/ }).waitFor();
  });

  it("are not said to be none where nobody looked", async () => {
    const { page } = await open(leakProfile());
    await page.getByRole("region", { name: "Hangs" }).getByText("Not recorded.").waitFor();
    await page.getByRole("region", { name: "Leaks" }).getByText("No leaks were found.").waitFor();
    assert.equal(await page.getByText("The app did not hang.").count(), 0);
  });

  it("of a capture are told by a verdict, the heap, and what each step said", async () => {
    const { page } = await open(stuckProfile());
    await page.getByRole("tab", { name: "Report" }).click();
    await page
      .getByRole("heading", { name: /^The main thread is stuck in matchesFilter/ })
      .waitFor();
    const heap = page.getByRole("region", { name: "Heap" });
    await heap.getByText("Climbing, from 21.0 MB to 48.0 MB in 6 looks").waitFor();
    const steps = page.getByRole("region", { name: "Steps" }).getByRole("row");
    assert.deepEqual(
      (await steps.allTextContents()).slice(1).map((text) => text.trim().split(/\s+/)[0]),
      ["probe302", "pause1,011", "sampler87", "native0"],
    );
    await steps.getByText("quiet-log").waitFor();
    const stack = page.getByRole("region", { name: "Stack" });
    await stack.getByText("Most of 6 samples found it here, innermost first:").waitFor();
    assert.equal(await page.getByRole("region", { name: "Leaks" }).count(), 0);
  });

  it("take no room where there are none", async () => {
    const view = await open(shopProfile());
    await view.graph();
    assert.equal(await view.page.getByRole("region", { name: "Hangs" }).count(), 0);
  });

  for (const theme of themeNames) {
    it(`can be looked at in the ${theme} theme`, async () => {
      const view = await open(hangProfile(), { theme, deviceScaleFactor: 2 });
      await view.graph();
      await view.page.getByRole("button", { name: /^Microhang/ }).waitFor();
      await view.screenshot(`${theme}-hangs`);
      await view.page.keyboard.press("i");
      await view.page.getByRole("heading", { name: "Hot functions" }).waitFor();
      await view.screenshot(`${theme}-findings`);
    });

    it(`are reported in the ${theme} theme`, async () => {
      const view = await open(stuckProfile(), { theme });
      await view.graph();
      await view.page.keyboard.press("i");
      await view.page.getByRole("heading", { name: "Steps" }).waitFor();
      await view.screenshot(`${theme}-hang-report`);
    });
  }
});
