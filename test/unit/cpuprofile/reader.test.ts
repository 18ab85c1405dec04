import assert from "node:assert/strict";
import fc from "fast-check";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";
import { categories, type Profile } from "../../../src/profile/profile.ts";
import { documents, naiveTimes } from "../../generators/cpuprofile-documents.ts";
import {
  checkProfile,
  nameOf,
  readContent,
  readDocument,
  stackOf,
  timesOf,
  warningsOf,
  withFile,
} from "./helpers.ts";

const callFrame = (functionName: string, url = "/app/a.js", lineNumber = 9, columnNumber = 4) => ({
  functionName,
  scriptId: "1",
  url,
  lineNumber,
  columnNumber,
});

/** (root) → main → work; two samples on work, then one on main: 10, 20 and 30 µs. */
const simple = {
  nodes: [
    { id: 1, callFrame: callFrame("(root)", "", -1, -1), hitCount: 0, children: [2] },
    { id: 2, callFrame: callFrame("main"), hitCount: 1, children: [3] },
    { id: 3, callFrame: callFrame("work"), hitCount: 2 },
  ],
  startTime: 1000,
  endTime: 1065,
  samples: [3, 3, 2],
  timeDeltas: [5, 10, 20],
};

/** Samples as [stack, time, weight]. */
function samplesOf(profile: Profile) {
  const { samples } = profile;
  return Array.from({ length: samples.length }, (_, i) => [
    stackOf(profile, samples.node[i]!).join(" "),
    samples.time[i],
    samples.weight[i],
  ]);
}

const simpleSamples = [
  ["main work", 5, 10],
  ["main work", 15, 20],
  ["main", 35, 30],
];

