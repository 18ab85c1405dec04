/** Trees, scenes and what is found in them: boxes of real answers, checked against plain lists. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FlameAnswer } from "../../src/profile/query.ts";
import { querySchema } from "../../src/profile/query.ts";
import { ProfileViews } from "../../src/profile/views/profile-views.ts";
import { wholeOf } from "../../webview/flame/camera.ts";
import { detailWanted, shareOfScreen } from "../../webview/flame/detail.ts";
import { boxAt } from "../../webview/flame/hit-test.ts";
import type { Viewport } from "../../webview/flame/layout.ts";
import {
  buildScene,
  findBox,
  functionOf,
  hasTimes,
  keyOf,
  pathTo,
  type Scene,
} from "../../webview/flame/scene.ts";
import { treeOfFlame, withDetail, withoutFirstRow } from "../../webview/flame/tree.ts";
import { childCount, walk } from "../../webview/flame/walk.ts";
import { buildPlainProfile, type PlainSample, plainSamples } from "../generators/profile.ts";

function flameOf(samples: readonly PlainSample[]) {
  const views = new ProfileViews(buildPlainProfile(samples));
  return (options: { root?: number; minShare?: number }): FlameAnswer =>
    views.answer(
      querySchema.parse({ kind: "flame", minShare: 0, ...options }) as Extract<
        ReturnType<typeof querySchema.parse>,
        { kind: "flame" }
      >,
    );
}

const stack = (...funcs: number[]) => funcs.map((func) => ({ func, line: 1 }));
const sample = (weight: number, ...funcs: number[]): PlainSample => ({
  stack: stack(...funcs),
  weight,
  thread: 0,
});

/** alpha 60 (beta 40 (gamma 10), delta 20), gamma 30. */
const known = [sample(30, 0, 1), sample(10, 0, 1, 2), sample(20, 0, 3), sample(30, 2)];

function names(scene: Scene): string[] {
  return Array.from(
    scene.boxes.id,
    (_, box) => `${"  ".repeat(scene.boxes.depth[box]!)}${functionOf(scene, box).name}`,
  );
}

function boxNamed(scene: Scene, path: string): number {
  const found = Array.from(scene.boxes.id.keys()).find(
    (box) =>
      pathTo(scene, box)
        .map((at) => functionOf(scene, at).name)
        .join(" ") === path,
  );
  assert.notEqual(found, undefined, path);
  return found!;
}

/** Depth, left edge, width and function of every box. */
function shapes({ boxes, functions }: Scene): string[] {
  return Array.from(
    boxes.id,
    (id, i) =>
      `${id} ${boxes.depth[i]} ${boxes.start[i]} ${boxes.total[i]} ${functions[boxes.func[i]!]!.id}`,
  );
}

