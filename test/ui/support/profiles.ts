/** Profiles to look at: one that reads like a real program's, and ones that hurt. */
import { type FunctionSpec, ProfileBuilder } from "../../../src/profile/builder.ts";
import type { Profile } from "../../../src/profile/profile.ts";

const interval = 1000;

/** A generator of numbers from 0 to 1 that gives the same ones every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Builds profiles from stacks of function names, bottom first. */
class StackRecorder {
  readonly builder = new ProfileBuilder();
  readonly #frames = new Map<string, number>();
  readonly #specs: Readonly<Record<string, Omit<FunctionSpec, "name">>>;
  time = 0;

  constructor(specs: Readonly<Record<string, Omit<FunctionSpec, "name">>>) {
    this.#specs = specs;
  }

  sample(stack: readonly string[], weight = interval, thread = 0): void {
    let node = -1;
    for (const name of stack) node = this.builder.node(node, this.#frame(name));
    this.builder.sample(node, this.time, weight, thread);
    this.time += weight;
  }

  #frame(name: string): number {
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      const known = Object.hasOwn(this.#specs, name) ? this.#specs[name] : undefined;
      const spec = { name, ...(known ?? { category: "js" as const }) };
      const func = this.builder.func(spec);
      frame = this.builder.frame(func, spec.line === undefined ? {} : { line: spec.line + 2 });
      this.#frames.set(name, frame);
    }
    return frame;
  }
}

const app = "file:///home/dev/shop/src";
const packages = "file:///home/dev/shop/node_modules";
const shopFunctions: Readonly<Record<string, Omit<FunctionSpec, "name">>> = {
  "(program)": { category: "program" },
  "(idle)": { category: "idle" },
  "(garbage collector)": { category: "gc" },
  main: { category: "js", url: `${app}/server.ts`, line: 12, column: 1 },
  handleRequest: { category: "js", url: `${app}/server.ts`, line: 31, column: 10 },
  parseQuery: { category: "js", url: `${app}/query.ts`, line: 4, column: 17 },
  findProducts: { category: "js", url: `${app}/catalog.ts`, line: 18, column: 17 },
  matchesFilter: { category: "js", url: `${app}/catalog.ts`, line: 44, column: 10 },
  normalizeText: { category: "js", url: `${app}/text.ts`, line: 3, column: 17 },
  rankProducts: { category: "js", url: `${app}/ranking.ts`, line: 9, column: 17 },
  compareScores: { category: "js", url: `${app}/ranking.ts`, line: 27, column: 10 },
  renderPage: { category: "js", url: `${app}/page.ts`, line: 6, column: 17 },
  renderProduct: { category: "js", url: `${app}/page.ts`, line: 22, column: 10 },
  escapeHtml: { category: "js", url: `${packages}/escape-html/index.js`, line: 30, column: 10 },
  compile: { category: "js", url: `${packages}/handlebars/lib/compiler.js`, line: 88, column: 3 },
  route: { category: "js", url: `${packages}/express/lib/router/index.js`, line: 136, column: 22 },
  next: { category: "js", url: `${packages}/express/lib/router/index.js`, line: 177, column: 12 },
  processTicksAndRejections: { category: "js", url: "node:internal/process/task_queues", line: 67 },
  emit: { category: "js", url: "node:events", line: 456 },
  onread: { category: "js", url: "node:internal/stream_base_commons", line: 163 },
  "RegExp: [^a-z0-9]+": { category: "regexp" },
  ArrayPrototypeSort: { category: "builtin" },
  StringPrototypeReplace: { category: "builtin" },
  JsonParse: { category: "builtin" },
  "node::crypto::Hash::Update": { category: "native", module: "/usr/bin/node" },
  __memcpy_avx_unaligned: { category: "native", module: "/lib/x86_64-linux-gnu/libc.so.6" },
  "v8::internal::OptimizingCompileDispatcher::CompileNext": {
    category: "compiler",
    module: "/usr/bin/node",
  },
};