describe("cpuprofile reader", () => {
  it("reads stacks without (root), each sample lasting until the next", async () => {
    const profile = await readDocument(simple);
    assert.deepEqual(samplesOf(profile), simpleSamples);
    assert.deepEqual(profile.meta, {
      format: "cpuprofile",
      version: "",
      title: "test.cpuprofile",
      duration: 65,
      interval: 0,
      weightUnit: "microseconds",
    });
    assert.deepEqual(profile.warnings, []);
  });

  it("counts lines and columns from 1", async () => {
    const { functions } = await readDocument(simple);
    assert.deepEqual([...functions.line], [10, 10]);
    assert.deepEqual([...functions.column], [5, 5]);
  });

  it("tells self and total time as a naive reader does, for any tree and any ids", async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const text = JSON.stringify(document);
        const profile = await readContent(text);
        checkProfile(profile);
        assert.deepEqual(timesOf(profile), naiveTimes(text));
        assert.deepEqual(warningsOf(profile), {});
      }),
      { numRuns: 200 },
    );
  });

  it("reads the members in any order", async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.infiniteStream(fc.nat()), async (document, random) => {
        const shuffled = shuffleMembers(document, () => random.next().value);
        const profile = await readDocument(shuffled);
        assert.deepEqual(timesOf(profile), naiveTimes(JSON.stringify(document)));
      }),
      { numRuns: 100 },
    );
  });

  it("merges callees of one function that the file lists apart", async () => {
    const nodes = [
      { ...simple.nodes[0], children: [2, 3] },
      { id: 2, callFrame: callFrame("work") },
      { id: 3, callFrame: callFrame("work") },
    ];
    const profile = await readDocument({ ...simple, nodes, samples: [2, 3, 2] });
    assert.equal(profile.nodes.length, 1);
  });

  describe("categories", () => {
    const cases: readonly [name: string, url: string, line: number, category: string][] = [
      ["(program)", "", -1, "program"],
      ["(idle)", "", -1, "idle"],
      ["(garbage collector)", "", -1, "gc"],
      ["handler", "file:///app/a.js", 3, "js"],
      ["(idle)", "file:///app/a.js", 3, "js"],
      ["", "", 0, "js"],
      ["readFileSync", "node:fs", 10, "js"],
      ["writeUtf8String", "", -1, "native"],
      ["RegExp: (a+)+b", "", -1, "regexp"],
      ["wasm-function[3]", "wasm://wasm/45a967e2", 0, "wasm"],
      ["js-to-wasm", "", -1, "wasm"],
    ];
    for (const [name, url, line, category] of cases) {
      it(`has ${JSON.stringify(name)} of ${JSON.stringify(url)} as ${category}`, async () => {
        const nodes = [{ id: 1, callFrame: callFrame(name, url, line, line) }];
        const { functions, strings } = await readDocument({ ...simple, nodes, samples: [1] });
        assert.equal(categories[functions.category[0]!], category);
        assert.equal(strings[functions.module[0]!], url.startsWith("node:") ? "node" : "");
      });
    }
  });

  describe("lines", () => {
    const hot = (positionTicks: unknown, hitCount: number, more = {}) => ({
      ...simple,
      nodes: [
        simple.nodes[0],
        simple.nodes[1],
        { ...simple.nodes[2], hitCount, positionTicks, ...more },
      ],
      samples: Array(hitCount).fill(3),
      timeDeltas: Array(hitCount).fill(10),
    });
    const stacks = (profile: Profile) => samplesOf(profile).map(([stack]) => stack);

    it("gives a node's samples to its lines in proportion to their ticks", async () => {
      const ticks = [
        { line: 12, ticks: 3 },
        { line: 14, ticks: 1 },
      ];
      const profile = await readDocument(hot(ticks, 4));
      assert.deepEqual(stacks(profile), [
        "main work:12",
        "main work:12",
        "main work:12",
        "main work:14",
      ]);
      assert.equal(profile.functions.length, 2);
    });

    it("leaves hits of no known line on the function", async () => {
      const profile = await readDocument(hot([{ line: 12, ticks: 1 }], 3));
      assert.deepEqual(stacks(profile), ["main work:12", "main work", "main work"]);
    });

    it("hangs callees on the function, not on a line of it", async () => {
      const document = hot([{ line: 12, ticks: 1 }], 1, { children: [4] });
      document.nodes.push({ id: 4, callFrame: callFrame("deep") } as never);
      document.samples.push(4);
      assert.deepEqual(stacks(await readDocument(document)), ["main work:12", "main work deep"]);
    });

    it("keeps every line within one sample of its share", async () => {
      const ticks = fc.uniqueArray(
        fc.record({ line: fc.integer({ min: 1, max: 50 }), ticks: fc.integer({ min: 1, max: 9 }) }),
        { minLength: 1, selector: ({ line }) => line },
      );
      await fc.assert(
        fc.asyncProperty(ticks, fc.integer({ min: 1, max: 60 }), async (positionTicks, count) => {
          const all = positionTicks.reduce((sum, { ticks }) => sum + ticks, 0);
          const document = hot(positionTicks, count, { hitCount: 0 });
          const found = stacks(await readDocument(document));
          assert.equal(found.length, count);
          for (const { line, ticks } of positionTicks) {
            const got = found.filter((stack) => stack === `main work:${line}`).length;
            assert.ok(Math.abs(got - (count * ticks) / all) <= 1, `${got} of line ${line}`);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("ignores the lines of code without a source", async () => {
      const native = { callFrame: callFrame("open", "", -1, -1) };
      const profile = await readDocument(hot([{ line: 621, ticks: 2 }], 2, native));
      assert.deepEqual(stacks(profile), ["main open", "main open"]);
    });
  });

  describe("inconsistent files", () => {
    const cases: readonly [
      title: string,
      change: object,
      samples: unknown[][],
      warnings: Record<string, number>,
    ][] = [
      [
        "samples of unknown nodes",
        { samples: [3, 99, 99] },
        [
          ["main work", 5, 10],
          ["(unknown)", 15, 20],
          ["(unknown)", 35, 30],
        ],
        { "unknown-node": 2 },
      ],
      [
        "no time deltas",
        { timeDeltas: undefined, endTime: 1060 },
        [
          ["main work", 0, 20],
          ["main work", 20, 20],
          ["main", 40, 20],
        ],
        { "missing-time-deltas": 3 },
      ],
      [
        "too few time deltas",
        { timeDeltas: [5, 10] },
        [
          ["main work", 5, 10],
          ["main work", 15, 25],
          ["main", 40, 25],
        ],
        { "missing-time-deltas": 1 },
      ],
      [
        "too many time deltas",
        { timeDeltas: [5, 10, 20, 25, 7] },
        [
          ["main work", 5, 10],
          ["main work", 15, 20],
          ["main", 35, 25],
        ],
        { "surplus-time-deltas": 2 },
      ],
      [
        "no times at all",
        { timeDeltas: undefined, startTime: undefined, endTime: undefined },
        [
          ["main work", 0, 1000],
          ["main work", 1000, 1000],
          ["main", 2000, 1000],
        ],
        { "missing-time-deltas": 3, "missing-time-range": 1 },
      ],
      [
        "an end without a start",
        { startTime: undefined },
        [
          ["main work", 5, 10],
          ["main work", 15, 20],
          ["main", 35, 15],
        ],
        { "missing-time-range": 1 },
      ],
      [
        "an end before the last sample",
        { endTime: 1001 },
        [
          ["main work", 5, 10],
          ["main work", 15, 20],
          ["main", 35, 15],
        ],
        { "early-end": 1 },
      ],
      [
        "a negative delta",
        { samples: [3, 2, 3], timeDeltas: [20, -10, 25] },
        [
          ["main", 10, 10],
          ["main work", 20, 15],
          ["main work", 35, 30],
        ],
        { "samples-out-of-order": 1 },
      ],
      [
        "a delta before the start",
        { timeDeltas: [-5, 10, 20] },
        [
          ["main work", 0, 10],
          ["main work", 10, 20],
          ["main", 30, 40],
        ],
        { "early-samples": 1 },
      ],
      [
        "hits and no samples",
        { samples: undefined, timeDeltas: undefined, endTime: 1030 },
        [
          ["main", 0, 10],
          ["main work", 10, 20],
        ],
        { "no-samples": 1 },
      ],
      [
        "hits by line and no samples",
        {
          nodes: [
            { ...simple.nodes[2], hitCount: 6, positionTicks: [{ line: 12, ticks: 4 }] },
            { ...simple.nodes[1], hitCount: 2, children: [] },
          ],
          samples: [],
          timeDeltas: [],
          endTime: 1080,
        },
        [
          ["work:12", 0, 40],
          ["work", 40, 20],
          ["main", 60, 20],
        ],
        { "no-samples": 1 },
      ],
    ];
    for (const [title, change, samples, warnings] of cases) {
      it(`reads ${title}, and counts`, async () => {
        const profile = await readDocument({ ...simple, ...change });
        assert.deepEqual(samplesOf(profile), samples);
        assert.deepEqual(warningsOf(profile), warnings);
        checkProfile(profile);
      });
    }

    const trees: readonly [
      title: string,
      nodes: object[],
      stacks: string[],
      warnings: Record<string, number>,
    ][] = [
      [
        "callees that the file lacks",
        [{ id: 1, callFrame: callFrame("main"), children: [7, 8] }],
        ["main"],
        { "missing-node": 2 },
      ],
      [
        "a parent that the file lacks",
        [{ id: 1, callFrame: callFrame("main"), parent: 9 }],
        ["(unknown) main"],
        { "missing-node": 1 },
      ],
      [
        "a cycle",
        [
          { id: 1, callFrame: callFrame("main"), children: [2] },
          { id: 2, callFrame: callFrame("work"), children: [1] },
        ],
        ["work main"],
        { "node-cycle": 1 },
      ],
      [
        "a node that calls itself",
        [{ id: 1, callFrame: callFrame("main"), children: [1] }],
        ["main"],
        { "node-cycle": 1 },
      ],
      [
        "two parents",
        [
          { id: 2, callFrame: callFrame("one"), children: [1] },
          { id: 3, callFrame: callFrame("two"), children: [1] },
          { id: 1, callFrame: callFrame("main") },
        ],
        ["one main"],
        { "two-parents": 1 },
      ],
      [
        "two nodes of one id",
        [
          { id: 1, callFrame: callFrame("first") },
          { id: 1, callFrame: callFrame("second") },
        ],
        ["first"],
        { "duplicate-node": 1 },
      ],
      [
        "a node without an id",
        [{ callFrame: callFrame("lost") }, { id: 1, callFrame: callFrame("main") }],
        ["main"],
        { "node-without-id": 1 },
      ],
      ["a node without a call frame", [{ id: 1 }], [""], { "incomplete-node": 1 }],
      [
        "fields of the wrong kind",
        [
          {
            id: 1,
            callFrame: { functionName: "main", url: 7, lineNumber: "x", columnNumber: -3.5 },
            hitCount: "many",
            children: "none",
            positionTicks: [{ line: -1, ticks: 2 }, 5, { ticks: 1 }],
          },
        ],
        ["main"],
        {},
      ],
    ];
    for (const [title, nodes, stacks, warnings] of trees) {
      it(`reads ${title}, and counts`, async () => {
        const document = { ...simple, nodes, samples: [1], timeDeltas: [5] };
        const profile = await readDocument(document);
        assert.deepEqual(
          samplesOf(profile).map(([stack]) => stack),
          stacks,
        );
        assert.deepEqual(warningsOf(profile), warnings);
        checkProfile(profile);
      });
    }

    it("cuts every cycle of any links", async () => {
      const links = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), {
        minLength: 1,
        maxLength: 10,
      });
      await fc.assert(
        fc.asyncProperty(links, async (childrenOf) => {
          const nodes = childrenOf.map((children, id) => ({
            id,
            callFrame: callFrame(`f${id}`),
            children,
          }));
          const samples = nodes.map(({ id }) => id);
          const profile = await readDocument({ nodes, samples, timeDeltas: samples });
          checkProfile(profile);
          assert.deepEqual(
            Array.from(profile.samples.node, (node) => nameOf(profile, node)),
            samples.map((id) => `f${id}`),
          );
        }),
        { numRuns: 100 },
      );
    });

    it("keeps time that samples leave on (root)", async () => {
      const profile = await readDocument({ ...simple, samples: [1, 3, 2] });
      assert.deepEqual(samplesOf(profile)[0], ["(root)", 5, 10]);
      assert.equal(categories[profile.functions.category.at(-1)!], "program");
    });
  });

  it("reports progress and stops with the signal's reason", async () => {
    const text = JSON.stringify(simple);
    await withFile(text, async (path) => {
      const progress: number[][] = [];
      const onProgress = (...step: number[]) => progress.push(step);
      await cpuprofileReader.read(path, { onProgress });
      assert.deepEqual(progress.at(-1), [text.length, text.length]);
      const reason = new Error("enough");
      const aborted = cpuprofileReader.read(path, { signal: AbortSignal.abort(reason) });
      await assert.rejects(aborted, reason);
    });
  });

  it("keeps names that need escapes, however long", async () => {
    for (const name of ["</script>", 'a"b\\c\nd\u2028', "ÿ漢😀", "x".repeat(3_000_000)]) {
      const nodes = [{ id: 1, callFrame: callFrame(name) }];
      const profile = await readDocument({ ...simple, nodes, samples: [1], timeDeltas: [5] });
      assert.equal(nameOf(profile, 0), name);
    }
  });
});

function shuffleMembers(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleMembers(item, random));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => ({ key, member, rank: random() }));
  members.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(
    members.map(({ key, member }) => [key, shuffleMembers(member, random)]),
  );
}