describe("webview scene", () => {
  const ask = flameOf(known);
  const scene = buildScene(treeOfFlame(ask({}), false));

  it("lists boxes in preorder, widest first", () => {
    assert.deepEqual(names(scene), [
      "(all)",
      "  alpha",
      "    beta",
      "      gamma",
      "    delta",
      "  gamma",
    ]);
  });

  it("knows rows and parents as a plain search finds them", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const { boxes, parent, rows, rowStart, rowBoxes } = buildScene(
          treeOfFlame(flameOf(samples)({}), false),
        );
        const all = Array.from(boxes.id.keys());
        for (let row = 0; row < rows; row++) {
          const expected = all.filter((box) => boxes.depth[box] === row);
          const actual = Array.from(rowBoxes.subarray(rowStart[row], rowStart[row + 1]));
          assert.deepEqual(actual, expected);
        }
        for (const box of all) {
          const before = all.slice(0, box).reverse();
          const expected = before.find((other) => boxes.depth[other] === boxes.depth[box]! - 1);
          assert.equal(parent[box], expected ?? -1);
        }
      }),
    );
  });

  it("keeps the rows above a zoomed root, as wide as the root and without times", () => {
    const beta = boxNamed(scene, "(all) alpha beta");
    const zoomed = buildScene(treeOfFlame(ask({ root: scene.boxes.id[beta]! }), true));
    assert.deepEqual(names(zoomed), ["(all)", "  alpha", "    beta", "      gamma"]);
    assert.deepEqual(Array.from(zoomed.boxes.total), [40, 40, 40, 10]);
    assert.deepEqual(
      [0, 1, 2, 3].map((box) => hasTimes(zoomed, box)),
      [false, false, true, true],
    );
  });

  it("becomes the full scene when a coarse one gets its missing details", () => {
    fc.assert(
      fc.property(plainSamples, fc.nat(), (samples, pick) => {
        const of = flameOf(samples);
        const coarse = buildScene(treeOfFlame(of({ minShare: 0.2 }), false));
        const full = buildScene(treeOfFlame(of({}), false));
        if (full.total === 0) return;
        const box = pick % coarse.boxes.id.length;
        const id = coarse.boxes.id[box]!;
        const detail = of(id < 0 ? {} : { root: id });
        const fine = buildScene(withDetail(coarse, box, detail));
        const inside = (of: Scene) => shapes(of).slice(findBox(of, keyOf(of, boxOf(of, id))));
        const end = (of: Scene) => childrenEnd(of, boxOf(of, id));
        assert.deepEqual(
          inside(fine).slice(0, end(fine) - boxOf(fine, id)),
          inside(full).slice(0, end(full) - boxOf(full, id)),
        );
        const outside = shapes(fine).length - (end(fine) - boxOf(fine, id));
        assert.equal(outside, shapes(coarse).length - (end(coarse) - box));
      }),
    );
  });

  it("finds a selection by node, else by the function's widest box, else not at all", () => {
    const gamma = boxNamed(scene, "(all) alpha beta gamma");
    assert.equal(findBox(scene, keyOf(scene, gamma)), gamma);
    const widest = boxNamed(scene, "(all) gamma");
    const { func } = keyOf(scene, gamma);
    assert.equal(findBox(scene, { node: -1, func }), widest);
    assert.equal(findBox(scene, { node: 9999, func }), widest);
    assert.equal(findBox(scene, { node: -1, func: 9999 }), -1);
    assert.equal(findBox(scene, { node: -1, func: -1 }), 0);
  });

  it("walks to parent, widest child and siblings, and stays where there is none", () => {
    const at = (path: string) => boxNamed(scene, path);
    const beta = at("(all) alpha beta");
    const delta = at("(all) alpha delta");
    assert.equal(walk(scene, beta, "parent"), at("(all) alpha"));
    assert.equal(walk(scene, at("(all) alpha"), "child"), beta);
    assert.equal(walk(scene, beta, "next"), delta);
    assert.equal(walk(scene, delta, "previous"), beta);
    assert.equal(walk(scene, delta, "next"), delta);
    assert.equal(walk(scene, beta, "previous"), beta);
    assert.equal(walk(scene, delta, "child"), delta);
    assert.equal(walk(scene, 0, "parent"), 0);
    assert.equal(walk(scene, 0, "previous"), 0);
    assert.equal(walk(scene, 0, "next"), 0);
    assert.equal(childCount(scene, at("(all) alpha")), 2);
  });

  it("walks between the first rows of callers, which have no parent", () => {
    const views = new ProfileViews(buildPlainProfile(known));
    const func = keyOf(scene, boxNamed(scene, "(all) gamma")).func;
    const query = querySchema.parse({ kind: "sandwich", func, minShare: 0 });
    if (query.kind !== "sandwich") throw new Error("Not a sandwich.");
    const { callers, functions, total } = views.answer(query);
    const tree = { boxes: withoutFirstRow(callers), functions, ancestors: 0, total };
    const above = buildScene(tree);
    assert.deepEqual(names(above), ["beta", "  alpha"]);
  });

  it("hits the box that a naive search hits", () => {
    const viewport: Viewport = { width: 600, height: 200, top: 0, ratio: 1, grows: "down" };
    fc.assert(
      fc.property(
        plainSamples,
        fc.integer({ min: 0, max: 599 }),
        fc.integer({ min: 0, max: 199 }),
        (samples, x, y) => {
          const random = buildScene(treeOfFlame(flameOf(samples)({}), false));
          if (random.total === 0) return;
          const { boxes } = random;
          const time = (x / 600) * random.total;
          const expected = Array.from(boxes.id.keys()).find(
            (box) =>
              boxes.depth[box] === Math.floor(y / 20) &&
              time >= boxes.start[box]! &&
              time < boxes.start[box]! + boxes.total[box]!,
          );
          const hit = boxAt(random, wholeOf(random.total), viewport, x, y);
          if (expected !== undefined) assert.equal(hit, expected);
          // Beside a box a hit may only be the tolerance.
          else if (hit >= 0) {
            const scale = random.total / 600;
            const left = boxes.start[hit]! - 2 * scale;
            const right = boxes.start[hit]! + boxes.total[hit]! + 2 * scale;
            assert.ok(time >= left && time < right);
          }
        },
      ),
    );
  });

  it("hits nothing above, below or beside the graph", () => {
    const viewport: Viewport = { width: 600, height: 400, top: 0, ratio: 1, grows: "down" };
    const camera = wholeOf(scene.total);
    assert.equal(boxAt(scene, camera, viewport, 10, 390), -1);
    assert.equal(boxAt(scene, camera, viewport, -1, 5), -1);
    assert.equal(boxAt(scene, camera, viewport, 600, 5), -1);
    assert.equal(boxAt(scene, camera, viewport, 590, 65), -1);
  });

  it("asks for detail of the deepest box that fills the view, at the screen's resolution", () => {
    const minShare = shareOfScreen(1000);
    assert.equal(minShare, 2 ** -11);
    assert.equal(detailWanted(scene, wholeOf(90), minShare), undefined);
    const beta = boxNamed(scene, "(all) alpha beta");
    const wanted = detailWanted(scene, { left: 12, span: 11.25 }, minShare);
    assert.deepEqual(wanted, { box: beta, minShare: (11.25 * minShare) / 40 });
    // A little to the side asks for the same; across two boxes it is their parent.
    assert.deepEqual(detailWanted(scene, { left: 14, span: 11.3 }, minShare), wanted);
    const across = detailWanted(scene, { left: 35, span: 11.25 }, minShare);
    assert.equal(across?.box, boxNamed(scene, "(all) alpha"));
    const atRoot = detailWanted(scene, { left: 55, span: 11.25 }, minShare);
    assert.deepEqual(atRoot, { box: 0, minShare: minShare / 8 });
  });
});

function boxOf(scene: Scene, id: number): number {
  return id < 0 ? 0 : scene.boxes.id.indexOf(id);
}

function childrenEnd({ boxes }: Scene, box: number): number {
  let end = box + 1;
  while (end < boxes.id.length && boxes.depth[end]! > boxes.depth[box]!) end++;
  return end;
}
