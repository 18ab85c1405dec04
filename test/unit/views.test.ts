import assert from "node:assert/strict";
import fc from "fast-check";
import { ProfileBuilder } from "../../src/profile/builder.ts";
import {
  type AnswerTo,
  type Boxes,
  type FunctionInfo,
  type QueryInput,
  type QueryKind,
  querySchema,
} from "../../src/profile/query.ts";
import { ProfileViews } from "../../src/profile/views/profile-views.ts";
import {
  buildPlainProfile,
  type PlainSample,
  plainFunctions,
  plainSamples,
} from "../generators/profile.ts";

function ask<K extends QueryKind>(
  samples: readonly PlainSample[],
  query: Extract<QueryInput, { kind: K }>,
): AnswerTo<K> {
  const views = new ProfileViews(buildPlainProfile(samples));
  return views.answer(querySchema.parse(query)) as AnswerTo<K>;
}

const all = { includeIdle: true };

/** `main;work;leaf` with a weight, as folded stacks are written; lines are all 1. */
function stacks(...folded: [string, number][]): PlainSample[] {
  return folded.map(([names, weight]) => ({
    stack: names.split(";").map((name) => ({
      func: plainFunctions.findIndex((candidate) => candidate.name === name),
      line: 1,
    })),
    weight,
    thread: 0,
  }));
}

/** Boxes as `path → [start, self, total]`, paths from the root's row. */
function byPath(boxes: Boxes, functions: readonly FunctionInfo[]) {
  const found = new Map<string, readonly [number, number, number]>();
  const path: string[] = [];
  for (let i = 0; i < boxes.id.length; i++) {
    path.length = boxes.depth[i]!;
    path.push(functions[boxes.func[i]!]!.name);
    const key = path.join(";");
    assert.ok(!found.has(key), `two boxes for ${key}`);
    found.set(key, [boxes.start[i]!, boxes.self[i]!, boxes.total[i]!]);
  }
  return Object.fromEntries(found);
}

function rows({ rows: { func, self, total, expandable }, functions }: AnswerTo<"children">) {
  return Array.from(func, (index, i) => [
    functions[index]!.name,
    self[i],
    total[i],
    expandable[i] === 1,
  ]);
}

describe("flame", () => {
  it("lays the merged call tree out widest first", () => {
    const samples = stacks(
      ["alpha;beta", 1],
      ["alpha;gamma", 5],
      ["alpha", 2],
      ["alpha;beta", 2],
      ["delta", 1],
    );
    const { boxes, functions, total, omitted } = ask(samples, { kind: "flame" });
    assert.deepEqual(byPath(boxes, functions), {
      "(all)": [0, 0, 11],
      "(all);alpha": [0, 2, 10],
      "(all);alpha;gamma": [0, 5, 5],
      "(all);alpha;beta": [5, 3, 3],
      "(all);delta": [10, 1, 1],
    });
    assert.equal(total, 11);
    assert.equal(omitted, 0);
  });

  it("gives every path the time a naive count gives it", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const query = { kind: "flame", filter: all, minShare: 0 } as const;
        const { boxes, functions } = ask(samples, query);
        const naive: Record<string, number> = { "(all)": 0 };
        for (const { stack, weight } of samples) {
          naive["(all)"]! += weight;
          let path = "(all)";
          for (const { func } of stack) {
            path += `;${plainFunctions[func]!.name}`;
            naive[path] = (naive[path] ?? 0) + weight;
          }
        }
        const totals = Object.entries(byPath(boxes, functions)).map(([k, v]) => [k, v[2]]);
        assert.deepEqual(Object.fromEntries(totals), naive);
      }),
    );
  });

  it("zooms into a node and says what stands below it", () => {
    const samples = stacks(["alpha;beta;gamma", 3], ["alpha;delta", 4]);
    const whole = ask(samples, { kind: "flame" });
    const paths = Object.keys(byPath(whole.boxes, whole.functions));
    const root = whole.boxes.id[paths.indexOf("(all);alpha;beta")]!;
    const { boxes, functions, ancestors, total } = ask(samples, { kind: "flame", root });
    assert.deepEqual(byPath(boxes, functions), { beta: [0, 0, 3], "beta;gamma": [0, 3, 3] });
    assert.deepEqual(
      ancestors.map(({ func }) => func.name),
      ["alpha"],
    );
    assert.equal(total, 3);
  });

  it("knows a node again after functions were given the same name", () => {
    const samples = stacks(["alpha;beta;delta", 2], ["alpha;gamma;delta", 3]);
    const before = buildPlainProfile(samples);
    const { boxes, functions } = new ProfileViews(before).answer(
      querySchema.parse({ kind: "flame" }),
    ) as AnswerTo<"flame">;
    const paths = Object.keys(byPath(boxes, functions));
    const root = boxes.id[paths.indexOf("(all);alpha;gamma;delta")]!;
    const [beta, gamma] = [1, 2];
    const func = before.frames.func.map((f) => (f === gamma ? beta : f));
    const after = new ProfileViews({ ...before, frames: { ...before.frames, func } });
    const zoomed = after.answer(querySchema.parse({ kind: "flame", root })) as AnswerTo<"flame">;
    assert.deepEqual(byPath(zoomed.boxes, zoomed.functions), { delta: [0, 5, 5] });
  });

  it("counts what it leaves out for width and for depth", () => {
    const samples = stacks(["alpha;beta;gamma", 1000], ["alpha;delta", 1], ["beta", 1]);
    const narrow = ask(samples, { kind: "flame", minShare: 0.01 });
    assert.equal(narrow.omitted, 2);
    const shallow = ask(samples, { kind: "flame", minShare: 0, maxDepth: 2 });
    assert.deepEqual(Object.keys(byPath(shallow.boxes, shallow.functions)), [
      "(all)",
      "(all);alpha",
      "(all);beta",
    ]);
    assert.equal(shallow.omitted, 2);
  });

  it("stands a stack of ten thousand levels", () => {
    const stack = Array.from({ length: 10_000 }, (_, i) => ({ func: i % 2, line: 1 }));
    const { boxes } = ask([{ stack, weight: 1, thread: 0 }], { kind: "flame", maxDepth: 10_000 });
    assert.equal(boxes.id.length, 10_000);
  });

  it("names a node that does not exist", () => {
    assert.throws(() => ask(stacks(["alpha", 1]), { kind: "flame", root: 7 }), /node 7/);
  });
});

