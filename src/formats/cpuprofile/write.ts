/**
 * V8's `.cpuprofile`: what Chrome's and VS Code's own viewers open. Lines and columns of call
 * frames count from 0 there; lines of position ticks from 1. A profile of several threads is
 * written as one, its samples in time order.
 */
import type { Writable } from "node:stream";
import { buildCallTree, type CallTree, childrenOf } from "../../profile/call-tree.ts";
import type { Profile } from "../../profile/profile.ts";
import { shownFunction, shownLine } from "../shown-frame.ts";
import { indexes, writeText } from "../text-output.ts";

const rootId = 1;
const firstId = 2;

export function writeCpuprofile(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
): Promise<void> {
  const tree = buildCallTree(profile);
  const ticks = positionTicks(profile, tree);
  const order = timeOrder(profile);
  const { samples, meta } = profile;
  return writeText(stream, signal, async (output) => {
    const root = {
      id: rootId,
      callFrame: callFrame({ name: "(root)", url: "", line: 0, column: 0 }),
      hitCount: 0,
      children: ids(childrenOf(tree, -1)),
    };
    await output.write(`{"nodes":[${JSON.stringify(root)}`);
    for (let node = 0; node < tree.length; node++) {
      const lines = ticks[node];
      const hitCount = lines ? [...lines.values()].reduce((sum, count) => sum + count, 0) : 0;
      const known = lines ? [...lines].filter(([line]) => line > 0) : [];
      const row = {
        id: node + firstId,
        callFrame: callFrame(shownFunction(profile, tree.func[node]!)),
        hitCount,
        children: ids(childrenOf(tree, node)),
        ...(known.length > 0 && {
          positionTicks: known.map(([line, count]) => ({ line, ticks: count })),
        }),
      };
      await output.write(`,${JSON.stringify(row)}`);
    }
    await output.write(`],"startTime":0,"endTime":${Math.round(meta.duration)},"samples":[`);
    await output.items(indexes(order.length), (i) =>
      String(tree.ofNode[samples.node[order[i]!]!]! + firstId),
    );
    await output.write(`],"timeDeltas":[`);
    // Rounded as times, not as deltas, so that rounding does not add up.
    const time = (i: number) => (i < 0 ? 0 : Math.round(samples.time[order[i]!]!));
    await output.items(indexes(order.length), (i) => String(time(i) - time(i - 1)));
    await output.write("]}");
  });
}

function callFrame({ name, url, line, column }: ReturnType<typeof shownFunction>) {
  return {
    functionName: name === "(anonymous)" ? "" : name,
    scriptId: "0",
    url,
    lineNumber: line - 1,
    columnNumber: column - 1,
  };
}

function ids(nodes: Uint32Array): number[] {
  return Array.from(nodes, (node) => node + firstId);
}

/** Samples by line, for each tree node that has any. */
function positionTicks(profile: Profile, tree: CallTree): (Map<number, number> | undefined)[] {
  const { samples, nodes } = profile;
  const ticks = new Array<Map<number, number> | undefined>(tree.length);
  for (let i = 0; i < samples.length; i++) {
    const node = samples.node[i]!;
    const line = shownLine(profile, nodes.frame[node]!);
    const row = tree.ofNode[node]!;
    ticks[row] ??= new Map();
    ticks[row].set(line, (ticks[row].get(line) ?? 0) + 1);
  }
  return ticks;
}

function timeOrder({ samples, threads }: Profile): Uint32Array {
  const order = Uint32Array.from(indexes(samples.length));
  return threads.length === 1 ? order : order.sort((a, b) => samples.time[a]! - samples.time[b]!);
}
