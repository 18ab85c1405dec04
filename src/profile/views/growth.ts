/** The two ways a stack grows from a tree node. */
import { type CallTree, childrenOf } from "../call-tree.ts";
import { noParent } from "../profile.ts";
import type { Times } from "../slice.ts";
import type { Growth } from "./boxes.ts";

/** Towards the top of the stack: what a function called. `noParent` grows the bottoms. */
export function calleesOf(tree: CallTree, times: Times): Growth {
  return {
    grow({ node }, each) {
      for (const child of childrenOf(tree, node)) {
        const total = times.total[child]!;
        if (total > 0) each(tree.func[child]!, { node: child, total });
      }
    },
    self: ({ node }) => (node === noParent ? 0 : times.self[node]!),
    id: ({ node }) => (node === noParent ? -1 : tree.firstNode[node]!),
  };
}

/** Towards the bottom of the stack: who called a function. The time is handed down whole. */
export function callersOf(tree: CallTree): Growth {
  return {
    grow({ node, total }, each) {
      const below = tree.parent[node]!;
      if (below !== noParent) each(tree.func[below]!, { node: below, total });
    },
    self: ({ node, total }) => (tree.parent[node] === noParent ? total : 0),
    id: () => -1,
  };
}
