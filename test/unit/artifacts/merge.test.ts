import assert from "node:assert/strict";
import fc from "fast-check";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import { decodeColumns, encodeColumns } from "../../../src/profile/columns.ts";
import { ProfileMerger } from "../../../src/profile/merge.ts";
import { noParent, type Profile } from "../../../src/profile/profile.ts";
import { functionName } from "../../../src/profile/views/function-info.ts";
import { buildPlainProfile, plainSamples } from "../../generators/profile.ts";

/** Weight by thread and stack, bottom first, with all that a frame says. */
function stacks(profile: Profile, threadName: (thread: number) => string, skip = 0) {
  const { samples, nodes, frames, functions, strings } = profile;
  const sums = new Map<string, number>();
  for (let i = 0; i < samples.length; i++) {
    const stack: string[] = [];
    for (let node = samples.node[i]!; node !== noParent; node = nodes.parent[node]!) {
      const frame = nodes.frame[node]!;
      const func = frames.func[frame]!;
      stack.push(
        [
          functionName(profile, func),
          strings[functions.url[func]!],
          functions.line[func],
          functions.category[func],
          frames.line[frame],
          frames.address[frame],
          strings[frames.originalUrl[frame]!],
          frames.originalLine[frame],
        ].join(" "),
      );
    }
    const key = [threadName(samples.thread[i]!), ...stack.reverse().slice(skip)].join(";");
    sums.set(key, (sums.get(key) ?? 0) + samples.weight[i]!);
  }
  return sums;
}

function merge(parts: readonly Profile[], machineAsRoot = false): Profile {
  const merger = new ProfileMerger({ machineAsRoot });
  for (const [i, part] of parts.entries()) merger.add(part, { machine: `m${i}` });
  return merger.finish("all");
}

describe("merged profiles", () => {
  const some = fc.array(plainSamples, { minLength: 1, maxLength: 4 });

  it("keep each machine's stacks and their time", () => {
    fc.assert(
      fc.property(some, fc.boolean(), (lists, machineAsRoot) => {
        const parts = lists.map((samples) => buildPlainProfile(samples));
        // As they come from another thread.
        const sent = parts.map((part) => decodeColumns(encodeColumns(part)) as Profile);
        const merged = merge(sent, machineAsRoot);
        const expected = new Map<string, number>();
        for (const [i, part] of parts.entries()) {
          const nameOf = (thread: number) =>
            part.threads.length === 1 ? `m${i}` : `m${i}: ${part.threads[thread]!.name}`;
          for (const entry of stacks(part, nameOf)) expected.set(...entry);
        }
        const skip = machineAsRoot ? 1 : 0;
        assert.deepEqual(
          stacks(merged, (thread) => merged.threads[thread]!.name, skip),
          expected,
        );
        if (machineAsRoot && merged.samples.length > 0) {
          const roots = [...stacks(merged, () => "")].map(
            ([key]) => key.split(";")[1]!.split(" ")[0],
          );
          assert.ok(roots.every((root) => /^m\d$/.test(root!)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("are a profile like any other: parents first, time in order, no row twice", () => {
    fc.assert(
      fc.property(some, (lists) => {
        const merged = merge(lists.map((samples) => buildPlainProfile(samples)));
        const { nodes, samples, strings, functions } = merged;
        for (let i = 0; i < nodes.length; i++) assert.ok(nodes.parent[i]! < i);
        const last = new Map<number, number>();
        for (let i = 0; i < samples.length; i++) {
          assert.ok(samples.time[i]! >= (last.get(samples.thread[i]!) ?? 0));
          last.set(samples.thread[i]!, samples.time[i]!);
          assert.ok(samples.time[i]! + samples.weight[i]! <= merged.meta.duration + 1e-6);
        }
        assert.equal(new Set(strings).size, strings.length);
        assert.equal(strings[0], "");
        const rows = Array.from(
          { length: nodes.length },
          (_, i) => `${nodes.parent[i]},${nodes.frame[i]}`,
        );
        assert.equal(new Set(rows).size, rows.length);
        // The generator's functions are the same in each part.
        assert.ok(functions.length <= buildPlainProfile(lists[0]!).functions.length);
      }),
      { numRuns: 100 },
    );
  });

  it("tell apart what source maps or addresses tell apart", () => {
    const part = (line: number, address: number) => {
      const builder = new ProfileBuilder();
      const func = builder.func({ name: "a", url: "/bundle.js", line: 1, category: "js" });
      builder.sample(builder.node(-1, builder.frame(func, { line: 1, address })), 0, 10);
      const profile = builder.finish({ format: "v8-log", version: "1", title: "", interval: 5 });
      profile.frames.originalLine[0] = line;
      return profile;
    };
    const merged = merge([part(7, 1), part(8, 1), part(7, 2), part(7, 1)]);
    assert.deepEqual([...merged.frames.originalLine], [7, 8, 7]);
    assert.deepEqual([...merged.frames.address], [1, 1, 2]);
    assert.deepEqual([...merged.samples.node], [0, 1, 2, 0]);
    assert.deepEqual([merged.functions.length, merged.nodes.length], [1, 3]);
    const { format, version, interval, duration, title } = merged.meta;
    assert.deepEqual([format, version, interval, duration, title], ["v8-log", "1", 5, 40, "all"]);
  });

  it("know each part's own texts", () => {
    const part = (name: string, url: string, module: string) => {
      const builder = new ProfileBuilder();
      const func = builder.func({ name, url, module, category: "js" });
      builder.sample(builder.node(-1, builder.frame(func)), 0, 1);
      return builder.finish({ format: "v8-log", title: "" });
    };
    const { functions, strings } = merge([part("a", "/a.js", "x"), part("x", "/b.js", "a")]);
    const text = (column: Uint32Array) => Array.from(column, (id) => strings[id]);
    assert.deepEqual(text(functions.name), ["a", "x"]);
    assert.deepEqual(text(functions.url), ["/a.js", "/b.js"]);
    assert.deepEqual(text(functions.module), ["x", "a"]);
  });

  it("join the logs of one machine in one thread, and count warnings together", () => {
    const part = (version: string) => {
      const builder = new ProfileBuilder();
      builder.thread({ id: 9, name: "isolate" });
      builder.warn("lost", "Some were lost.", 2);
      builder.marker({ name: "gc", category: "gc", thread: 0, start: 3, duration: 1 });
      const func = builder.func({ name: "a", category: "js" });
      builder.sample(builder.node(-1, builder.frame(func)), 0, 10);
      return builder.finish({ format: "v8-log", version, title: "" });
    };
    const merger = new ProfileMerger({ machineAsRoot: false });
    merger.add(part("1"), { machine: "web" });
    merger.add(part("2"), { machine: "web" });
    merger.add(part("2"), { machine: "db" });
    const { threads, samples, markers, warnings, meta } = merger.finish("");
    assert.deepEqual(
      threads.map(({ name }) => name),
      ["web", "db"],
    );
    assert.deepEqual([...samples.thread], [0, 0, 1]);
    assert.deepEqual([...samples.time], [0, 10, 20]);
    assert.deepEqual(
      markers.map(({ thread, start }) => [thread, start]),
      [
        [0, 3],
        [0, 13],
        [1, 23],
      ],
    );
    assert.deepEqual(warnings, [{ code: "lost", message: "Some were lost.", count: 6 }]);
    assert.equal(meta.version, "");
  });

  it("count one thing only", () => {
    const [time] = [buildPlainProfile([])];
    const cycles: Profile = { ...time, meta: { ...time.meta, weightUnit: "cycles" } };
    assert.throws(() => merge([time, cycles]), RangeError);
  });
});
