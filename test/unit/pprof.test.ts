import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import fc from "fast-check";
import protobuf from "protobufjs";
import { writers } from "../../src/formats/writers.ts";
import { ProfileBuilder } from "../../src/profile/builder.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { functionName } from "../../src/profile/views/function-info.ts";
import { buildPlainProfile, plainSamples } from "../generators/profile.ts";

/** pprof's own schema, as far as we write it, read by a library that we do not write with. */
const schema = `
  syntax = "proto3";
  message Profile {
    repeated ValueType sample_type = 1;
    repeated Sample sample = 2;
    repeated Mapping mapping = 3;
    repeated Location location = 4;
    repeated Function function = 5;
    repeated string string_table = 6;
    int64 time_nanos = 9;
    int64 duration_nanos = 10;
    ValueType period_type = 11;
    int64 period = 12;
    int64 default_sample_type = 14;
  }
  message ValueType { int64 type = 1; int64 unit = 2; }
  message Sample { repeated uint64 location_id = 1; repeated int64 value = 2; repeated Label label = 3; }
  message Label { int64 key = 1; int64 str = 2; int64 num = 3; int64 num_unit = 4; }
  message Mapping {
    uint64 id = 1; int64 filename = 5; bool has_functions = 7; bool has_filenames = 8; bool has_line_numbers = 9;
  }
  message Location { uint64 id = 1; uint64 mapping_id = 2; uint64 address = 3; repeated Line line = 4; }
  message Line { uint64 function_id = 1; int64 line = 2; }
  message Function { uint64 id = 1; int64 name = 2; int64 system_name = 3; int64 filename = 4; int64 start_line = 5; }`;
const type = protobuf.parse(schema).root.lookupType("Profile");

interface ValueTypeRow {
  readonly type: number;
  readonly unit: number;
}
/** What a reader sees. Numbers, as none of these is beyond what a number holds but `timeNanos`. */
interface Decoded {
  readonly sampleType: readonly ValueTypeRow[];
  readonly sample: readonly {
    readonly locationId: readonly number[];
    readonly value: readonly number[];
    readonly label: readonly { readonly key: number; readonly str: number }[];
  }[];
  readonly mapping: readonly { readonly id: number; readonly filename: number }[];
  readonly location: readonly {
    readonly id: number;
    readonly mappingId: number;
    readonly address: number;
    readonly line: readonly { readonly functionId: number; readonly line: number }[];
  }[];
  readonly function: readonly {
    readonly id: number;
    readonly name: number;
    readonly systemName: number;
    readonly filename: number;
    readonly startLine: number;
  }[];
  readonly stringTable: readonly string[];
  readonly timeNanos: number;
  readonly durationNanos: number;
  readonly periodType: ValueTypeRow;
  readonly period: number;
  readonly defaultSampleType: number;
}

