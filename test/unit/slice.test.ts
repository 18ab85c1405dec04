import assert from "node:assert/strict";
import fc from "fast-check";
import { type Filter, filterSchema } from "../../src/profile/query.ts";
import { Slice } from "../../src/profile/slice.ts";
import { Structure } from "../../src/profile/structure.ts";
import {
  buildPlainProfile,
  type PlainFrame,
  type PlainSample,
  plainFunctions,
  plainSamples,
} from "../generators/profile.ts";

/** Self and total by key, one sample at a time: slow, and plainly right. */
function naiveTimes(
  samples: readonly PlainSample[],
  keys: (sample: PlainSample) => { self: string | undefined; onStack: Iterable<string> },
) {
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  for (const sample of samples) {
    const { self: leaf, onStack } = keys(sample);
    if (leaf !== undefined) self.set(leaf, (self.get(leaf) ?? 0) + sample.weight);
    for (const key of new Set(onStack)) total.set(key, (total.get(key) ?? 0) + sample.weight);
  }
  return { self, total };
}

const isSource = ({ func }: PlainFrame) => plainFunctions[func]!.url !== "";
const lineKey = ({ func, line }: PlainFrame) => `${plainFunctions[func]!.url}:${line}`;
const isIdle = ({ stack }: PlainSample) => plainFunctions[stack.at(-1)!.func]!.category === "idle";

function slice(samples: readonly PlainSample[], filter: Partial<Filter> = {}): Slice {
  return new Slice(structureOf(samples), filterSchema.parse(filter));
}

function structureOf(samples: readonly PlainSample[]): Structure {
  return new Structure(buildPlainProfile(samples));
}

describe("slice", () => {
  it("gives each function's self and total time as a naive count does, recursion once", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const { functions, total } = slice(samples, { includeIdle: true });
        const naive = naiveTimes(samples, ({ stack }) => ({
          self: String(stack.at(-1)!.func),
          onStack: stack.map(({ func }) => String(func)),
        }));
        for (let func = 0; func < functions.self.length; func++) {
          assert.equal(functions.self[func], naive.self.get(String(func)) ?? 0);
          assert.equal(functions.total[func], naive.total.get(String(func)) ?? 0);
        }
        assert.equal(
          total,
          samples.reduce((sum, { weight }) => sum + weight, 0),
        );
      }),
    );
  });

  it("charges built-in code to the line that called it", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const { sources } = structureOf(samples);
        const { lines } = slice(samples, { includeIdle: true });
        const naive = naiveTimes(samples, ({ stack }) => {
          const source = stack.findLast(isSource);
          return {
            self: source && lineKey(source),
            onStack: stack.filter(isSource).map(lineKey),
          };
        });
        assert.equal(sources.lines.length, naive.total.size);
        for (let row = 0; row < sources.lines.length; row++) {
          const key = `${sources.lines.url[row]}:${sources.lines.line[row]}`;
          assert.equal(lines.self[row], naive.self.get(key) ?? 0);
          assert.equal(lines.total[row], naive.total.get(key) ?? 0);
        }
      }),
    );
  });

  it("charges built-in code to the function that called it", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const { sourceSelf } = slice(samples, { includeIdle: true });
        const naive = naiveTimes(samples, ({ stack }) => ({
          self: stack.findLast(isSource)?.func.toString(),
          onStack: [],
        }));
        for (let func = 0; func < sourceSelf.length; func++) {
          assert.equal(sourceSelf[func], naive.self.get(String(func)) ?? 0);
        }
      }),
    );
  });

  it("leaves idle samples out unless asked for", () => {
    fc.assert(
      fc.property(plainSamples, (samples) => {
        const busy = samples.filter((sample) => !isIdle(sample));
        assert.equal(
          slice(samples).total,
          busy.reduce((sum, { weight }) => sum + weight, 0),
        );
      }),
    );
  });

  it("counts only the thread and the time range asked for", () => {
    fc.assert(
      fc.property(plainSamples, fc.nat(5000), fc.nat(5000), (samples, from, length) => {
        const to = from + length;
        let time = 0;
        let expected = 0;
        for (const { weight, thread } of samples) {
          if (thread === 1 && time >= from && time < to) expected += weight;
          time += weight;
        }
        assert.equal(slice(samples, { thread: 1, from, to, includeIdle: true }).total, expected);
      }),
    );
  });
});
