import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import fc from "fast-check";
import { openProfile } from "../../../src/formats/open.ts";
import { writerFormats } from "../../../src/formats/writer-formats.ts";
import { writers } from "../../../src/formats/writers.ts";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { querySchema } from "../../../src/profile/query.ts";
import { functionName } from "../../../src/profile/views/function-info.ts";
import { ProfileViews } from "../../../src/profile/views/profile-views.ts";
import { documents } from "../../generators/cpuprofile-documents.ts";
import { buildPlainProfile, plainSamples } from "../../generators/profile.ts";

/** Self and total by function name. */
function times(profile: Profile) {
  const query = querySchema.parse({
    kind: "functions",
    filter: { includeIdle: true },
    sort: "name",
    limit: 10_000,
  });
  const answer = new ProfileViews(profile).answer(query);
  assert.ok("rows" in answer);
  return Array.from(answer.rows.func, (func, i) => [
    answer.functions[func]!.name,
    answer.rows.self[i],
    answer.rows.total[i],
  ]).sort();
}

function busyTimes(profile: Profile) {
  return times(profile).filter(([name]) => name !== "(idle)");
}

function selfByLine({ samples, nodes, frames, functions, strings }: Profile) {
  const self = new Map<string, number>();
  for (let i = 0; i < samples.length; i++) {
    const frame = nodes.frame[samples.node[i]!]!;
    const key = `${strings[functions.name[frames.func[frame]!]!]}:${frames.line[frame]}`;
    self.set(key, (self.get(key) ?? 0) + 1);
  }
  return self;
}

function definitions({ functions, strings }: Profile): string[] {
  return Array.from(functions.name, (name, func) =>
    [name, functions.url[func]!]
      .map((id) => strings[id])
      .concat(`${functions.line[func]}:${functions.column[func]}:${functions.category[func]}`)
      .join(" "),
  ).sort();
}

