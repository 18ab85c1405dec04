/** Random small profiles for property tests, built the way a reader builds them. */
import fc from "fast-check";
import { ProfileBuilder } from "../../src/profile/builder.ts";
import type { Category, Profile } from "../../src/profile/profile.ts";

/** A sample as a test can reason about it: functions by number, bottom of the stack first. */
export interface PlainSample {
  readonly stack: readonly PlainFrame[];
  readonly weight: number;
  readonly thread: number;
}

export interface PlainFrame {
  readonly func: number;
  /** 1-based line inside the function's file. */
  readonly line: number;
}

const plainFrame = fc.record({
  func: fc.integer({ min: 0, max: 5 }),
  line: fc.integer({ min: 1, max: 3 }),
});

export const plainSamples: fc.Arbitrary<PlainSample[]> = fc.array(
  fc.record({
    stack: fc.array(plainFrame, { minLength: 1, maxLength: 8 }),
    weight: fc.integer({ min: 1, max: 1000 }),
    thread: fc.integer({ min: 0, max: 1 }),
  }),
  { maxLength: 40 },
);

/** Functions 0 to 3 stand in files, 4 is built in, 5 is idle time. */
export const plainFunctions: readonly { name: string; url: string; category: Category }[] = [
  { name: "alpha", url: "/app/one.js", category: "js" },
  { name: "beta", url: "/app/one.js", category: "js" },
  { name: "gamma", url: "/app/two.js", category: "js" },
  { name: "delta", url: "/app/two.js", category: "js" },
  { name: "ArraySort", url: "", category: "builtin" },
  { name: "(idle)", url: "", category: "idle" },
];

export function buildPlainProfile(samples: readonly PlainSample[]): Profile {
  const builder = new ProfileBuilder();
  builder.thread({ id: 1, name: "Main" });
  builder.thread({ id: 2, name: "Worker" });
  const funcs = plainFunctions.map(({ name, url, category }, i) =>
    builder.func({ name, url, line: url === "" ? 0 : i + 1, category }),
  );
  let time = 0;
  for (const { stack, weight, thread } of samples) {
    let node = -1;
    for (const { func, line } of stack) {
      const hasLine = plainFunctions[func]!.url !== "";
      node = builder.node(node, builder.frame(funcs[func]!, hasLine ? { line } : {}));
    }
    builder.sample(node, time, weight, thread);
    time += weight;
  }
  return builder.finish({ format: "test", title: "plain" });
}