describe("pprof", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-pprof-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function written(profile: Profile, options = {}): Promise<string> {
    const path = join(folder, "out.pb.gz");
    await writers.pprof(profile, createWriteStream(path), undefined, options);
    return path;
  }

  async function decoded(profile: Profile, options = {}): Promise<Decoded> {
    const bytes = gunzipSync(await readFile(await written(profile, options)));
    const plain = { longs: Number, defaults: true };
    return type.toObject(type.decode(bytes), plain) as Decoded;
  }

  /** Count and nanoseconds of each stack, bottom first, and thread. */
  function rowsOf({ sample, location, function: functions, stringTable }: Decoded) {
    const locations = new Map(location.map((each) => [each.id, each]));
    const names = new Map(functions.map(({ id, name }) => [id, stringTable[name]!]));
    const rows = new Map<string, number[]>();
    for (const { locationId, value, label } of sample) {
      const stack = [...locationId].reverse().map((id) => {
        const { line } = locations.get(id)!;
        return `${names.get(line[0]!.functionId)}:${line[0]!.line}`;
      });
      const labels = label.map(({ key, str }) => `${stringTable[key]}=${stringTable[str]}`);
      const key = [...labels, ...stack].join(";");
      assert.ok(!rows.has(key), `${key} stands twice`);
      rows.set(key, [...value]);
    }
    return rows;
  }

  it("has every stack of every thread with its count and its time", async () => {
    await fc.assert(
      fc.asyncProperty(plainSamples, async (samples) => {
        const profile = buildPlainProfile(samples);
        const expected = new Map<string, number[]>();
        for (const { stack, weight, thread } of samples) {
          // Lines are of source files: built-in code has none.
          const places = stack.map(({ func, line }) => {
            const hasSource = profile.functions.url[func] !== 0;
            return `${functionName(profile, func)}:${hasSource ? line : 0}`;
          });
          const key = [`thread=${profile.threads[thread]!.name}`, ...places].join(";");
          const [count = 0, time = 0] = expected.get(key) ?? [];
          expected.set(key, [count + 1, time + weight * 1_000]);
        }
        const found = await decoded(profile);
        assert.deepEqual(rowsOf(found), expected);
        assert.equal(found.stringTable[0], "");
        assert.equal(new Set(found.stringTable).size, found.stringTable.length);
      }),
      { numRuns: 50 },
    );
  });

  function small(): Profile {
    const builder = new ProfileBuilder();
    const url = "file:///app/my%20shop/one.js";
    const outer = builder.func({ name: "outer", url, line: 3, category: "js" });
    const native = builder.func({ name: "malloc", module: "/lib/libc.so.6", category: "native" });
    const bottom = builder.node(-1, builder.frame(outer, { line: 5 }));
    const top = builder.node(bottom, builder.frame(native, { address: 0x1234 }));
    builder.thread({ id: 1, name: "web-1", process: "shop" });
    builder.sample(top, 0, 1_000.4);
    builder.sample(top, 1_000, 1_000);
    builder.sample(bottom, 2_000, 500);
    return builder.finish({ format: "test", title: "", interval: 1_000 });
  }

  it("says what is measured, where functions stand and which binary they are of", async () => {
    const found = await decoded(small(), { startedAt: 1_700_000_000_123 });
    const text = (index: number) => found.stringTable[index];
    const unit = ({ type: kind, unit: of }: ValueTypeRow) => `${text(kind)}/${text(of)}`;
    assert.deepEqual(found.sampleType.map(unit), ["samples/count", "time/nanoseconds"]);
    assert.equal(unit(found.periodType), "time/nanoseconds");
    assert.equal(text(found.defaultSampleType), "time");
    assert.deepEqual([found.period, found.durationNanos], [1_000_000, 2_500_000]);
    assert.equal(found.timeNanos, 1_700_000_000_123_000_000);
    assert.deepEqual(
      found.function.map(({ name, filename, startLine }) => [
        text(name),
        text(filename),
        startLine,
      ]),
      [
        ["outer", "/app/my shop/one.js", 3],
        ["malloc", "/lib/libc.so.6", 0],
      ],
    );
    assert.deepEqual(
      found.location.map(({ mappingId, address }) => [mappingId, address]),
      [
        [0, 0],
        [1, 0x1234],
      ],
    );
    assert.deepEqual(
      found.mapping.map(({ filename }) => text(filename)),
      ["/lib/libc.so.6"],
    );
    assert.deepEqual(Object.fromEntries(rowsOf(found)), {
      "thread=web-1;process=shop;outer:5;malloc:0": [2, 2_000_400],
      "thread=web-1;process=shop;outer:5": [1, 500_000],
    });
  });

  it("keeps cycles as cycles", async () => {
    const found = await decoded({
      ...small(),
      meta: { ...small().meta, weightUnit: "cycles" },
    });
    assert.deepEqual(
      found.sampleType.map(({ type: kind }) => found.stringTable[kind]),
      ["samples", "cycles"],
    );
    assert.deepEqual(
      found.sample.map(({ value }) => value),
      [
        [2, 2_000],
        [1, 500],
      ],
    );
  });

  it("is written whole when it is large", async () => {
    const builder = new ProfileBuilder();
    builder.thread({ id: 1, name: "Main" });
    for (let i = 0; i < 20_000; i++) {
      const func = builder.func({ name: `f${i}`, url: "/a.js", category: "js" });
      builder.sample(builder.node(-1, builder.frame(func, { line: i })), i, 1);
    }
    const rows = rowsOf(await decoded(builder.finish({ format: "test", title: "" })));
    assert.equal(rows.size, 20_000);
    assert.deepEqual(rows.get("thread=Main;f19999:19999"), [1, 1_000]);
  });

  it("is what `go tool pprof` reads", async function () {
    this.timeout(60_000);
    const go = await execa("go", ["version"], { reject: false });
    if (go.failed) {
      console.log('      skipped: Go is not installed ("apt-get install golang-go")');
      return this.skip();
    }
    const path = await written(small());
    const env = { PPROF_TMPDIR: folder, HOME: folder, GOCACHE: folder };
    const { stdout: top } = await execa("go", ["tool", "pprof", "-top", "-nodecount=9", path], {
      env,
    });
    assert.match(top, /^Type: time$/m);
    assert.match(top, /^Duration: 2\.50ms/m);
    assert.match(top, /2000\.40us 80\.00% 80\.00%\s+2000\.40us 80\.00%\s+malloc/);
    assert.match(top, /500us 20\.00%\s+100%\s+2500\.40us\s+100%\s+outer/);
    const { stdout: tags } = await execa("go", ["tool", "pprof", "-tags", path], { env });
    assert.match(tags, /thread: Total 2\.5ms\n\s+2\.5ms \(\s*100%\): web-1/);
    const { stdout: raw } = await execa("go", ["tool", "pprof", "-raw", path], { env });
    assert.match(raw, /samples\/count time\/nanoseconds\[dflt\]/);
    assert.match(raw, /outer \/app\/my shop\/one\.js:5/);
  });
});
