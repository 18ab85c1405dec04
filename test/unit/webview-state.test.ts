/** What the user chose: how it changes, how it is kept, and what keys mean. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { flameCommand } from "../../webview/flame/keys.ts";
import { initialPhase, nextPhase } from "../../webview/state/phase.ts";
import { restoreState } from "../../webview/state/saved-state.ts";
import {
  type Action,
  initialState,
  reduce,
  type ViewState,
} from "../../webview/state/view-state.ts";
import { tableCommand } from "../../webview/table/table-keys.ts";
import { edgeTarget, moveEdge, rangeOfDrag } from "../../webview/timeline/range.ts";

const stateAfter = (...actions: Action[]): ViewState => actions.reduce(reduce, initialState);

const key = fc.record({ node: fc.integer({ min: -1 }), func: fc.integer({ min: -1 }) });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant("show" as const),
    view: fc.constantFrom("flame" as const, "table" as const, "next" as const),
  }),
  fc.record({ kind: fc.constant("zoom" as const), root: fc.option(fc.nat(), { nil: undefined }) }),
  fc.record({
    kind: fc.constant("sandwich" as const),
    func: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("select" as const),
    selection: fc.option(key, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("search" as const), text: fc.string() }),
  fc.record({ kind: fc.constant("idle" as const), include: fc.boolean() }),
  fc.record({
    kind: fc.constant("thread" as const),
    thread: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("range" as const),
    range: fc.option(fc.record({ from: fc.nat(), to: fc.nat() }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("table-mode" as const),
    mode: fc.constantFrom("functions" as const, "bottom-up" as const, "call-tree" as const),
  }),
  fc.record({
    kind: fc.constant("sort" as const),
    key: fc.constantFrom("self" as const, "total" as const, "name" as const, "location" as const),
  }),
  fc.record({ kind: fc.constant("expand" as const), path: fc.string(), open: fc.boolean() }),
);

describe("webview state", () => {
  it("comes back from saving as it was, after anything a user can do", () => {
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const saved = JSON.stringify(stateAfter(...actions));
        assert.deepEqual(restoreState(JSON.parse(saved)), JSON.parse(saved));
      }),
    );
  });

  it("takes anything else that was saved for nothing", () => {
    fc.assert(fc.property(fc.jsonValue(), (saved) => void restoreState(saved)));
    for (const saved of [undefined, null, 3, "x", [], { view: "other", camera: { span: 0 } }]) {
      assert.deepEqual(restoreState(saved), initialState);
    }
  });

  it("switches views in place", () => {
    assert.equal(stateAfter({ kind: "show", view: "next" }).view, "table");
    assert.equal(
      stateAfter({ kind: "show", view: "next" }, { kind: "show", view: "next" }).view,
      "flame",
    );
  });

  it("reveals a function in the whole graph, out of any zoom, sandwich or table", () => {
    const state = stateAfter(
      { kind: "zoom", root: 3 },
      { kind: "sandwich", func: 4 },
      { kind: "show", view: "table" },
      { kind: "reveal", func: 7 },
    );
    assert.deepEqual(state, { ...initialState, selection: { node: -1, func: 7 }, reveals: 1 });
  });

  it("sorts times from the largest, texts from the first, and turns round", () => {
    const sorting = (...actions: Action[]) => stateAfter(...actions).table.sorting.functions;
    const by = (sort: "self" | "name"): Action => ({ kind: "sort", key: sort });
    assert.deepEqual(sorting(by("name")), { sort: "name", order: "ascending" });
    assert.deepEqual(sorting(by("name"), by("name")), { sort: "name", order: "descending" });
    assert.deepEqual(sorting(by("name"), by("self")), { sort: "self", order: "descending" });
    assert.deepEqual(sorting(by("self")), { sort: "self", order: "ascending" });
  });

  it("keeps open rows apart by mode, and not without bound", () => {
    const open = (path: string): Action => ({ kind: "expand", path, open: true });
    const state = stateAfter(
      { kind: "table-mode", mode: "call-tree" },
      open("1"),
      open("1/2"),
      open("1"),
    );
    assert.deepEqual(state.table.expanded["call-tree"], ["1/2", "1"]);
    assert.deepEqual(state.table.expanded["bottom-up"], []);
    const many = stateAfter(...Array.from({ length: 600 }, (_, i) => open(String(i))));
    assert.equal(many.table.expanded.functions.length, 500);
    assert.equal(many.table.expanded.functions.at(-1), "599");
  });
});

describe("webview phase", () => {
  it("follows the host from opening to open, and asks again when names come in", () => {
    const opening = nextPhase(initialPhase, {
      kind: "opening",
      title: "a",
      message: "Reading",
      share: 0.5,
    });
    assert.deepEqual(opening, { kind: "opening", title: "a", message: "Reading", share: 0.5 });
    const open = nextPhase(opening, { kind: "opened", title: "a" });
    assert.deepEqual(open, { kind: "open", title: "a", revision: 1 });
    assert.deepEqual(nextPhase(open, { kind: "updated" }), { ...open, revision: 2 });
    assert.deepEqual(nextPhase(open, { kind: "reveal", func: 1 }), open);
    assert.deepEqual(nextPhase(opening, { kind: "updated" }), opening);
    const failed = { kind: "failed", message: "No." } as const;
    assert.deepEqual(nextPhase(open, failed), failed);
  });
});

describe("webview keys", () => {
  const press = (name: string, more = {}) => ({
    key: name,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });

  it("leaves chords to the editor", () => {
    for (const chord of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
      assert.equal(flameCommand(press("ArrowUp", chord), "down"), undefined);
      assert.equal(tableCommand(press("ArrowUp", chord), cursor()), undefined);
    }
  });

  it("walks the way that the graph grows", () => {
    const child = { kind: "step", step: "child" };
    assert.deepEqual(flameCommand(press("ArrowDown"), "down"), child);
    assert.deepEqual(flameCommand(press("ArrowUp"), "up"), child);
  });

  const cursor = (more = {}) => ({
    at: 5,
    count: 10,
    rowsPerPage: 4,
    isExpandable: false,
    isExpanded: false,
    ...more,
  });

  it("moves within the table", () => {
    const to = (name: string, more = {}) => tableCommand(press(name), cursor(more));
    assert.deepEqual(to("ArrowDown"), { kind: "move", to: 6 });
    assert.deepEqual(to("ArrowDown", { at: 9 }), { kind: "move", to: 9 });
    assert.deepEqual(to("ArrowDown", { at: -1 }), { kind: "move", to: 0 });
    assert.deepEqual(to("PageUp"), { kind: "move", to: 1 });
    assert.deepEqual(to("End"), { kind: "move", to: 9 });
    assert.deepEqual(to("ArrowRight", { isExpandable: true }), { kind: "open" });
    assert.deepEqual(to("ArrowRight", { isExpandable: true, isExpanded: true }), {
      kind: "move",
      to: 6,
    });
    assert.equal(to("ArrowRight"), undefined);
    assert.deepEqual(to("ArrowLeft", { isExpanded: true }), { kind: "close" });
    assert.deepEqual(to("ArrowLeft"), { kind: "to-parent" });
  });
});

describe("webview time range", () => {
  it("is a drag's, whichever way it went, cut to the strip", () => {
    assert.deepEqual(rangeOfDrag(80, 20, 100, 1000), { from: 200, to: 800 });
    assert.deepEqual(rangeOfDrag(50, 500, 100, 1000), { from: 500, to: 1000 });
    assert.equal(rangeOfDrag(50, 51, 100, 1000), undefined);
  });

  it("moves edge by edge, never through itself, and is gone when it covers everything", () => {
    const range = { from: 200, to: 300 };
    assert.deepEqual(moveEdge(range, "from", 290, 50, 1000), { from: 250, to: 300 });
    assert.deepEqual(moveEdge(range, "to", 100, 50, 1000), { from: 200, to: 250 });
    assert.deepEqual(moveEdge(undefined, "from", 10, 10, 1000), { from: 10, to: 1000 });
    const end = edgeTarget("End", 300, 10)!;
    assert.deepEqual(moveEdge(range, "to", end, 10, 1000), { from: 200, to: 1000 });
    const home = edgeTarget("Home", 200, 10)!;
    assert.equal(moveEdge({ from: 200, to: 1000 }, "from", home, 10, 1000), undefined);
    assert.equal(edgeTarget("a", 1, 1), undefined);
  });
});
