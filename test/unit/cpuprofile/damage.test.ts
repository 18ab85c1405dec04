import assert from "node:assert/strict";
import fc from "fast-check";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";
import { FormatError } from "../../../src/formats/format-error.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { checkProfile, readContent, timesOf, warningsOf, withFile } from "./helpers.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

const node = (id: number, functionName: string, children: number[]) => ({
  id,
  callFrame: { functionName, scriptId: "7", url: "/a.js", lineNumber: id, columnNumber: 3 },
  hitCount: 1,
  children,
  positionTicks: [{ line: id + 2, ticks: 1 }],
});

const small = JSON.stringify({
  $vscode: { rootPath: "/", locations: [[{ a: "\\" }], null, true] },
  nodes: [node(1, "(root)", [2, 3]), node(2, 'm"ain', [4]), node(3, "größe", []), node(4, "w", [])],
  startTime: 1e6,
  endTime: 1.0005e6,
  samples: [2, 3, 4, 4, 2],
  timeDeltas: [10, 100, 100, 100, 90],
});

const smallTrace = JSON.stringify({
  traceEvents: [
    { name: "thread_name", ph: "M", pid: 1, tid: 2, args: { name: "Main" } },
    {
      name: "Profile",
      ph: "P",
      pid: 1,
      tid: 2,
      ts: 5,
      id: "0x1",
      args: { data: { startTime: 5 } },
    },
    {
      args: {
        data: {
          cpuProfile: { nodes: [{ id: 1, callFrame: { functionName: "f" } }], samples: [1, 1] },
          timeDeltas: [5, 6],
          lines: [1, 0],
        },
      },
      name: "ProfileChunk",
      ph: "P",
      pid: 1,
      tid: 9,
      id: "0x1",
    },
  ],
});

/** The profile, or undefined for a `FormatError` that names a byte of the file. */
async function readOrRefuse(content: Uint8Array): Promise<Profile | undefined> {
  try {
    const profile = await readContent(content);
    checkProfile(profile);
    return profile;
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    assert.ok(error.offset >= 0 && error.offset <= content.length);
    return undefined;
  }
}

describe("damaged CPU profiles", () => {
  for (const [name, text] of [
    ["profile", small],
    ["trace", smallTrace],
  ] as const) {
    it(`keep what stands before the end of a ${name} that is cut at any byte`, async () => {
      const bytes = Buffer.from(text);
      let nodesBefore = 0;
      for (let length = 0; length < bytes.length; length++) {
        const profile = await readOrRefuse(bytes.subarray(0, length));
        const nodes = profile?.nodes.length ?? 0;
        assert.ok(nodes > 0 || nodesBefore === 0, `all lost at byte ${length}`);
        nodesBefore = nodes;
        if (profile) assert.equal(warningsOf(profile)["incomplete-file"], 1, `byte ${length}`);
      }
      assert.ok(nodesBefore > 0);
    });

    it(`never break the reader with flipped bits of a ${name}`, async () => {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += isLong ? 1 : 3) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << (at % 8);
        await readOrRefuse(flipped);
      }
    });
  }

  it("hold the samples that were read in time when the deltas are cut off", async () => {
    const cut = small.slice(0, small.indexOf("100,100,90]"));
    const profile = await readContent(cut);
    assert.equal(profile.samples.length, 5);
    assert.equal(
      [...timesOf(profile).self.values()].reduce((a, b) => a + b),
      490,
    );
    assert.deepEqual(warningsOf(profile), { "incomplete-file": 1, "missing-time-deltas": 3 });
  });

  it("answer any JSON, and any bytes, with a profile or a FormatError", async () => {
    const members = fc.constantFrom("nodes", "samples", "timeDeltas", "startTime", "traceEvents");
    const anything = fc.oneof(
      fc.json().map((json) => Buffer.from(json)),
      fc.dictionary(members, fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value))),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(fc.asyncProperty(anything, async (bytes) => void (await readOrRefuse(bytes))));
  });

  it("step over a string of any length, and refuse only a name beyond all measure", async () => {
    const long = "x".repeat(2 ** 26);
    const skipped = await readContent(`{"source":"${long}",${small.slice(1)}`);
    assert.deepEqual(warningsOf(skipped), {});
    const named = small.replace('"functionName":"w"', `"functionName":"${long}"`);
    const profile = await readContent(named);
    assert.deepEqual(warningsOf(profile)["incomplete-file"], 1);
    assert.match(profile.warnings[0]!.message, /expected a string shorter than 67108864 bytes/);
  });

  it("do not exhaust the stack or the memory with nesting", async () => {
    const depth = 2_000_000;
    for (const bomb of [
      "[".repeat(depth),
      '{"nodes":'.repeat(depth),
      `{"nodes":${"[".repeat(depth)}`,
    ]) {
      await assert.rejects(readContent(bomb), FormatError);
    }
  });

  const refusals: readonly [content: string, message: string][] = [
    ["", "expected a JSON value, found the end of the file at byte 0."],
    ["hello", 'expected a JSON value, found "h" at byte 0.'],
    ["{}", "expected a CPU profile with nodes, found JSON without any at byte 0."],
    ['{"nodes":[1,2]}', "expected a CPU profile with nodes, found JSON without any at byte 0."],
    [
      '{"traceEvents":[{"ph":"X","name":"RunTask"}]}',
      "expected a Chrome trace with a CPU profile, found a trace that was recorded without one at byte 0.",
    ],
    [
      '{"nodes":[{"id":1,"callFrame":{"functionName":"a',
      "expected a JSON value, found the end of the file at byte 48.",
    ],
  ];
  for (const [content, message] of refusals) {
    it(`are refused in one sentence: ${JSON.stringify(content)}`, async () => {
      await withFile(content, (path) =>
        assert.rejects(cpuprofileReader.read(path), { message: `${path}: ${message}` }),
      );
    });
  }
});
