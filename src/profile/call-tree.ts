/**
 * The call tree: stacks merged by function, whatever line each frame was on. Its shape does not
 * depend on which samples count; weights are laid over it by a `Slice`.
 */
import { type Groups, groupChildren, groupRows } from "./csr.ts";
import { growU32 } from "./growable.ts";
import { PrefixTree } from "./prefix-tree.ts";
import { noParent, type Profile } from "./profile.ts";

export interface CallTree {
  readonly length: number;
  /** A tree node's index is greater than its parent's. */
  readonly parent: Int32Array;
  readonly func: Uint32Array;
  /** The tree node of each of the profile's nodes. */
  readonly ofNode: Uint32Array;
  /**
   * The first of the profile's nodes in each tree node: a name for it that holds when functions
   * get their names later and the tree is merged anew.
   */
  readonly firstNode: Uint32Array;
  /** As `groupChildren` lays them out. */
  readonly children: Groups;
  /** Tree nodes by function. */
  readonly byFunction: Groups;
}

/** One pass over the nodes. */
export function buildCallTree({ nodes, frames, functions }: Profile): CallTree {
  const tree = new PrefixTree();
  const firstNodes = growU32();
  const ofNode = new Uint32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) {
    const below = nodes.parent[node]!;
    const parent = below === noParent ? noParent : ofNode[below]!;
    const row = tree.node(parent, frames.func[nodes.frame[node]!]!);
    if (row === firstNodes.length) firstNodes.push(node);
    ofNode[node] = row;
  }
  const { parent, key: func } = tree.finish();
  // Not every question asks for these.
  let children: Groups | undefined;
  let byFunction: Groups | undefined;
  return {
    length: parent.length,
    parent,
    func,
    ofNode,
    firstNode: firstNodes.finish(),
    get children() {
      children ??= groupChildren(parent);
      return children;
    },
    get byFunction() {
      byFunction ??= groupRows(func, functions.length);
      return byFunction;
    },
  };
}

/** The tree nodes standing directly on a node, or at the bottom for `noParent`. */
export function childrenOf({ children }: CallTree, node: number): Uint32Array {
  return children.rows.subarray(children.start[node + 1], children.start[node + 2]);
}

export function nodesOfFunction({ byFunction }: CallTree, func: number): Uint32Array {
  return byFunction.rows.subarray(byFunction.start[func], byFunction.start[func + 1]);
}
