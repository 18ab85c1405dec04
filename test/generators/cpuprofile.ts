/**
 * Makes `.cpuprofile` files of any size, streamed, the same bytes each time:
 *
 *   node test/generators/cpuprofile.ts --nodes 300000 --depth 600 --out deep.cpuprofile
 *   node test/generators/cpuprofile.ts --nodes 900 --depth 30 --samples 48000000 --out long.cpuprofile
 *
 * The tree grows chain by chain: each leaves an earlier one at a random depth and goes down to the
 * given one. Samples fall on random nodes, 100 to 150 µs apart.
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";

export interface CpuprofileSize {
  readonly nodes: number;
  /** Frames on the deepest stacks. */
  readonly depth: number;
  /** By default one per node. */
  readonly samples?: number;
}

const startTime = 1_000_000_000;
const functionCount = 3000;
/** Id 1 is `(root)`. */
const firstId = 2;
const noCaller = -1;

export async function writeCpuprofile(path: string, size: CpuprofileSize): Promise<void> {
  await pipeline(Readable.from(cpuprofileText(size)), createWriteStream(path));
}

/** The file's text in pieces, its members in the order of V8. */
function* cpuprofileText({ nodes, depth, samples = nodes }: CpuprofileSize): Generator<string> {
  const callers = growChains(nodes, depth);
  const callees = calleesOf(callers);
  const hits = new Uint32Array(nodes);
  for (const node of repeat(samples, sampledNodes(nodes))) hits[node]!++;
  let endTime = startTime;
  for (const delta of repeat(samples, deltas())) endTime += delta;

  const root = { name: "(root)", url: "", line: -1, column: -1 };
  yield `{"nodes":[${nodeText(1, root, 0, callees[0]!)}`;
  yield* inBlocks(nodes, (node) => {
    return `,${nodeText(node + firstId, callFrame(node), hits[node]!, callees[node + 1]!)}`;
  });
  yield `],"startTime":${startTime},"endTime":${endTime + 125},"samples":[`;
  const nextNode = sampledNodes(nodes);
  yield* inBlocks(samples, (i) => `${i === 0 ? "" : ","}${nextNode() + firstId}`);
  yield '],"timeDeltas":[';
  const nextDelta = deltas();
  yield* inBlocks(samples, (i) => `${i === 0 ? "" : ","}${nextDelta()}`);
  yield "]}";
}

function growChains(nodes: number, depth: number): Int32Array {
  const random = randomNumbers(1);
  const callers = new Int32Array(nodes);
  const depths = new Uint32Array(nodes);
  for (let node = 0; node < nodes; ) {
    let caller = node === 0 ? noCaller : random(node);
    for (let level = caller < 0 ? 0 : depths[caller]! + 1; node < nodes; level++) {
      if (level >= depth) break;
      callers[node] = caller;
      depths[node] = level;
      caller = node++;
    }
  }
  return callers;
}

/** Callees by caller + 1. */
function calleesOf(callers: Int32Array): number[][] {
  const callees: number[][] = Array.from({ length: callers.length + 1 }, () => []);
  for (const [node, caller] of callers.entries()) callees[caller + 1]!.push(node);
  return callees;
}

function sampledNodes(nodes: number): () => number {
  const random = randomNumbers(2);
  return () => random(nodes);
}

function deltas(): () => number {
  const random = randomNumbers(3);
  return () => 100 + random(50);
}

function* repeat(count: number, next: () => number): Generator<number> {
  for (let i = 0; i < count; i++) yield next();
}

interface CallFrame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

function callFrame(node: number): CallFrame {
  const func = Math.imul(node, 0x9e3779b1) >>> 8;
  const id = func % functionCount;
  const file = id % 60;
  return { name: `fn${id}`, url: `file:///app/m${file}.js`, line: id, column: (id % 40) + 2 };
}

function nodeText(id: number, frame: CallFrame, hits: number, callees: readonly number[]): string {
  const { name, url, line, column } = frame;
  const where = `"scriptId":"7","url":"${url}","lineNumber":${line},"columnNumber":${column}`;
  const children =
    callees.length === 0 ? "" : `,"children":[${callees.map((node) => node + firstId).join(",")}]`;
  const ticks = hits === 0 ? "" : `,"positionTicks":[${ticksText(line + 1, hits)}]`;
  return `{"id":${id},"callFrame":{"functionName":"${name}",${where}},"hitCount":${hits}${children}${ticks}}`;
}

/** Two thirds on the second line of the function, the rest on the third. */
function ticksText(line: number, hits: number): string {
  const third = Math.floor(hits / 3);
  const first = `{"line":${line + 1},"ticks":${hits - third}}`;
  return third === 0 ? first : `${first},{"line":${line + 2},"ticks":${third}}`;
}

/** Joins small texts, since a stream costs more for each piece than the text does. */
function* inBlocks(count: number, textAt: (index: number) => string): Generator<string> {
  const blockSize = 4096;
  for (let start = 0; start < count; start += blockSize) {
    let block = "";
    for (let i = start; i < Math.min(count, start + blockSize); i++) block += textAt(i);
    yield block;
  }
}

/** Integers below a bound, the same ones for the same seed (a linear congruential generator). */
function randomNumbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string", default: "300000" },
      depth: { type: "string", default: "600" },
      samples: { type: "string" },
      out: { type: "string" },
    },
  });
  if (!values.out) throw new Error("Name the file to write: --out deep.cpuprofile");
  const nodes = Number(values.nodes);
  const samples = Number(values.samples ?? nodes);
  await writeCpuprofile(values.out, { nodes, depth: Number(values.depth), samples });
}
