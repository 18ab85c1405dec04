/** From parent links in any order to the model's prefix tree, where parents come first. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { noParent } from "../../profile/profile.ts";
import { type RawProfile, rootNode, undefinedNode } from "./raw-profile.ts";

const unplaced = -2;

/**
 * Adds the file's nodes to the builder, cutting cycles. V8's `(root)` is no function and vanishes
 * unless samples name it, whose time then stays under that name. A node that is mentioned and
 * never told becomes `(unknown)` where samples or callees need it.
 *
 * @param sampleCounts samples by row
 * @returns the model's node by row, or `noParent` for a row that vanished from the bottom
 */
export function placeNodes(
  builder: ProfileBuilder,
  raw: RawProfile,
  sampleCounts: Float64Array,
): Int32Array {
  const parent = raw.parent.array;
  const nodeOf = new Int32Array(raw.rowCount).fill(unplaced);
  const onPath = new Uint8Array(raw.rowCount);
  const hasCallee = new Uint8Array(raw.rowCount);
  for (let row = 0; row < raw.rowCount; row++) if (parent[row]! >= 0) hasCallee[parent[row]!] = 1;

  const place = (row: number) => {
    const caller = parent[row]!;
    const below = caller < 0 ? noParent : nodeOf[caller]!;
    const func = functionOf(builder, raw, row, sampleCounts[row]!, hasCallee[row] === 1);
    nodeOf[row] = func < 0 ? below : builder.node(below, builder.frame(func));
  };

  const path: number[] = [];
  for (let start = 0; start < raw.rowCount; start++) {
    for (let row = start; row >= 0 && nodeOf[row] === unplaced; row = parent[row]!) {
      if (onPath[row] === 1) {
        builder.warn("node-cycle", "Nodes are their own callers; the cycle was cut.");
        parent[path.at(-1)!] = noParent;
        break;
      }
      onPath[row] = 1;
      path.push(row);
    }
    while (path.length > 0) place(path.pop()!);
  }
  return nodeOf;
}

/** The function of a row's own node, or -1 when the row needs none. */
function functionOf(
  builder: ProfileBuilder,
  raw: RawProfile,
  row: number,
  samples: number,
  hasCallee: boolean,
): number {
  const func = raw.func.array[row]!;
  if (func === rootNode) {
    if (samples === 0 && raw.parent.array[row]! < 0) return -1;
    return builder.func({ name: "(root)", category: "program" });
  }
  if (func === undefinedNode) {
    if (samples > 0) {
      const message = "Samples name nodes that the file lacks; their time is unaccounted.";
      builder.warn("unknown-node", message, samples);
    } else builder.warn("missing-node", "A node is mentioned that the file lacks.");
    if (samples === 0 && !hasCallee) return -1;
    return builder.func({ name: "(unknown)", category: "unaccounted" });
  }
  return func;
}
