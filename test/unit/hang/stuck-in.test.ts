import assert from "node:assert/strict";
import fc from "fast-check";
import { runaway, sharedDepth } from "../../../src/formats/hang-capture/stuck-in.ts";
import { frame, hang } from "./hang-fixture.ts";

describe("which function a process is stuck in", () => {
  const [main, spin, helper] = [frame("main"), frame("spin"), frame("helper")];

  it("is the innermost that all stacks share", () => {
    const frames = [main, spin, helper];
    assert.equal(
      sharedDepth(
        hang(frames, [
          [1, 0],
          [2, 1, 0],
          [2, 2, 1, 0],
        ]),
      ),
      2,
    );
    assert.equal(sharedDepth(hang(frames, [[2, 1, 0]])), 3);
    assert.equal(sharedDepth(hang(frames, [[1, 0], [2]])), 0);
    assert.equal(sharedDepth(hang(frames, [[1, 0], []])), 0);
    assert.equal(sharedDepth(hang(frames, [])), 0);
  });

  it("is one function at whatever line it was seen", () => {
    const frames = [main, spin, frame("spin", { line: 9, column: 7 })];
    assert.equal(
      sharedDepth(
        hang(frames, [
          [1, 0],
          [2, 0],
        ]),
      ),
      2,
    );
  });

  it("is not another of the same name", () => {
    for (const other of [
      { functionLine: 8 },
      { functionColumn: 8 },
      { url: "b" },
      { module: "m" },
    ]) {
      const frames = [main, spin, frame("spin", other)];
      assert.equal(
        sharedDepth(
          hang(frames, [
            [1, 0],
            [2, 0],
          ]),
        ),
        1,
        JSON.stringify(other),
      );
    }
  });

  it("is shared by every stack, and no longer than the shortest", () => {
    const stacks = fc.array(fc.array(fc.nat(2), { maxLength: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(stacks, (found) => {
        const outermost = found.map((stack) => stack.toReversed());
        let naive = 0;
        while (outermost.every((s) => s.length > naive && s[naive] === outermost[0]![naive]))
          naive++;
        assert.equal(sharedDepth(hang([main, spin, helper], found)), naive);
      }),
    );
  });
});

describe("runaway recursion", () => {
  const frames = [frame("main"), frame("visit"), frame("next")];
  const deep = (count: number, indices: readonly number[]) => [
    ...Array.from({ length: count - 1 }, (_, i) => indices[i % indices.length]!),
    0,
  ];

  it("is a deep stack that one function fills", () => {
    assert.deepEqual(runaway(hang(frames, [[1, 0], deep(1000, [1]), [0]])), {
      depth: 1000,
      name: "visit",
    });
  });

  it("is that of two functions that call each other", () => {
    assert.match(runaway(hang(frames, [deep(5000, [1, 2])])).name!, /visit|next/);
  });

  it("is not a stack that is merely deep, or not even that", () => {
    assert.deepEqual(runaway(hang(frames, [deep(999, [1])])), { depth: 999, name: undefined });
    const many = Array.from({ length: 1200 }, (_, i) => frame(`f${i % 4}`));
    const all = many.map((_, i) => i);
    assert.deepEqual(runaway(hang(many, [all])), { depth: 1200, name: undefined });
    assert.deepEqual(runaway(hang([], [])), { depth: 0, name: undefined });
  });
});
