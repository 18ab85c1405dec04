/**
 * V8's `.cpuprofile`: what Chrome's and VS Code's own viewers open. Lines and columns of call
 * frames count from 0 there; lines of position ticks from 1. Names and positions are the original
 * ones where mapped, since those viewers have no maps for a file that they are given.
 */
import type { Writable } from "node:stream";
import { buildCallTree, type CallTree, childrenOf } from "../../profile/call-tree.ts";
import { groupRows } from "../../profile/csr.ts";
import { framePosition } from "../../profile/position.ts";
import { noParent, type Profile } from "../../profile/profile.ts";
import { type ShownFunction, shownFunction } from "../shown-function.ts";
import { writeText } from "../text-output.ts";
import { gap, inOneRow } from "./one-row.ts";

const rootId = 1;
const firstId = 2;

/** Samples by line, 0 for those of no known line. */
type LineHits = ReadonlyMap<number, number>;

export function writeCpuprofile(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
): Promise<void> {
  const tree = buildCallTree(profile);
  const gapId = tree.length + firstId;
  const gaps = countGaps(profile);
  return writeText(stream, signal, async (output) => {
    const roots = ids(childrenOf(tree, noParent));
    if (gaps > 0) roots.push(gapId);
    await output.write(`{"nodes":[${nodeJson(rootId, pseudo("(root)"), new Map(), roots)}`);
    const hitsOf = lineHits(profile, tree);
    for (let node = 0; node < tree.length; node++) {
      const func = shownFunction(profile, tree.func[node]!);
      const children = ids(childrenOf(tree, node));
      await output.write(`,${nodeJson(node + firstId, func, hitsOf(node, func.url), children)}`);
    }
    if (gaps > 0) {
      await output.write(`,${nodeJson(gapId, pseudo("(idle)"), new Map([[0, gaps]]), [])}`);
    }
    await output.write(`],"startTime":0,"samples":[`);
    await output.items(inOneRow(profile), ({ sample }) =>
      String(sample === gap ? gapId : tree.ofNode[profile.samples.node[sample]!]! + firstId),
    );
    await output.write(`],"timeDeltas":[`);
    let before = 0;
    let endTime = 0;
    await output.items(inOneRow(profile), ({ start, end }) => {
      const delta = start - before;
      before = start;
      endTime = end;
      return String(delta);
    });
    await output.write(`],"endTime":${endTime}}`);
  });
}

function countGaps(profile: Profile): number {
  let gaps = 0;
  for (const { sample } of inOneRow(profile)) if (sample === gap) gaps++;
  return gaps;
}

function nodeJson(
  id: number,
  { name, url, line, column }: ShownFunction,
  hits: LineHits,
  children: readonly number[],
): string {
  const positionTicks = [...hits]
    .filter(([tickLine]) => tickLine > 0)
    .map(([tickLine, ticks]) => ({ line: tickLine, ticks }));
  return JSON.stringify({
    id,
    callFrame: {
      functionName: name === "(anonymous)" ? "" : name,
      scriptId: "0",
      url,
      lineNumber: line - 1,
      columnNumber: column - 1,
    },
    hitCount: [...hits.values()].reduce((sum, count) => sum + count, 0),
    children,
    ...(positionTicks.length > 0 && { positionTicks }),
  });
}

function pseudo(name: string): ShownFunction {
  return { name, url: "", line: 0, column: 0 };
}

function ids(nodes: Uint32Array): number[] {
  return Array.from(nodes, (node) => node + firstId);
}

/**
 * @returns the hits of a tree node; a line in another file than the function's, where code was
 *   inlined by a bundler, counts as no known line: the format has no way to say it
 */
function lineHits(
  profile: Profile,
  tree: CallTree,
): (treeNode: number, functionUrl: string) => LineHits {
  const { samples, nodes } = profile;
  const samplesOfNode = new Uint32Array(nodes.length);
  for (const node of samples.node) samplesOfNode[node]!++;
  const nodesOf = groupRows(tree.ofNode, tree.length);
  return (treeNode, functionUrl) => {
    const hits = new Map<number, number>();
    for (let i = nodesOf.start[treeNode]!; i < nodesOf.start[treeNode + 1]!; i++) {
      const node = nodesOf.rows[i]!;
      const count = samplesOfNode[node]!;
      if (count === 0) continue;
      const { url, line } = framePosition(profile, nodes.frame[node]!);
      const known = url === functionUrl ? line : 0;
      hits.set(known, (hits.get(known) ?? 0) + count);
    }
    return hits;
  };
}
