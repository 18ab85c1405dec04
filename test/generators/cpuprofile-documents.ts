/** Random small `.cpuprofile` documents for property tests, and what a naive reader says of them. */
import fc from "fast-check";

export interface Document {
  readonly nodes: readonly DocumentNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface DocumentNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly hitCount: number;
  readonly children?: readonly number[];
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

const names = ["(root)", "(idle)", "alpha", "beta", "gamma", "größe", 'q"uote', "new\nline"];

const plainNode = fc.record({
  /** Which of the nodes before is the caller. */
  caller: fc.nat(),
  name: fc.nat(names.length - 1),
  linesHit: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
});

/** Ids dense from 1, or anything a double can be. */
const ids = (count: number) =>
  fc.oneof(
    fc.constant(Array.from({ length: count }, (_, i) => i + 1)),
    fc.uniqueArray(fc.maxSafeInteger(), { minLength: count, maxLength: count }),
  );

const plain = fc.record({
  nodes: fc.array(plainNode, { minLength: 1, maxLength: 20 }),
  samples: fc.array(fc.record({ node: fc.nat(), delta: fc.nat(5000) }), { maxLength: 60 }),
  afterLast: fc.nat(5000),
});

/** Valid documents: one `(root)` first, every other node called by one before it. */
export const documents: fc.Arbitrary<Document> = plain.chain((shape) =>
  ids(shape.nodes.length + 1).map((id) => toDocument(shape, id)),
);

function toDocument(
  shape: {
    nodes: { caller: number; name: number; linesHit: number[] }[];
    samples: { node: number; delta: number }[];
    afterLast: number;
  },
  id: number[],
): Document {
  const children = id.map((): number[] => []);
  for (const [i, { caller }] of shape.nodes.entries()) {
    children[caller % (i + 1)]!.push(id[i + 1]!);
  }
  const samples = shape.samples.map(({ node }) => 1 + (node % shape.nodes.length));
  const nodes = shape.nodes.map(({ name, linesHit }, i): DocumentNode => {
    const hitCount = samples.filter((sample) => sample === i + 1).length;
    return {
      id: id[i + 1]!,
      callFrame: frameOf(name),
      hitCount,
      ...(children[i + 1]!.length > 0 ? { children: children[i + 1]! } : {}),
      ...(hitCount > 0 ? { positionTicks: shareTicks(linesHit, hitCount) } : {}),
    };
  });
  const startTime = 1_000_000;
  const timeDeltas = shape.samples.map(({ delta }) => delta);
  return {
    nodes: [{ id: id[0]!, callFrame: frameOf(0), hitCount: 0, children: children[0]! }, ...nodes],
    startTime,
    endTime: startTime + timeDeltas.reduce((a, b) => a + b, shape.afterLast),
    samples: samples.map((node) => id[node]!),
    timeDeltas,
  };
}

function frameOf(name: number): DocumentNode["callFrame"] {
  const functionName = names[name]!;
  return functionName.startsWith("(")
    ? { functionName, url: "", lineNumber: -1, columnNumber: -1 }
    : { functionName, url: "file:///app/a.js", lineNumber: name * 10, columnNumber: name };
}

/** Never more ticks than hits: V8 counts no tick where it knows no line. */
function shareTicks(lines: readonly number[], hits: number) {
  const ticks = Math.floor(hits / Math.max(1, lines.length));
  return ticks === 0 ? [] : [...new Set(lines)].map((line) => ({ line, ticks }));
}

/** Microseconds by function name. */
export interface Times {
  readonly self: Map<string, number>;
  /** Recursion counted once. */
  readonly total: Map<string, number>;
}

/** By the book, as slowly as can be: the parsed document, one stack walk per sample. */
export function naiveTimes(text: string): Times {
  const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(text) as Document;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callerOf = new Map(nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node])));
  const times = { self: new Map<string, number>(), total: new Map<string, number>() };
  let time = startTime;
  for (const [i, id] of samples.entries()) {
    time += timeDeltas[i]!;
    const weight = timeDeltas[i + 1] ?? endTime - time;
    const stack = new Set<string>();
    for (let node = byId.get(id); node; node = callerOf.get(node.id)) {
      const isTheRoot = node.id !== id && !callerOf.has(node.id);
      if (!isTheRoot) stack.add(node.callFrame.functionName);
    }
    addTo(times.self, byId.get(id)!.callFrame.functionName, weight);
    for (const name of stack) addTo(times.total, name, weight);
  }
  return times;
}

export function addTo(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
