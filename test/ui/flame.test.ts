/** The flame graph as a user meets it. */
import assert from "node:assert/strict";
import { cssColor } from "../../webview/color/oklch.ts";
import { functionColor } from "../../webview/color/palette.ts";
import { deepProfile, profileOfStacks, shopProfile, wideProfile } from "./support/profiles.ts";
import {
  boxPoint,
  clickBox,
  details,
  pixels,
  savedState,
  viewsForTests,
  waitForState,
} from "./support/ui-suite.ts";
import { waitFor } from "./support/view.ts";

/** Rows of the shop's graph; its left edge is the hot path. */
const rowOf = { handleRequest: 7, findProducts: 8, matchesFilter: 9, normalizeText: 10 };

describe("flame graph", () => {
  const open = viewsForTests();

  it("paints the profile, and tells the host when", async () => {
    const view = await open(shopProfile());
    await view.graph();
    const [painted] = view.host.heardOf("painted");
    assert.ok(painted && painted.at > 0);
    const header = view.page.getByRole("banner");
    await header.getByText("4.00 s").waitFor();
    await header.getByText("4,000 samples").waitFor();
    await header.getByText(/JavaScript 3\d\.\d %/).waitFor();
  });

  it("draws the same in WebGL, without it, and at twice the pixels", async () => {
    const points: { x: number; y: number }[] = [];
    const pictures: string[][] = [];
    for (const options of [{}, { webGl: "none" }, { deviceScaleFactor: 2 }] as const) {
      const view = await open(shopProfile(), options);
      const graph = await view.graph();
      if (points.length === 0) {
        for (const [row, share] of [
          [0, 0.7],
          [4, 0.5],
          [9, 0.45],
          [11, 0.25],
          [12, 0.9],
          [30, 0.5],
        ] as const) {
          points.push(await boxPoint(graph, row, share));
        }
      }
      const backend = await graph.locator("[data-backend]").getAttribute("data-backend");
      assert.equal(backend, "webGl" in options ? "canvas" : "webgl2");
      pictures.push(await pixels(view, points));
    }
    const [webGl, canvas, doubled] = pictures;
    assert.deepEqual(canvas, webGl);
    assert.deepEqual(doubled, webGl);
    assert.equal(webGl?.at(-1), "#1f1f1f");
    const func = { name: "", url: "file:///home/dev/shop/src/catalog.ts", module: "" };
    const place = { id: 0, line: 0, column: 0, category: "js" } as const;
    const expected = cssColor(functionColor({ ...func, ...place }, "dark"));
    assert.equal(webGl?.[2], toHex(expected));
  });

  it("says on hover what a frame is and what it took", async () => {
    const view = await open(shopProfile());
    const { x, y } = await boxPoint(await view.graph(), rowOf.normalizeText, 0.3);
    await view.page.mouse.move(x, y);
    const tooltip = view.page.locator(".tooltip");
    await tooltip.waitFor();
    const text = await tooltip.textContent();
    assert.match(text ?? "", /^normalizeText\/home\/dev\/shop\/src\/text\.ts:3:17Total1\.\d+ s4\d/);
    await view.page.mouse.move(x, y + 300);
    await tooltip.waitFor({ state: "detached" });
  });

  it("shows a clicked frame's numbers, announces it, and opens its source", async () => {
    const view = await open(shopProfile());
    await clickBox(view, rowOf.normalizeText, 0.3);
    const panel = details(view.page);
    await panel.getByText("This stack").waitFor();
    assert.match((await panel.textContent()) ?? "", /^normalizeText.*All callstotal 1\.\d+ s 4/);
    const spoken = view.page.locator(".flame [role=status]");
    assert.match(
      (await spoken.textContent()) ?? "",
      /^normalizeText, total 1\.\d+ s, .*level 11, 1 callee$/,
    );

    await panel.getByRole("button", { name: /text\.ts/ }).click();
    await panel.getByRole("button", { name: "Open source" }).click();
    const position = { url: "file:///home/dev/shop/src/text.ts", line: 3, column: 17 };
    const expected = { kind: "go-to-source", position, beside: true };
    await waitFor(() => view.host.heardOf("go-to-source").length === 2);
    assert.deepEqual(view.host.heardOf("go-to-source"), [expected, expected]);
  });

  it("opens the source by Ctrl+click and by O, and not where there is none", async () => {
    const view = await open(shopProfile());
    const graph = await view.graph();
    await view.page.keyboard.down("Control");
    await clickBox(view, rowOf.findProducts, 0.3);
    await view.page.keyboard.up("Control");
    await graph.press("o");
    await clickBox(view, 0, 0.5);
    await graph.press("o");
    await waitForState(view.page, ({ selection }) => selection?.func === -1);
    assert.deepEqual(
      view.host.heardOf("go-to-source").map(({ position }) => position.line),
      [18, 18],
    );
  });

  it("zooms by double-click, keeps the way down, and climbs it again", async () => {
    const view = await open(shopProfile());
    const { page } = view;
    const { x, y } = await boxPoint(await view.graph(), rowOf.findProducts, 0.3);
    await page.mouse.dblclick(x, y);
    const path = page.getByRole("navigation", { name: "Zoomed into" });
    await path.waitFor();
    assert.match((await path.textContent()) ?? "", /^All….*nexthandleRequestfindProducts$/);
    // The zoomed frame now fills the width, in the row that it had.
    const zoomed = await savedState(page);
    await clickBox(view, rowOf.findProducts, 0.98);
    await waitForState(page, ({ selection }) => selection?.node === zoomed.root);
    await clickBox(view, rowOf.handleRequest, 0.98);
    await details(page).getByText("handleRequest").waitFor();

    await path.getByRole("button", { name: "handleRequest" }).click();
    await path.getByText("handleRequest").waitFor();
    await waitForState(page, ({ root }) => root !== undefined && root !== zoomed.root);
    await path.getByRole("button", { name: "All" }).click();
    await path.waitFor({ state: "detached" });
    assert.equal((await savedState(page)).root, undefined);
  });

  it("is walked by keyboard: child, sibling, parent, zoom, out, everything", async () => {
    const view = await open(shopProfile());
    const { page } = view;
    const graph = await view.graph();
    await graph.focus();
    const name = page.locator(".details-name");
    const press = async (key: string, expected: string) => {
      await page.keyboard.press(key);
      await name.getByText(expected, { exact: true }).waitFor();
    };
    await page.keyboard.press("ArrowDown");
    await press("ArrowDown", "processTicksAndRejections");
    await press("ArrowRight", "(garbage collector)");
    await press("ArrowLeft", "processTicksAndRejections");
    await press("ArrowDown", "onread");
    await press("ArrowUp", "processTicksAndRejections");
    await press("ArrowDown", "onread");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Zoomed into" }).waitFor();
    await press("Backspace", "processTicksAndRejections");
    await page.keyboard.press("Home");
    await waitForState(page, ({ root }) => root === undefined);
    await page.keyboard.press("Escape");
    await waitForState(page, ({ selection }) => selection === undefined);
  });

  it("magnifies around the pointer, and asks for what was too narrow", async () => {
    const rare = Array.from({ length: 4000 }, (_, i) =>
      i === 3999 ? ["main", "rare"] : ["main", "hot"],
    );
    const many = Array.from({ length: 200 }, (_, i) => ["main", "hot", `leaf${i}`]);
    const view = await open(profileOfStacks([...rare, ...many.flatMap((s) => [s, s])]), {
      motion: true,
    });
    const graph = await view.graph();
    await graph.focus();
    const first = view.host.queries("flame");
    assert.ok(first.every(({ minShare }) => minShare > 1e-4 && minShare < 1e-3));
    const { x, y } = await boxPoint(graph, 2, 0.5);
    await view.page.mouse.move(x, y);
    await view.page.keyboard.down("Control");
    for (let i = 0; i < 12; i++) await view.page.mouse.wheel(0, -100);
    await view.page.keyboard.up("Control");
    await waitForState(view.page, ({ camera }) => camera.span < 0.1);
    const { camera } = await savedState(view.page);
    assert.ok(camera.left < 0.5 && camera.left + camera.span > 0.5, JSON.stringify(camera));
    await waitFor(() => view.host.queries("flame").some(({ minShare }) => minShare < 1e-4));
    await view.page.keyboard.press("Home");
    await waitForState(view.page, ({ camera: { span } }) => span === 1);
  });

  it("says how many frames are too narrow to show", async () => {
    const leaves = Array.from({ length: 3000 }, (_, i) => ["main", `leaf${i}`]);
    const view = await open(profileOfStacks([...Array(9000).fill(["main"]), ...leaves]));
    await view.graph();
    await view.page.getByText("3,000 narrow frames hidden").waitFor();
  });

  it("pans by drag without selecting", async () => {
    const view = await open(shopProfile());
    const graph = await view.graph();
    await graph.focus();
    for (let i = 0; i < 3; i++) await view.page.keyboard.press("+");
    await waitForState(view.page, ({ camera }) => camera.span < 0.4);
    const before = (await savedState(view.page)).camera.left;
    const from = await boxPoint(graph, 3, 0.5);
    await view.page.mouse.move(from.x, from.y);
    await view.page.mouse.down();
    await view.page.mouse.move(from.x - 200, from.y, { steps: 4 });
    await view.page.mouse.up();
    await waitForState(view.page, ({ camera }) => camera.left > before);
    assert.equal((await savedState(view.page)).selection, undefined);
  });

  it("scrolls through thousands of levels, asking for them as they come", async () => {
    const view = await open(deepProfile(3000));
    const graph = await view.graph();
    assert.equal(view.host.queries("flame")[0]?.maxDepth, 256);
    await waitFor(async () => {
      await graph.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return (await graph.getAttribute("aria-label")) === "Flame graph, 3001 levels";
    });
    await graph.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await view.page.screenshot();
    const bounds = await graph.boundingBox();
    await view.page.mouse.click(100, (bounds?.y ?? 0) + (bounds?.height ?? 0) - 10);
    await view.page.locator(".flame [role=status]").getByText("level 3001").waitFor();
  });

  it("shows 50,000 boxes without asking for them again", async () => {
    const view = await open(wideProfile(50_000), {
      webGl: "none",
      size: { width: 1400, height: 1200 },
    });
    const graph = await view.graph();
    const { x, y } = await boxPoint(graph, 20, 0.5);
    await view.page.mouse.click(x, y);
    await details(view.page).getByText("This stack").waitFor();
    assert.equal(view.host.queries("flame").filter(({ maxDepth }) => maxDepth > 1).length, 1);
    const frames = await view.page.evaluate<number[]>(zoomFrames);
    const sorted = frames.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    console.log(`      50,000 boxes on the CPU: median frame ${median.toFixed(1)} ms`);
  });

  it("stands between callers and callees", async () => {
    const view = await open(shopProfile());
    const { page } = view;
    await clickBox(view, rowOf.normalizeText, 0.3);
    await details(page).getByRole("button", { name: "Show callers and callees" }).click();
    await page.getByText("Callers and callees of normalizeText").waitFor();
    const callers = page.getByRole("application", { name: "Callers, 10 levels" });
    await callers.focus();
    const spoken = page.locator(".sandwich-up [role=status]");
    await page.keyboard.press("ArrowUp");
    await spoken.getByText(/^matchesFilter/).waitFor();
    await page.keyboard.press("ArrowRight");
    await spoken.getByText(/^compareScores/).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Callers and callees of compareScores").waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByRole("application", { name: /^Flame graph/ }).waitFor();
  });

  it("finds by name and place, and says how much of the time that is", async () => {
    const view = await open(shopProfile());
    const graph = await view.graph();
    const point = await boxPoint(graph, rowOf.matchesFilter, 0.45);
    const hot = await boxPoint(graph, rowOf.normalizeText, 0.3);
    const before = await pixels(view, [point, hot]);
    await view.page.keyboard.press("/");
    await view.page.keyboard.type("text.ts");
    await view.page.getByText(/^1 match, 4\d\.\d %$/).waitFor();
    const after = await pixels(view, [point, hot]);
    assert.notEqual(after[0], before[0]);
    assert.equal(after[1], before[1]);
    await view.page.keyboard.press("Escape");
    await view.page.getByText(/^1 match/).waitFor({ state: "detached" });
    assert.deepEqual(await pixels(view, [point, hot]), before);
  });

  it("copies the name and the stack", async () => {
    const view = await open(shopProfile());
    await clickBox(view, rowOf.handleRequest, 0.3);
    const panel = details(view.page);
    await panel.getByText("This stack").waitFor();
    await panel.getByRole("button", { name: "Copy stack" }).click();
    const clipboard = () => view.page.evaluate<string>("navigator.clipboard.readText()");
    await waitFor(async () => (await clipboard()).includes("\n"));
    const lines = (await clipboard()).split("\n");
    assert.equal(lines[0], "at handleRequest (/home/dev/shop/src/server.ts:31:10)");
    assert.match(lines.at(-1)!, /^at processTicksAndRejections/);
    assert.equal(lines.length, 7);
    await panel.getByRole("button", { name: "Copy name" }).click();
    await waitFor(async () => (await clipboard()) === "handleRequest");
  });

  it("goes on without WebGL when the graphics context is lost", async () => {
    const view = await open(shopProfile());
    const graph = await view.graph();
    const point = await boxPoint(graph, rowOf.matchesFilter, 0.45);
    const before = await pixels(view, [point]);
    await graph
      .locator("canvas")
      .first()
      .evaluate((canvas) => {
        const gl = (canvas as unknown as Canvas).getContext("webgl2");
        gl.getExtension("WEBGL_lose_context").loseContext();
      });
    await graph.locator("[data-backend=canvas]").waitFor({ state: "attached" });
    assert.deepEqual(await pixels(view, [point]), before);
  });
});

/** As much of the DOM's type as the test uses. */
interface Canvas {
  getContext(kind: "webgl2"): {
    getExtension(name: "WEBGL_lose_context"): { loseContext(): void };
  };
}

/** Milliseconds of each frame while the wheel zooms in and out. */
const zoomFrames = `(async () => {
  const graph = document.querySelector("[role=application]");
  const { left, top } = graph.getBoundingClientRect();
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const frames = [];
  let before = await nextFrame();
  for (let i = 0; i < 40; i++) {
    const deltaY = i < 20 ? -6 : 6;
    const at = { clientX: left + 600, clientY: top + 200 };
    graph.dispatchEvent(new WheelEvent("wheel", { deltaY, ctrlKey: true, ...at, cancelable: true }));
    const now = await nextFrame();
    frames.push(now - before);
    before = now;
  }
  return frames;
})()`;

function toHex(css: string): string {
  const channels = css.match(/\d+/g) ?? [];
  return `#${channels.map((value) => Number(value).toString(16).padStart(2, "0")).join("")}`;
}
