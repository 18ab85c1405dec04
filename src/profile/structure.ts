/** What can be worked out of a profile without knowing which samples count. Built once. */
import { buildCallTree, type CallTree } from "./call-tree.ts";
import { buildLineTable, isSourceUrl, type LineTable } from "./lines.ts";
import { markOutermost } from "./on-stack.ts";
import { functionPosition } from "./position.ts";
import { noParent, type Profile } from "./profile.ts";

/** Where a profile's nodes stand in source files. Only some questions need it. */
export interface Sources {
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

export class Structure {
  readonly profile: Profile;
  readonly tree: CallTree;
  /** 1 for each tree node whose function does not stand below it on its stack. */
  readonly outermostFunction: Uint8Array;
  #sources: Sources | undefined;

  constructor(profile: Profile) {
    this.profile = profile;
    this.tree = buildCallTree(profile);
    const { parent, func } = this.tree;
    this.outermostFunction = markOutermost(parent, func, profile.functions.length);
  }

  get sources(): Sources {
    this.#sources ??= findSources(this.profile);
    return this.#sources;
  }
}

function findSources(profile: Profile): Sources {
  const { nodes, frames, functions } = profile;
  const lines = buildLineTable(profile);
  const hasSource = new Uint8Array(functions.length);
  for (let func = 0; func < functions.length; func++) {
    const { url, line } = functionPosition(profile, func);
    if (line > 0 && isSourceUrl(url)) hasSource[func] = 1;
  }
  // Loops, as functions called for each of millions of nodes cost more than what they do.
  const lineOfNode = new Int32Array(nodes.length);
  const sourceNode = new Int32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) {
    const below = nodes.parent[node]!;
    const frame = nodes.frame[node]!;
    lineOfNode[node] = lines.ofFrame[frame]!;
    if (hasSource[frames.func[frame]!]) sourceNode[node] = node;
    else sourceNode[node] = below === noParent ? -1 : sourceNode[below]!;
  }
  const outermostLine = markOutermost(nodes.parent, lineOfNode, lines.length);
  return { lines, lineOfNode, outermostLine, hasSource, sourceNode };
}