const request = ["processTicksAndRejections", "onread", "emit", "main", "route", "next"];
const handled = [...request, "handleRequest"];
const found = [...handled, "findProducts"];
const shopStacks: readonly (readonly [weight: number, stack: readonly string[]])[] = [
  [
    30,
    [...found, "matchesFilter", "normalizeText", "StringPrototypeReplace", "RegExp: [^a-z0-9]+"],
  ],
  [12, [...found, "matchesFilter", "normalizeText"]],
  [8, [...found, "matchesFilter"]],
  [2, found],
  [9, [...handled, "rankProducts", "ArrayPrototypeSort", "compareScores"]],
  [5, [...handled, "rankProducts", "ArrayPrototypeSort", "compareScores", "normalizeText"]],
  [2, [...handled, "rankProducts"]],
  [7, [...handled, "renderPage", "renderProduct", "escapeHtml", "StringPrototypeReplace"]],
  [3, [...handled, "renderPage", "renderProduct"]],
  [4, [...handled, "renderPage", "compile"]],
  [2, [...handled, "parseQuery", "JsonParse"]],
  [1, [...handled, "parseQuery"]],
  [2, [...request, "node::crypto::Hash::Update", "__memcpy_avx_unaligned"]],
  [6, ["(garbage collector)"]],
  [4, ["v8::internal::OptimizingCompileDispatcher::CompileNext"]],
  [2, ["(program)"]],
  [14, ["(idle)"]],
];

/** A shop's server under load: two threads, every common category, some warnings. */
export function shopProfile(samples = 4000): Profile {
  const recorder = new StackRecorder(shopFunctions);
  recorder.builder.thread({ id: 1, name: "Main" });
  recorder.builder.thread({ id: 2, name: "Worker: thumbnails" });
  const random = seeded(7);
  const sum = shopStacks.reduce((total, [weight]) => total + weight, 0);
  for (let i = 0; i < samples; i++) {
    const isQuiet = i % 400 < 70;
    let at = random() * sum;
    const stack = shopStacks.find(([weight]) => {
      at -= weight;
      return at < 0;
    })![1];
    const quietStack = random() < 0.8 ? ["(idle)"] : stack;
    recorder.sample(isQuiet ? quietStack : stack, interval, random() < 0.15 ? 1 : 0);
  }
  recorder.builder.warn("unknown-address", "Addresses that no code or library holds.", 41);
  recorder.builder.warn("source-map-missing", "Source maps that could not be found.", 2);
  return recorder.builder.finish({ format: "v8-log", title: "shop-v8.log", interval });
}

/** @param stacks bottom of the stack first */
export function profileOfStacks(stacks: readonly (readonly string[])[], title = "test"): Profile {
  const recorder = new StackRecorder({});
  for (const stack of stacks) recorder.sample(stack);
  return recorder.builder.finish({ format: "test", title, interval });
}

/** One stack that recurses, with a little time of its own at every level. */
export function deepProfile(levels: number): Profile {
  const builder = new ProfileBuilder();
  const funcs = [0, 1, 2].map((i) =>
    builder.func({ name: `level${i}`, url: "file:///deep.js", line: i + 1, category: "js" }),
  );
  let node = -1;
  for (let level = 0; level < levels; level++) {
    node = builder.node(node, builder.frame(funcs[level % funcs.length]!));
    builder.sample(node, level * interval, interval);
  }
  builder.sample(node, levels * interval, levels * interval);
  return builder.finish({ format: "test", title: "deep", interval });
}

/** As many boxes as asked for, all of them wide enough to be drawn: many levels of many calls. */
export function wideProfile(boxes: number, across = 1000): Profile {
  const builder = new ProfileBuilder();
  const random = seeded(3);
  const frames = Array.from({ length: 600 }, (_, i) =>
    builder.frame(
      builder.func({ name: `work${i}`, url: `file:///m${i % 40}.js`, line: i + 1, category: "js" }),
    ),
  );
  const levels = Math.ceil(boxes / across);
  for (let column = 0, time = 0; column < across; column++) {
    let node = -1;
    for (let level = 0; level < levels; level++) {
      // Under a root of its own, every column keeps a box of its own on each level.
      const frame = level === 0 ? column % frames.length : Math.floor(random() * frames.length);
      node = builder.node(node, frames[frame]!);
    }
    builder.sample(node, time, interval);
    time += interval;
  }
  return builder.finish({ format: "test", title: `${boxes} boxes`, interval });
}

export function emptyProfile(): Profile {
  return new ProfileBuilder().finish({ format: "v8-log", title: "empty-v8.log", duration: 31_000 });
}

/** Names as an attacker or a minifier would give them. */
export const hostileNames = [
  "</script><img src=x onerror=\"document.title='pwned'\">",
  "<b onmouseover=alert(1)>bold</b>",
  "x".repeat(3_000_000),
  "\u202eevil\u0000name\r\nsecond line",
  "__proto__",
] as const;