describe("sandwich", () => {
  it("shows callers and callees of all calls together, recursion once", () => {
    const samples = stacks(
      ["alpha;gamma;delta", 4],
      ["beta;gamma;gamma", 3],
      ["beta;gamma;gamma;delta", 2],
      ["beta", 9],
    );
    const gamma = plainFunctions.findIndex(({ name }) => name === "gamma");
    const answer = ask(samples, { kind: "sandwich", func: gamma, minShare: 0 });
    assert.equal(answer.self, 3);
    assert.equal(answer.total, 9);
    assert.deepEqual(byPath(answer.callers, answer.functions), {
      gamma: [0, 0, 9],
      "gamma;beta": [0, 5, 5],
      "gamma;alpha": [5, 4, 4],
    });
    assert.deepEqual(byPath(answer.callees, answer.functions), {
      gamma: [0, 0, 9],
      "gamma;gamma": [0, 3, 5],
      "gamma;gamma;delta": [0, 2, 2],
      "gamma;delta": [5, 4, 4],
    });
  });
});

describe("tables", () => {
  const samples = stacks(
    ["alpha;beta;gamma", 6],
    ["alpha;gamma", 3],
    ["beta;gamma;ArraySort", 2],
    ["alpha", 1],
  );

  it("lists functions by self time, a page at a time", () => {
    const first = ask(samples, { kind: "functions", limit: 2 });
    assert.deepEqual(rows(first), [
      ["gamma", 9, 11, true],
      ["ArraySort", 2, 2, true],
    ]);
    assert.equal(first.count, 4);
    const second = ask(samples, { kind: "functions", limit: 2, offset: 2 });
    assert.deepEqual(rows(second), [
      ["alpha", 1, 10, false],
      ["beta", 0, 8, true],
    ]);
  });

  it("sorts by every column and filters by name, file or module", () => {
    const names = (query: Partial<QueryInput>) =>
      rows(ask(samples, { kind: "functions", ...query } as { kind: "functions" })).map(([n]) => n);
    assert.deepEqual(names({ sort: "total" }), ["gamma", "alpha", "beta", "ArraySort"]);
    assert.deepEqual(names({ sort: "name", order: "ascending" }), [
      "alpha",
      "ArraySort",
      "beta",
      "gamma",
    ]);
    assert.deepEqual(names({ sort: "location" }), ["gamma", "beta", "alpha", "ArraySort"]);
    assert.deepEqual(names({ text: "ONE.js" }), ["alpha", "beta"]);
  });

  it("opens the call tree row by row", () => {
    const [alpha, beta] = [0, 1];
    assert.deepEqual(
      rows(ask(samples, { kind: "children", view: "call-tree", path: [], sort: "total" })),
      [
        ["alpha", 1, 10, true],
        ["beta", 0, 2, true],
      ],
    );
    assert.deepEqual(rows(ask(samples, { kind: "children", view: "call-tree", path: [alpha] })), [
      ["gamma", 3, 3, false],
      ["beta", 0, 6, true],
    ]);
    assert.deepEqual(
      rows(ask(samples, { kind: "children", view: "call-tree", path: [alpha, beta] })),
      [["gamma", 6, 6, false]],
    );
  });

  it("opens the bottom-up tree row by row", () => {
    const [beta, gamma] = [1, 2];
    assert.deepEqual(rows(ask(samples, { kind: "children", view: "bottom-up", path: [] })), [
      ["gamma", 9, 11, true],
      ["ArraySort", 2, 2, true],
      ["alpha", 1, 10, false],
    ]);
    assert.deepEqual(rows(ask(samples, { kind: "children", view: "bottom-up", path: [gamma] })), [
      ["beta", 6, 8, true],
      ["alpha", 3, 3, false],
    ]);
    assert.deepEqual(
      rows(ask(samples, { kind: "children", view: "bottom-up", path: [gamma, beta] })),
      [["alpha", 6, 6, false]],
    );
  });

  it("splits each function's self time among its callers without loss", () => {
    fc.assert(
      fc.property(plainSamples, fc.nat(5), (random, func) => {
        const top = ask(random, { kind: "functions", filter: all, limit: 10_000 });
        const names = rows(top);
        const row = names.find(([name]) => name === plainFunctions[func]!.name);
        const path = [func];
        const callers = ask(random, { kind: "children", view: "bottom-up", filter: all, path });
        const fromCallers = callers.rows.self.reduce((sum, self) => sum + self, 0);
        const asBottom = random
          .filter(({ stack }) => stack.length === 1 && stack[0]!.func === func)
          .reduce((sum, { weight }) => sum + weight, 0);
        assert.equal(fromCallers + asBottom, row?.[1] ?? 0);
      }),
    );
  });
});

