/** From boxes to pixels: cameras, rectangles, paint. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FunctionInfo } from "../../src/profile/query.ts";
import { contrast, oklchToRgb, pack } from "../../webview/color/oklch.ts";
import {
  categoryLabels,
  functionColor,
  inkColor,
  themeKinds,
} from "../../webview/color/palette.ts";
import {
  between,
  bringIntoView,
  clampCamera,
  panBy,
  rescaled,
  wholeOf,
  zoomAround,
} from "../../webview/flame/camera.ts";
import {
  contentHeight,
  layOut,
  Rects,
  rowAt,
  rowHeight,
  rowTop,
  type Viewport,
  visibleRows,
  wordsPerRect,
} from "../../webview/flame/layout.ts";
import { paintScene } from "../../webview/flame/paint.ts";
import { buildScene, firstEndingAfter, type Scene } from "../../webview/flame/scene.ts";

function functionNamed(id: number, more: Partial<FunctionInfo> = {}): FunctionInfo {
  const plain = { id, name: `f${id}`, url: "", line: 0, column: 0, module: "" };
  return { ...plain, category: "js", ...more };
}

/** Rows of widths; every box of a row stands under the first box. */
function sceneOf(rows: readonly (readonly number[])[]): Scene {
  const flat = rows.flatMap((widths, depth) => {
    let start = 0;
    return widths.map((total) => {
      const box = { depth, total, start };
      start += total;
      return box;
    });
  });
  return buildScene({
    boxes: {
      id: Int32Array.from(flat, (_, i) => i),
      depth: Uint32Array.from(flat, ({ depth }) => depth),
      func: Uint32Array.from(flat, (_, i) => i),
      start: Float64Array.from(flat, ({ start }) => start),
      self: new Float64Array(flat.length),
      total: Float64Array.from(flat, ({ total }) => total),
    },
    functions: flat.map((_, i) => functionNamed(i)),
    ancestors: 0,
    total: rows[0]!.reduce((sum, width) => sum + width, 0),
  });
}

const viewport = (more: Partial<Viewport> = {}): Viewport => ({
  width: 100,
  height: 60,
  top: 0,
  ratio: 1,
  grows: "down",
  ...more,
});

function rectsOf(scene: Scene, camera = wholeOf(scene.total), view = viewport()) {
  const rects = new Rects();
  layOut(scene, camera, view, new Uint32Array(scene.boxes.id.length), rects);
  return Array.from({ length: rects.count }, (_, i) => ({
    box: rects.boxes[i]!,
    x: rects.floats[i * wordsPerRect]!,
    y: rects.floats[i * wordsPerRect + 1]!,
    width: rects.floats[i * wordsPerRect + 2]!,
  }));
}

describe("webview layout", () => {
  it("places boxes by time and row, with a gap between them", () => {
    const scene = sceneOf([[100], [60, 40]]);
    assert.deepEqual(rectsOf(scene), [
      { box: 0, x: 0, y: 0, width: 99 },
      { box: 1, x: 0, y: 20, width: 59 },
      { box: 2, x: 60, y: 20, width: 39 },
    ]);
  });

  it("lays out device pixels", () => {
    const scene = sceneOf([[100], [60, 40]]);
    assert.deepEqual(rectsOf(scene, undefined, viewport({ ratio: 2 })).at(-1), {
      box: 2,
      x: 120,
      y: 40,
      width: 78,
    });
  });

  it("leaves out rows and boxes that do not show", () => {
    const scene = sceneOf([[100], [25, 25, 25, 25], [100], [100], [100], [100]]);
    const camera = { left: 30, span: 30 };
    const boxes = rectsOf(scene, camera, viewport({ top: 20, height: 39 })).map(({ box }) => box);
    assert.deepEqual(boxes, [2, 3, 5]);
  });

  it("grows upwards from the bottom of the content, and short content from the viewport's", () => {
    const scene = sceneOf([[100], [50, 50]]);
    const up = viewport({ grows: "up" });
    assert.deepEqual(
      rectsOf(scene, undefined, up).map(({ y }) => y),
      [40, 20, 20],
    );
    assert.equal(contentHeight(2, 60), 60);
    assert.equal(contentHeight(9, 60), 180);
  });

  it("finds the row that it drew at a height", () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(500),
        fc.constantFrom("up" as const, "down" as const),
        (row, top, grows) => {
          const view = viewport({ top, grows });
          const rows = 60;
          const y = rowTop(row, rows, view);
          assert.equal(rowAt(y + rowHeight / 2, rows, view), row);
          const [first, last] = visibleRows(rows, view);
          const isVisible = y + rowHeight > 0 && y < view.height;
          if (isVisible) assert.ok(row >= first && row <= last);
        },
      ),
    );
  });

  it("draws no more rectangles than pixels, none of them over another, and leaves no hole", () => {
    const width = fc.double({ min: 0.001, max: 5, noNaN: true });
    const widths = fc.array(width, { minLength: 1, maxLength: 2000, size: "max" });
    fc.assert(
      fc.property(widths, (row) => {
        const rects = rectsOf(sceneOf([row]));
        assert.ok(rects.length <= 100);
        let right = 0;
        for (const { x, width } of rects) {
          assert.ok(x >= right && x - right <= 1, `${x} after ${right}`);
          assert.ok(width >= 1);
          right = x + width;
        }
        assert.ok(right >= 99 && right <= 101);
      }),
    );
  });

  it("starts a row at the first box that reaches into the view", () => {
    const scene = sceneOf([[25, 25, 50]]);
    assert.deepEqual(
      [0, 24, 25, 50, 100].map((time) => firstEndingAfter(scene, 0, time)),
      [0, 0, 1, 2, 3],
    );
  });

  it("is exact at a deep zoom into an hour", () => {
    const hour = 3.6e9;
    const scene = sceneOf([[hour], [hour / 2, 1000, hour / 2 - 1000]]);
    const camera = { left: hour / 2 - 1000, span: 4000 };
    const rect = rectsOf(scene, camera).find(({ box }) => box === 2);
    assert.deepEqual(rect, { box: 2, x: 25, y: 20, width: 24 });
  });

  it("reuses its memory", () => {
    const rects = new Rects();
    for (let i = 0; i < 3000; i++) rects.push(i, 0, 1, i, i);
    const { floats, words } = rects;
    assert.equal(floats[2999 * wordsPerRect], 2999);
    assert.equal(words[2999 * wordsPerRect + 3], 2999);
    rects.count = 0;
    for (let i = 0; i < 3000; i++) rects.push(i, 0, 1, i, i);
    assert.equal(rects.floats, floats);
  });
});

