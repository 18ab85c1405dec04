import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import { type QueryInput, querySchema, type ReportAnswer } from "../../../src/profile/query.ts";
import { ProfileViews } from "../../../src/profile/views/profile-views.ts";
import { buildPlainProfile, plainFunctions, plainSamples } from "../../generators/profile.ts";

const idle = plainFunctions.findIndex(({ category }) => category === "idle");

describe("report query", () => {
  const ask = (views: ProfileViews, query: Omit<Extract<QueryInput, { kind: "report" }>, "kind">) =>
    views.answer(querySchema.parse({ kind: "report", ...query })) as ReportAnswer;

  it("gives each function the time and samples that a naive count gives it", () => {
    fc.assert(
      fc.property(plainSamples, fc.boolean(), (samples, includeIdle) => {
        const counted = samples.filter(({ stack }) => includeIdle || stack.at(-1)!.func !== idle);
        const expected = plainFunctions.flatMap(({ name }, func) => {
          const leafs = counted.filter(({ stack }) => stack.at(-1)!.func === func);
          const on = counted.filter(({ stack }) => stack.some((frame) => frame.func === func));
          const sum = (some: typeof samples) => some.reduce((all, { weight }) => all + weight, 0);
          if (on.length === 0) return [];
          return [{ name, self: sum(leafs), total: sum(on), selfSamples: leafs.length }];
        });
        const views = new ProfileViews(buildPlainProfile(samples));
        const { functions, total, count } = ask(views, { filter: { includeIdle } });
        const found = functions.map(({ name, self, total: all, selfSamples }) => ({
          name,
          self,
          total: all,
          selfSamples,
        }));
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
        assert.deepEqual([...found].sort(byName), expected.sort(byName));
        assert.ok(found.every(({ self }, i) => i === 0 || self <= found[i - 1]!.self));
        assert.equal(count, found.length);
        assert.equal(
          total,
          found.reduce((all, { self }) => all + self, 0),
        );
        assert.deepEqual(
          ask(views, { filter: { includeIdle }, limit: 2 }).functions,
          functions.slice(0, 2),
        );
      }),
    );
  });

  it("keeps generated and original positions apart", () => {
    const builder = new ProfileBuilder();
    builder.thread({ id: 1, name: "Main" });
    const func = builder.func({ name: "a", url: "/dist/x.js", line: 7, column: 3, category: "js" });
    builder.sample(builder.node(-1, builder.frame(func, { line: 8 })), 0, 5, 0);
    const profile = builder.finish({ format: "test", title: "mapped" });
    const views = new ProfileViews(profile);
    const [unmapped] = ask(views, {}).functions;
    assert.equal(unmapped?.original, undefined);
    const mapped = {
      ...profile,
      strings: [...profile.strings, "/src/x.ts", "lineAt"],
      functions: {
        ...profile.functions,
        originalUrl: Uint32Array.of(profile.strings.length),
        originalName: Uint32Array.of(profile.strings.length + 1),
        originalLine: Uint32Array.of(4),
        originalColumn: Uint32Array.of(1),
      },
    };
    const [found] = ask(new ProfileViews(mapped), {}).functions;
    assert.deepEqual(
      [found?.name, found?.url, found?.line, found?.column],
      ["a", "/dist/x.js", 7, 3],
    );
    assert.deepEqual(found?.original, { name: "lineAt", url: "/src/x.ts", line: 4, column: 1 });
  });
});
