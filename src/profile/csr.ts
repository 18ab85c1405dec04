/** Rows grouped by a key, as two flat arrays (compressed sparse rows): no array per group. */
export interface Groups {
  /** Rows of group `k` are `rows[start[k]]` up to, not including, `rows[start[k + 1]]`. */
  readonly start: Uint32Array;
  readonly rows: Uint32Array;
}

/** Groups rows by key, in row order. Keys are 0 to `groupCount - 1`; any other is left out. */
export function groupRows(keys: ArrayLike<number>, groupCount: number): Groups {
  const start = new Uint32Array(groupCount + 1);
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]!;
    if (key >= 0 && key < groupCount) start[key + 1]!++;
  }
  for (let key = 0; key < groupCount; key++) start[key + 1]! += start[key]!;
  const next = start.slice();
  const rows = new Uint32Array(start[groupCount]!);
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]!;
    if (key >= 0 && key < groupCount) rows[next[key]!++] = row;
  }
  return { start, rows };
}

/** Children by parent: group 0 holds the bottoms of stacks, group `n + 1` those on node `n`. */
export function groupChildren(parent: Int32Array): Groups {
  return groupRows(
    parent.map((node) => node + 1),
    parent.length + 1,
  );
}
