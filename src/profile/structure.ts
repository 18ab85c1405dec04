/** What can be worked out of a profile without knowing which samples count. Built once. */
import { buildCallTree, type CallTree } from "./call-tree.ts";
import { buildLineTable, isSourceUrl, type LineTable } from "./lines.ts";
import { markOutermost } from "./on-stack.ts";
import { functionPosition } from "./position.ts";
import { noParent, type Profile } from "./profile.ts";

export interface Structure {
  readonly profile: Profile;
  readonly tree: CallTree;
  /** 1 for each tree node whose function does not stand below it on its stack. */
  readonly outermostFunction: Uint8Array;
  readonly lines: LineTable;
  /** Line of each of the profile's nodes, -1 where there is none. */
  readonly lineOfNode: Int32Array;
  /** 1 for each of the profile's nodes whose line does not stand below it on its stack. */
  readonly outermostLine: Uint8Array;
  /** 1 for each function that stands in a source file which a developer can open. */
  readonly hasSource: Uint8Array;
  /**
   * The nearest node at or below each node whose function has a source, or -1: built-in and
   * native code is charged there.
   */
  readonly sourceNode: Int32Array;
}

export function buildStructure(profile: Profile): Structure {
  const { nodes, frames, functions } = profile;
  const tree = buildCallTree(profile);
  const lines = buildLineTable(profile);
  // Loops, as functions called for each of millions of nodes cost more than what they do.
  const lineOfNode = new Int32Array(nodes.length);
  const hasSource = new Uint8Array(functions.length);
  for (let func = 0; func < functions.length; func++) {
    const { url, line } = functionPosition(profile, func);
    if (line > 0 && isSourceUrl(url)) hasSource[func] = 1;
  }
  const sourceNode = new Int32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) {
    const below = nodes.parent[node]!;
    const frame = nodes.frame[node]!;
    lineOfNode[node] = lines.ofFrame[frame]!;
    if (hasSource[frames.func[frame]!]) sourceNode[node] = node;
    else sourceNode[node] = below === noParent ? -1 : sourceNode[below]!;
  }
  return {
    profile,
    tree,
    outermostFunction: markOutermost(tree.parent, tree.func, functions.length),
    lines,
    lineOfNode,
    outermostLine: markOutermost(nodes.parent, lineOfNode, lines.length),
    hasSource,
    sourceNode,
  };
}