describe("writers", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-writers-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function written(profile: Profile, format: keyof typeof writers): Promise<string> {
    const path = join(folder, `out.${format}`);
    await writers[format](profile, createWriteStream(path));
    return path;
  }

  it("write a .cpuprofile whose self and total times are the profile's", async () => {
    await fc.assert(
      fc.asyncProperty(
        plainSamples.filter(({ length }) => length > 0),
        async (samples) => {
          const profile = buildPlainProfile(samples);
          const path = await written(profile, "cpuprofile");
          // Gaps become idle time: here, where one thread was recorded and the other was not.
          assert.deepEqual(busyTimes(await openProfile(path)), busyTimes(profile));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("write a .cpuprofile that reads as the one it came from, lines too", async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const first = join(folder, "first.cpuprofile");
        await writeFile(first, JSON.stringify(document));
        const profile = await openProfile(first);
        const again = await openProfile(await written(profile, "cpuprofile"));
        assert.deepEqual(times(again), times(profile));
        assert.deepEqual(selfByLine(again), selfByLine(profile));
        assert.deepEqual(definitions(again), definitions(profile));
        assert.deepEqual(again.warnings, []);
      }),
      { numRuns: 50 },
    );
  });

  it("write gaps between samples as idle time, charged to no function", async () => {
    const builder = new ProfileBuilder();
    const node = builder.node(-1, builder.frame(builder.func({ name: "f", category: "js" })));
    builder.sample(node, 100, 10);
    builder.sample(node, 110.4, 10);
    builder.sample(node, 500, 10);
    const path = await written(builder.finish({ format: "test", title: "" }), "cpuprofile");
    const { samples, timeDeltas, startTime, endTime } = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(
      [samples, timeDeltas, endTime - startTime],
      [[2, 2, 3, 2], [0, 10, 10, 380], 410],
    );
  });

  it("leave out of position ticks what a bundler put in from another file", async () => {
    const builder = new ProfileBuilder();
    const func = builder.func({ name: "f", url: "/b.js", line: 1, category: "js" });
    for (const line of [2, 3]) {
      builder.sample(builder.node(-1, builder.frame(func, { line })), line, 1);
    }
    const profile = builder.finish({ format: "test", title: "" });
    const elsewhere = [...profile.strings, "/other.ts"];
    profile.frames.originalUrl[0] = elsewhere.length - 1;
    profile.frames.originalLine[0] = 70;
    const path = await written({ ...profile, strings: elsewhere }, "cpuprofile");
    const { nodes } = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(nodes[1].positionTicks, [{ line: 3, ticks: 1 }]);
    assert.equal(nodes[1].hitCount, 2);
  });

  it("write folded stacks whose lines add up to the profile", async () => {
    await fc.assert(
      fc.asyncProperty(plainSamples, async (samples) => {
        const profile = buildPlainProfile(samples);
        const lines = (await readFile(await written(profile, "folded"), "utf8"))
          .split("\n")
          .filter((line) => line !== "");
        const expected = new Map<string, number>();
        for (const { stack, weight } of samples) {
          const key = stack.map(({ func }) => functionName(profile, func)).join(";");
          expected.set(key, (expected.get(key) ?? 0) + weight);
        }
        const found = new Map<string, number>();
        for (const line of lines) {
          const space = line.lastIndexOf(" ");
          const key = line.slice(0, space);
          found.set(key, (found.get(key) ?? 0) + Number(line.slice(space + 1)));
        }
        assert.deepEqual(found, expected);
      }),
      { numRuns: 50 },
    );
  });

  it("write speedscope files with a profile for each thread", async () => {
    const profile = buildPlainProfile([
      {
        stack: [
          { func: 0, line: 1 },
          { func: 1, line: 2 },
        ],
        weight: 5,
        thread: 0,
      },
      { stack: [{ func: 2, line: 1 }], weight: 3, thread: 1 },
    ]);
    const path = await written(profile, "speedscope");
    const { shared, profiles } = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(shared.frames[1], { name: "beta", file: "/app/one.js", line: 2 });
    assert.deepEqual(
      profiles.map(({ name, samples, weights, endValue }: Record<string, unknown>) => [
        name,
        samples,
        weights,
        endValue,
      ]),
      [
        ["Main", [[0, 1]], [5], 8],
        ["Worker", [[2]], [3], 8],
      ],
    );
  });

  it("keep a name that would break a line on its line", async () => {
    const builder = new ProfileBuilder();
    const func = builder.func({ name: "a;b\nc", category: "js" });
    builder.sample(builder.node(-1, builder.frame(func)), 0, 7);
    const path = await written(builder.finish({ format: "test", title: "" }), "folded");
    assert.equal(await readFile(path, "utf8"), "a b c 7\n");
  });

  it("stop when told to, with the reason", async () => {
    const profile = buildPlainProfile([{ stack: [{ func: 0, line: 1 }], weight: 1, thread: 0 }]);
    for (const format of writerFormats) {
      const stream = createWriteStream(join(folder, "aborted"));
      const reason = new Error("enough");
      await assert.rejects(writers[format](profile, stream, AbortSignal.abort(reason)), reason);
      assert.ok(stream.destroyed);
    }
  });

  it("do not wait for ever on a stream that takes nothing more", async () => {
    const samples = Array.from({ length: 20_000 }, (_, i) => ({
      stack: [{ func: i % 3, line: 1 }],
      weight: 1,
      thread: 0,
    }));
    const profile = buildPlainProfile(samples);
    for (const format of ["cpuprofile", "speedscope"] as const) {
      const stuck = () => new Writable({ write() {}, highWaterMark: 10 });
      const closed = stuck();
      setImmediate(() => closed.destroy());
      await assert.rejects(writers[format](profile, closed), /closed too early/);

      const stop = new AbortController();
      const reason = new Error("enough");
      setImmediate(() => stop.abort(reason));
      await assert.rejects(writers[format](profile, stuck(), stop.signal), reason);
    }
  });
});
