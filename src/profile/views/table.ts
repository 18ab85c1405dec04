import { type CallTree, childrenOf, nodesOfFunction } from "../call-tree.ts";
import { noParent, type Profile } from "../profile.ts";
import type { QueryOf, Rows, TableAnswer } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { functionInfo, MentionedFunctions } from "./function-info.ts";

interface Row {
  readonly func: number;
  self: number;
  total: number;
  expandable: boolean;
}

export function functionTable(
  { profile, tree }: Structure,
  slice: Slice,
  query: QueryOf<"functions">,
): TableAnswer {
  const matches = textMatcher(profile, query.text);
  const rows: Row[] = [];
  const { self, total } = slice.functions;
  for (let func = 0; func < profile.functions.length; func++) {
    if (total[func] === 0 || !matches(func)) continue;
    const expandable = hasCaller(tree, slice, func);
    rows.push({ func, self: self[func]!, total: total[func]!, expandable });
  }
  return page("functions", profile, slice, rows, query);
}

export function tableChildren(
  structure: Structure,
  slice: Slice,
  query: QueryOf<"children">,
): TableAnswer {
  const rows =
    query.view === "call-tree"
      ? callTreeRows(structure, slice, query.path)
      : bottomUpRows(structure, slice, query.path);
  return page("children", structure.profile, slice, rows, query);
}

function callTreeRows({ tree }: Structure, slice: Slice, path: readonly number[]): Row[] {
  let node = noParent;
  for (const func of path) {
    const next = childrenOf(tree, node).find((child) => tree.func[child] === func);
    if (next === undefined) return [];
    node = next;
  }
  const hasTime = (child: number) => slice.tree.total[child]! > 0;
  return Array.from(childrenOf(tree, node))
    .filter(hasTime)
    .map((child) => ({
      func: tree.func[child]!,
      self: slice.tree.self[child]!,
      total: slice.tree.total[child]!,
      expandable: childrenOf(tree, child).some(hasTime),
    }));
}

/**
 * Callers of the path's first function, by the rest of the path. `self` is how much of that
 * function's self time came this way, `total` how much of its total time.
 */
function bottomUpRows(structure: Structure, slice: Slice, path: readonly number[]): Row[] {
  const { profile, tree, outermostFunction } = structure;
  const [leaf, ...callers] = path;
  if (leaf === undefined) {
    const rows: Row[] = [];
    const { self, total } = slice.functions;
    for (let func = 0; func < profile.functions.length; func++) {
      if (self[func]! === 0) continue;
      const expandable = hasCaller(tree, slice, func);
      rows.push({ func, self: self[func]!, total: total[func]!, expandable });
    }
    return rows;
  }
  const rows = new Map<number, Row>();
  for (const node of nodesOfFunction(tree, leaf)) {
    const self = slice.tree.self[node]!;
    const total = outermostFunction[node] ? slice.tree.total[node]! : 0;
    if (self === 0 && total === 0) continue;
    let below = tree.parent[node]!;
    for (const caller of callers) {
      if (below === noParent || tree.func[below] !== caller) {
        below = noParent;
        break;
      }
      below = tree.parent[below]!;
    }
    if (below === noParent) continue;
    const func = tree.func[below]!;
    const expandable = tree.parent[below] !== noParent;
    const row = rows.get(func);
    if (row) {
      row.self += self;
      row.total += total;
      row.expandable ||= expandable;
    } else {
      rows.set(func, { func, self, total, expandable });
    }
  }
  return [...rows.values()];
}

function hasCaller(tree: CallTree, slice: Slice, func: number): boolean {
  return nodesOfFunction(tree, func).some(
    (node) => tree.parent[node] !== noParent && slice.tree.total[node]! > 0,
  );
}

/** Case-insensitive substring of name, location or module. */
export function textMatcher(profile: Profile, text: string): (func: number) => boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return () => true;
  return (func) => {
    const { name, url, module } = functionInfo(profile, func);
    return [name, url, module].some((field) => field.toLowerCase().includes(wanted));
  };
}

function page(
  kind: TableAnswer["kind"],
  profile: Profile,
  slice: Slice,
  all: Row[],
  { sort, order, offset, limit }: QueryOf<"functions"> | QueryOf<"children">,
): TableAnswer {
  const sign = order === "ascending" ? 1 : -1;
  if (sort === "self" || sort === "total") {
    all.sort((a, b) => sign * (a[sort] - b[sort]) || a.func - b.func);
  } else {
    const key = (row: Row) => sortText(profile, row.func, sort);
    const keyed = all.map((row) => ({ row, key: key(row) }));
    keyed.sort((a, b) => sign * compareText(a.key, b.key) || a.row.func - b.row.func);
    all = keyed.map(({ row }) => row);
  }
  const rows = all.slice(offset, offset + limit);
  const mentioned = new MentionedFunctions(profile);
  return {
    kind,
    rows: {
      func: Uint32Array.from(rows, (row) => mentioned.index(row.func)),
      self: Float64Array.from(rows, (row) => row.self),
      total: Float64Array.from(rows, (row) => row.total),
      expandable: Uint8Array.from(rows, (row) => (row.expandable ? 1 : 0)),
    } satisfies Rows,
    functions: mentioned.list,
    count: all.length,
    total: slice.total,
  };
}

function sortText(profile: Profile, func: number, sort: "name" | "location"): string {
  const { name, url, line, module } = functionInfo(profile, func);
  if (sort === "name") return name.toLowerCase();
  return url === "" ? module : `${url}:${String(line).padStart(8, "0")}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
