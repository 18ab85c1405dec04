/** Profiles to look at: one that reads like a real program's, and ones that hurt. */
import { type FunctionSpec, ProfileBuilder } from "../../../src/profile/builder.ts";
import type { HangAccount } from "../../../src/profile/evidence.ts";
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

const feed = "/Users/dev/Feed/Sources";
const appFunctions: Readonly<Record<string, Omit<FunctionSpec, "name">>> = {
  start: { category: "system", module: "dyld" },
  UIApplicationMain: { category: "system", module: "UIKitCore" },
  CFRunLoopRunSpecific: { category: "system", module: "CoreFoundation" },
  "FeedViewController.viewDidLoad()": { category: "app", url: `${feed}/Feed.swift`, line: 20 },
  "ImageCache.decodeAll()": { category: "app", url: `${feed}/ImageCache.swift`, line: 31 },
  "Thumbnail.init(data:)": { category: "app", url: `${feed}/Thumbnail.swift`, line: 8 },
  CGImageSourceCreateImageAtIndex: { category: "system", module: "ImageIO" },
  objc_msgSend: { category: "system", module: "libobjc.A.dylib" },
};
const runLoop = ["start", "UIApplicationMain", "CFRunLoopRunSpecific"];
const decoding = [...runLoop, "FeedViewController.viewDidLoad()", "ImageCache.decodeAll()"];

/** An app that hangs twice: for long while it decodes images, and for a moment later. */
export function hangProfile(): Profile {
  const recorder = new StackRecorder(appFunctions);
  const { builder } = recorder;
  builder.thread({ id: 1, name: "Main Thread", pid: 7, process: "Feed" });
  const run = (count: number, stack: readonly string[]) => {
    for (let i = 0; i < count; i++) recorder.sample(stack);
  };
  run(300, [...runLoop, "objc_msgSend"]);
  run(900, [...decoding, "Thumbnail.init(data:)", "CGImageSourceCreateImageAtIndex"]);
  run(300, [...decoding, "objc_msgSend"]);
  run(500, runLoop);
  run(250, [...runLoop, "FeedViewController.viewDidLoad()"]);
  run(250, runLoop);
  const hang = { kind: "hang", category: "system", thread: 0 } as const;
  builder.marker({ ...hang, name: "Severe Hang", start: 300_000, duration: 1_200_000 });
  builder.marker({ ...hang, name: "Microhang", start: 2_000_000, duration: 250_000 });
  const profile = builder.finish({ format: "xctrace", title: "Feed", interval });
  const read = { state: "read", reason: "" } as const;
  const groups = [
    {
      type: "Thumbnail",
      frame: "ImageCache.store(_:)",
      library: "Feed",
      count: 42,
      bytes: 1_344_000,
    },
    { type: "Malloc 48 Bytes", frame: "", library: "", count: 3, bytes: 144 },
  ];
  const leaks = {
    state: "incomplete",
    reason: "The export of the table was broken off after 60 s without a byte.",
    groups,
  } as const;
  return { ...profile, evidence: { samples: read, hangs: read, leaks } };
}

/** A program that was looked at because it was stuck. */
export function stuckProfile(): Profile {
  const recorder = new StackRecorder(shopFunctions);
  for (let i = 0; i < 6; i++) recorder.sample([...found, "matchesFilter"], 1);
  const hang = { kind: "hang", category: "unaccounted", thread: 0 } as const;
  recorder.builder.marker({ ...hang, name: "Hang", start: 0, duration: 1_400_000 });
  const about = { format: "hang", title: "node server.js", duration: 1_400_000 } as const;
  const profile = recorder.builder.finish({ ...about, weightUnit: "samples" });
  const read = { state: "read", reason: "" } as const;
  const leaks = { state: "not-recorded", reason: "Nobody looked.", groups: [] } as const;
  const account: HangAccount = {
    verdict:
      "The main thread is stuck in matchesFilter (src/catalog.ts:46): each of 6 looks found it there. It had not responded for at least 8.2 s. Its heap is climbing, from 21 MB to 48 MB.",
    unresponsiveMs: 8_200,
    heap: {
      trend: "climbing",
      usedBytes: [21, 24, 31, 33, 41, 48].map((megabytes) => megabytes * 1_000_000),
      residentBytes: 131_000_000,
    },
    steps: [
      { step: "probe", outcome: "told", message: "The main thread takes no other work.", ms: 302 },
      {
        step: "pause",
        outcome: "named",
        message: "Paused 6 times; the stack was up to 9 frames deep.",
        ms: 1_011,
      },
      {
        step: "sampler",
        outcome: "failed",
        reason: "quiet-log",
        message: "The log of V8's sampler has nothing of the last seconds.",
        ms: 87,
      },
      {
        step: "native",
        outcome: "skipped",
        reason: "already-named",
        message: "A step before had named the function.",
        ms: 0,
      },
    ],
    advice: ["If it is slow rather than stuck, profile it: hangscope run -- <command>."],
  };
  return { ...profile, evidence: { samples: read, hangs: read, leaks, account: () => account } };
}

/** Leaks without samples: what the template records. */
export function leakProfile(): Profile {
  const profile = new ProfileBuilder().finish({ format: "xctrace", title: "Feed leaks" });
  const reason = "The template records no such thing.";
  const none = { state: "not-recorded", reason } as const;
  const leaks = { state: "read", reason: "", groups: [] } as const;
  return { ...profile, evidence: { samples: none, hangs: none, leaks } };
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