describe("file", () => {
  it("gives the functions and lines of one file, however it is named", () => {
    const samples = stacks(["alpha;beta;ArraySort", 4], ["alpha", 1], ["gamma", 1]);
    for (const path of ["/app/one.js", "file:///app/one.js"]) {
      const { functions, lines, total } = ask(samples, { kind: "file", path });
      assert.deepEqual(
        functions.map(({ name, line, self, total: all }) => [name, line, self, all]),
        [
          ["alpha", 1, 1, 5],
          ["beta", 2, 4, 4],
        ],
      );
      assert.deepEqual(Array.from(lines.line), [1]);
      assert.deepEqual(Array.from(lines.self), [5]);
      assert.equal(total, 6);
    }
  });
});

describe("hottest", () => {
  it("ranks functions with a source, with their lines and calling lines", () => {
    const samples = stacks(["alpha;gamma;ArraySort", 6], ["beta;gamma", 2], ["delta", 1]);
    const { functions, total } = ask(samples, { kind: "hottest", minShare: 0.2 });
    assert.equal(total, 9);
    assert.deepEqual(
      functions.map(({ name, self, lines, callers }) => ({
        name,
        self,
        lines,
        callers: callers.map(({ name, callUrl, callLine, time }) => [
          name,
          callUrl,
          callLine,
          time,
        ]),
      })),
      [
        {
          name: "gamma",
          self: 8,
          lines: [{ url: "/app/two.js", line: 1, self: 8 }],
          callers: [
            ["alpha", "/app/one.js", 1, 6],
            ["beta", "/app/one.js", 1, 2],
          ],
        },
      ],
    );
  });
});

describe("hottest, of calls in several tiers", () => {
  it("counts one line's calls as one", () => {
    const builder = new ProfileBuilder();
    const place = { url: "/app/one.js", category: "js" } as const;
    const caller = builder.func({ ...place, name: "caller", line: 1 });
    const callee = builder.func({ ...place, name: "callee", line: 9 });
    const calls = [
      { line: 2, tier: "interpreter" },
      { line: 2, tier: "turbofan" },
      { line: 3, tier: "turbofan" },
    ] as const;
    for (const [i, call] of calls.entries()) {
      const node = builder.node(-1, builder.frame(caller, call));
      builder.sample(builder.node(node, builder.frame(callee, { line: 10 })), i, 1, 0);
    }
    const views = new ProfileViews(builder.finish({ format: "test", title: "tiers" }));
    const { functions } = views.answer(
      querySchema.parse({ kind: "hottest" }),
    ) as AnswerTo<"hottest">;
    assert.deepEqual(
      functions[0]!.callers.map(({ name, callLine, time }) => [name, callLine, time]),
      [
        ["caller", 2, 2],
        ["caller", 3, 1],
      ],
    );
  });
});

describe("search", () => {
  it("counts time with a match anywhere on the stack once", () => {
    const samples = stacks(["alpha;gamma;delta", 4], ["delta", 2], ["beta", 3]);
    const { count, time, total } = ask(samples, { kind: "search", text: "two.js" });
    assert.deepEqual([count, time, total], [2, 6, 9]);
    assert.equal(ask(samples, { kind: "search", text: " " }).count, 0);
  });
});

describe("summary and timeline", () => {
  it("count every sample, idle ones too", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const { byCategory, samples: count } = ask(samples, { kind: "summary" });
        assert.equal(count, samples.length);
        assert.equal(
          byCategory.reduce((sum, row) => sum + row.samples, 0),
          samples.length,
        );
        const { time } = ask(samples, { kind: "timeline", buckets: 7 });
        const spent = samples.reduce((sum, { weight }) => sum + weight, 0);
        assert.ok(Math.abs(time.reduce((sum, t) => sum + t, 0) - spent) < 1e-6);
      }),
    );
  });
});