describe("webview camera", () => {
  const total = 1000;
  const camera = fc.record({
    left: fc.double({ min: -500, max: 1500, noNaN: true }),
    span: fc.double({ min: 0.01, max: 2000, noNaN: true }),
  });
  const isInside = ({ left, span }: { left: number; span: number }) =>
    left >= 0 && left + span <= total * (1 + 1e-12) && span > 0;

  it("never leaves the scene", () => {
    fc.assert(
      fc.property(camera, fc.double({ min: 0.01, max: 100, noNaN: true }), (c, by) => {
        const clamped = clampCamera(c, total);
        assert.ok(isInside(clamped));
        assert.ok(isInside(zoomAround(clamped, by, 0.3, total)));
        assert.ok(isInside(panBy(clamped, by - 50, total)));
      }),
    );
  });

  it("zooms around the point under the pointer", () => {
    const zoomed = zoomAround({ left: 200, span: 400 }, 2, 0.25, total);
    assert.deepEqual(zoomed, { left: 250, span: 200 });
  });

  it("moves as little as brings a box into view", () => {
    const view = { left: 100, span: 100 };
    assert.deepEqual(bringIntoView(view, 150, 10, total), view);
    assert.deepEqual(bringIntoView(view, 250, 10, total), { left: 160, span: 100 });
    assert.deepEqual(bringIntoView(view, 50, 10, total), { left: 50, span: 100 });
    assert.deepEqual(bringIntoView(view, 0, 1000, total), view);
  });

  it("glides from one end to the other, keeping both ends' relation", () => {
    const from = { left: 0, span: 1000 };
    const to = { left: 400, span: 10 };
    assert.deepEqual(between(from, to, 0), from);
    const end = between(from, to, 1);
    assert.ok(Math.abs(end.left - 400) < 1e-9 && Math.abs(end.span - 10) < 1e-9);
    assert.ok(Math.abs(between(from, to, 0.5).span - 100) < 1e-9);
    const sideways = between({ left: 0, span: 10 }, { left: 10, span: 10 }, 0.5);
    assert.deepEqual(sideways, { left: 5, span: 10 });
  });

  it("shows the same part of a scene whose total has changed", () => {
    assert.deepEqual(rescaled({ left: 100, span: 200 }, 1000, 500), { left: 50, span: 100 });
  });
});

describe("webview paint", () => {
  it("has text that contrasts with every category's boxes in every theme", () => {
    for (const theme of themeKinds) {
      for (const category of Object.keys(categoryLabels) as FunctionInfo["category"][]) {
        for (let i = 0; i < 60; i++) {
          const color = functionColor(
            functionNamed(i, { category, url: `file:///${i}.js` }),
            theme,
          );
          const ratio = contrast(color, inkColor(theme));
          assert.ok(ratio >= 4.5, `${category} in ${theme}: ${ratio}`);
        }
      }
    }
  });

  it("gives a package one colour, and files of the app their own", () => {
    const at = (url: string) => functionColor(functionNamed(1, { url }), "dark");
    assert.deepEqual(
      at("file:///a/node_modules/@x/y/a.js"),
      at("file:///b/node_modules/@x/y/b/c.js"),
    );
    assert.notDeepEqual(
      at("file:///a/node_modules/@x/y/a.js"),
      at("file:///a/node_modules/@x/z/a.js"),
    );
    assert.notDeepEqual(at("file:///a/src/one.js"), at("file:///a/src/two.js"));
  });

  it("fades what a search did not find", () => {
    const scene = sceneOf([[100], [60, 40]]);
    const look = { theme: "dark", background: [0, 0, 0], matches: undefined } as const;
    const plain = paintScene(scene, look);
    const searched = paintScene(scene, { ...look, matches: new Set([1]) });
    assert.deepEqual(Array.from(plain.faded), [0, 0, 0]);
    assert.deepEqual(Array.from(searched.faded), [1, 0, 1]);
    assert.equal(searched.colors[1], plain.colors[1]);
    assert.notEqual(searched.colors[2], plain.colors[2]);
  });

  it("converts and packs colours", () => {
    assert.deepEqual(oklchToRgb(1, 0, 0), [255, 255, 255]);
    assert.deepEqual(oklchToRgb(0, 0, 0), [0, 0, 0]);
    // sRGB red in OKLCH.
    assert.deepEqual(oklchToRgb(0.62796, 0.25768, 29.234), [255, 0, 0]);
    assert.deepEqual(
      new Uint8Array(new Uint32Array([pack([1, 2, 3])]).buffer),
      Uint8Array.of(1, 2, 3, 255),
    );
    assert.equal(contrast([255, 255, 255], [0, 0, 0]), 21);
  });
});
