/**
 * A profile without what none of its samples has on its stack: the stacks of other processes,
 * which have to be read as later rows may refer to them.
 */
import {
  type FrameTable,
  type FunctionTable,
  noParent,
  type Profile,
} from "../../profile/profile.ts";

export function prune(profile: Profile): Profile {
  const nodes = keepNodes(profile);
  const frames = keep(profile.frames.length, function* () {
    for (const node of nodes.kept) yield profile.nodes.frame[node]!;
  });
  const functions = keep(profile.functions.length, function* () {
    for (const frame of frames.kept) yield profile.frames.func[frame]!;
  });
  const frameTable = pick(profile.frames, frames.kept);
  return {
    ...profile,
    functions: pick(profile.functions, functions.kept),
    frames: { ...frameTable, func: frameTable.func.map((func) => functions.row[func]!) },
    nodes: {
      length: nodes.kept.length,
      parent: Int32Array.from(nodes.kept, (node) => {
        const parent = profile.nodes.parent[node]!;
        return parent === noParent ? noParent : nodes.row[parent]!;
      }),
      frame: Uint32Array.from(nodes.kept, (node) => frames.row[profile.nodes.frame[node]!]!),
    },
    samples: { ...profile.samples, node: profile.samples.node.map((node) => nodes.row[node]!) },
  };
}

interface Kept {
  /** Ascending, by new row. */
  readonly kept: Uint32Array;
  /** New row, by old one; of no meaning for those that go. */
  readonly row: Uint32Array;
}

function keepNodes({ nodes, samples }: Profile): Kept {
  const isUsed = new Uint8Array(nodes.length);
  for (const node of samples.node) isUsed[node] = 1;
  for (let node = nodes.length - 1; node >= 0; node--) {
    const parent = nodes.parent[node]!;
    if (isUsed[node] === 1 && parent !== noParent) isUsed[parent] = 1;
  }
  return renumber(isUsed);
}

function keep(length: number, used: () => Iterable<number>): Kept {
  const isUsed = new Uint8Array(length);
  for (const row of used()) isUsed[row] = 1;
  return renumber(isUsed);
}

function renumber(isUsed: Uint8Array): Kept {
  const row = new Uint32Array(isUsed.length);
  const kept = new Uint32Array(isUsed.length);
  let count = 0;
  for (let old = 0; old < isUsed.length; old++) {
    if (isUsed[old] === 0) continue;
    row[old] = count;
    kept[count++] = old;
  }
  return { kept: kept.slice(0, count), row };
}

/** These rows of every column. */
function pick<T extends FunctionTable | FrameTable>(table: T, rows: Uint32Array): T {
  const picked = Object.entries(table).map(([name, column]) => {
    if (typeof column === "number") return [name, rows.length];
    const values = new (column.constructor as Uint32ArrayConstructor)(rows.length);
    for (let row = 0; row < rows.length; row++) values[row] = column[rows[row]!]!;
    return [name, values];
  });
  return Object.fromEntries(picked) as T;
}
