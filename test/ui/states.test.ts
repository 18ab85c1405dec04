/** Opening, failing, changing, coming back: everything between host and view but the pictures. */
import assert from "node:assert/strict";
import { emptyProfile, profileOfStacks, shopProfile } from "./support/profiles.ts";
import {
  boxPoint,
  clickBox,
  details,
  savedState,
  tableRows,
  viewsForTests,
  waitForState,
} from "./support/ui-suite.ts";
import { waitFor } from "./support/view.ts";

describe("profile view", () => {
  const open = viewsForTests();

  it("shows how opening goes on, and can be cancelled", async () => {
    const view = await open(undefined);
    const { page } = view;
    const opening = {
      kind: "opening",
      title: "big.cpuprofile",
      message: "Reading 12 of 58 MB",
    } as const;
    await view.send({ ...opening, share: 0.2 });
    await page.getByRole("heading", { name: "big.cpuprofile" }).waitFor();
    await page.getByText("Reading 12 of 58 MB").waitFor();
    const bar = page.getByRole("progressbar").first();
    assert.equal(await bar.getAttribute("aria-valuenow"), "20");
    await page.getByRole("button", { name: "Cancel" }).click();
    await waitFor(() => view.host.heardOf("cancel-opening").length === 1);
    await view.send({ kind: "failed", message: "Reading was cancelled." });
    await page.getByText("Reading was cancelled.").waitFor();
    assert.equal(await page.getByRole("button").count(), 0);
  });

  it("says that nothing was sampled, and what to do", async () => {
    const view = await open(emptyProfile());
    await view.page.getByText("Nothing was sampled in 31 ms.").waitFor();
    await view.page.getByText(/Give it work for a second or more/).waitFor();
  });

  it("shows why an answer failed, and asks again", async () => {
    const view = await open(shopProfile());
    await view.graph();
    view.host.refusal = "The server is gone.";
    await view.page.getByRole("tab", { name: "Table" }).click();
    const alert = view.page.getByRole("alert");
    await alert.getByText("The server is gone.").waitFor();
    view.host.refusal = undefined;
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "detached" });
    assert.ok((await tableRows(view.page)).length > 10);
  });

  it("asks again when names come in, and keeps the selection", async () => {
    const view = await open(shopProfile());
    await clickBox(view, 9, 0.3);
    await details(view.page).getByText("This stack").waitFor();
    const before = await savedState(view.page);
    const asked = view.host.queries("flame").length;
    await view.send({ kind: "updated" });
    await waitFor(() => view.host.queries("flame").length >= asked + 2);
    await details(view.page).getByText("matchesFilter").waitFor();
    assert.deepEqual(await savedState(view.page), before);
  });

  it("shows the view that the host asks for", async () => {
    const view = await open(shopProfile());
    await view.graph();
    await view.send({ kind: "show", view: "table" });
    await view.page.getByRole("grid").waitFor();
    await view.send({ kind: "show", view: "next" });
    await view.page.getByRole("application").waitFor();
    await view.page.keyboard.press("t");
    await view.page.getByRole("grid").waitFor();
    await view.page.keyboard.press("f");
    await view.page.getByRole("application").waitFor();
  });

  it("reveals a function, out of any zoom", async () => {
    const view = await open(shopProfile());
    const { page } = view;
    const graph = await view.graph();
    const { x, y } = await boxPoint(graph, 8, 0.8);
    await page.mouse.dblclick(x, y);
    await page.getByRole("navigation", { name: "Zoomed into" }).waitFor();
    await clickBox(view, 8, 0.5);
    await waitForState(page, ({ selection }) => selection !== undefined);
    // The function is known to the view by its id alone.
    const answered = await savedState(page);
    await page.getByRole("navigation").getByRole("button", { name: "All" }).click();
    await view.send({ kind: "reveal", func: answered.selection?.func ?? -1 });
    await waitForState(page, ({ reveals, root }) => reveals === 1 && root === undefined);
    await page.locator(".flame [role=status]").getByText(/\w/).waitFor();
  });

  it("brings a revealed function to the fore, however narrow it is", async () => {
    const stacks = [...Array(999).fill(["main", "hot"]), ["main", "rare"]];
    const view = await open(profileOfStacks(stacks));
    await view.graph();
    await view.send({ kind: "reveal", func: 2 });
    await view.page.locator(".flame [role=status]").getByText(/^rare/).waitFor();
    await waitForState(view.page, ({ camera }) => camera.span < 0.01 && camera.left > 0.99);
  });

  it("offers callers and callees for a function too narrow to draw", async () => {
    const stacks = [...Array(9999).fill(["main", "hot"]), ["main", "rare"]];
    const view = await open(profileOfStacks(stacks));
    await view.graph();
    await view.send({ kind: "reveal", func: 2 });
    await view.page.getByRole("button", { name: "Show its callers and callees" }).click();
    await view.page.getByText("Callers and callees of rare").waitFor();
  });

  it("comes back after a reload as it was left", async () => {
    const view = await open(shopProfile());
    const { page } = view;
    const { x, y } = await boxPoint(await view.graph(), 7, 0.3);
    await page.mouse.dblclick(x, y);
    await page.getByRole("navigation", { name: "Zoomed into" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("render");
    await page.getByText(/^2 matches/).waitFor();
    await page.getByRole("switch", { name: "Show idle time" }).click();
    await page.getByRole("tab", { name: "Table" }).click();
    await page.getByRole("tab", { name: "Call Tree" }).click();
    await page.getByRole("columnheader", { name: "Function" }).getByRole("button").click();
    const tree = page.getByRole("treegrid");
    await tree.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight");
    await waitFor(async () => (await tableRows(page)).length > 4);
    // It is kept a moment after it is shown.
    await waitForState(page, ({ table }) => table.row !== "");
    const before = { state: await savedState(page), rows: await tableRows(page) };

    await view.reload();
    await tree.waitFor();
    await waitFor(async () => (await tableRows(page)).length === before.rows.length);
    assert.deepEqual(await tableRows(page), before.rows);
    assert.deepEqual(await savedState(page), before.state);
    await page.getByText(/^2 matches/).waitFor();
    await page.getByRole("tab", { name: "Flame Graph" }).click();
    await page
      .getByRole("navigation", { name: "Zoomed into" })
      .getByText("handleRequest")
      .waitFor();
  });

  it("falls back to the whole graph when a saved zoom is into another profile", async () => {
    const view = await open(shopProfile());
    await view.graph();
    await view.page.evaluate(
      `sessionStorage.setItem("vscode-state", '{"root":123456,"sandwich":99999}')`,
    );
    await view.reload();
    await view.graph();
    await waitForState(
      view.page,
      ({ root, sandwich }) => root === undefined && sandwich === undefined,
    );
  });

  it("narrows everything to a range of time, by drag, keyboard and back", async () => {
    const view = await open(shopProfile());
    const { page, host } = view;
    await view.graph();
    const strip = await page.locator(".timeline-strip").boundingBox();
    assert.ok(strip);
    await page.mouse.move(strip.x + strip.width * 0.25, strip.y + 10);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 10, { steps: 3 });
    await page.mouse.up();
    await page.getByText(/^1\.00 s – 2\.00 s \(1\.00 s\)/).waitFor();
    await waitFor(() => host.queries("flame").some(({ filter }) => (filter.from ?? 0) > 9e5));

    const end = page.getByRole("slider", { name: "End of the time range" });
    await end.focus();
    await page.keyboard.press("ArrowRight");
    assert.match((await end.getAttribute("aria-valuetext")) ?? "", /^2\.04 s$/);
    await page.keyboard.press("Escape");
    await waitForState(page, ({ chosen }) => chosen.range === undefined);
    const start = page.getByRole("slider", { name: "Start of the time range" });
    await start.focus();
    await page.keyboard.press("PageUp");
    await page.getByRole("button", { name: "Show all times" }).click();
    await waitForState(page, ({ chosen }) => chosen.range === undefined);
  });

  it("narrows everything to a thread, and counts idle time when told to", async () => {
    const view = await open(shopProfile());
    const { page, host } = view;
    await view.graph();
    await page.getByRole("combobox", { name: "Thread" }).click();
    await page.getByRole("option", { name: "Worker: thumbnails" }).click();
    await waitFor(() => host.queries("flame").some(({ filter }) => filter.thread === 1));
    await waitFor(() => host.queries("timeline").some(({ thread }) => thread === 1));
    await page.getByRole("switch", { name: "Show idle time" }).click();
    await waitFor(() => host.queries("flame").some(({ filter }) => filter.includeIdle));
  });

  it("says when nothing ran in what is chosen, with the way out", async () => {
    const view = await open(shopProfile());
    await view.graph();
    await view.page.evaluate(
      `sessionStorage.setItem("vscode-state", '{"chosen":{"range":{"from":1,"to":2},"includeIdle":false}}')`,
    );
    await view.reload();
    await view.page.getByText("Nothing ran in what is selected here.").waitFor();
    await view.page.getByRole("main").getByRole("button", { name: "Show all times" }).click();
    await view.graph();
  });

  it("lists what could not be read", async () => {
    const view = await open(shopProfile());
    await view.graph();
    const button = view.page.getByRole("button", { name: "2 warnings" });
    assert.equal(await button.getAttribute("aria-expanded"), "false");
    await button.click();
    const list = view.page.getByRole("list", { name: "What could not be read" });
    await list.getByText("Addresses that no code or library holds. × 41").waitFor();
    await button.click();
    await list.waitFor({ state: "detached" });
  });

  it("cancels what is no longer wanted", async () => {
    const view = await open(shopProfile());
    const { page, host } = view;
    await view.graph();
    // Answers that never come keep their queries open.
    host.isSilent = true;
    await page.getByRole("switch", { name: "Show idle time" }).click();
    await waitFor(() => host.queries("flame").some(({ filter }) => filter.includeIdle));
    await page.getByRole("switch", { name: "Show idle time" }).click();
    await waitFor(() => host.heardOf("cancel-query").length >= 2);
    const asked = host.heardOf("query").map(({ id }) => id);
    for (const { id } of host.heardOf("cancel-query")) assert.ok(asked.includes(id));
  });
});
