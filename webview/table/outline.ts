/**
 * The rows of a tree that is known in pages only: which row stands at which height, and which
 * pages are missing. A path key names a row: function ids from the top row down, joined by "/".
 */
import type { FunctionInfo, TableAnswer } from "../../src/profile/query.ts";

export const pageSize = 200;
export const topKey = "";

export interface Row {
  readonly func: FunctionInfo;
  /** Microseconds. */
  readonly self: number;
  readonly total: number;
  readonly isExpandable: boolean;
}

/** The children of one row, as far as they are known. */
export interface Group {
  readonly count: number;
  readonly pages: ReadonlyMap<number, readonly Row[]>;
  /** Index among the children, by function id. */
  readonly indexOf: ReadonlyMap<number, number>;
}

/** Children by the path key of their parent; the top rows are under `topKey`. */
export type Groups = ReadonlyMap<string, Group>;

/** Rows of one group that stand together, uninterrupted by an open row's children. */
interface Run {
  readonly key: string;
  readonly depth: number;
  /** Height of the run's first row, in rows. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

export interface Outline {
  readonly runs: readonly Run[];
  readonly count: number;
}

export interface Place {
  /** Path key of the parent. */
  readonly parent: string;
  /** Index among its children. */
  readonly index: number;
  readonly depth: number;
}

export function groupOf(before: Group | undefined, page: number, answer: TableAnswer): Group {
  const { rows, functions, count } = answer;
  const list = Array.from(rows.func, (func, i) => ({
    func: functions[func]!,
    self: rows.self[i]!,
    total: rows.total[i]!,
    isExpandable: rows.expandable[i] === 1,
  }));
  const indexOf = new Map(before?.indexOf);
  for (const [i, row] of list.entries()) indexOf.set(row.func.id, page * pageSize + i);
  return { count, pages: new Map(before?.pages).set(page, list), indexOf };
}

/** A group that is not there yet counts as one row. */
export function buildOutline(groups: Groups, expanded: readonly string[]): Outline {
  const openOf = new Map<string, string[]>();
  for (const key of expanded) {
    const parent = parentKey(key);
    openOf.set(parent, [...(openOf.get(parent) ?? []), key]);
  }
  const runs: Run[] = [];
  let start = 0;
  const addRun = (key: string, depth: number, from: number, to: number) => {
    if (to > from) runs.push({ key, depth, start, from, to });
    start += to - from;
  };
  const addGroup = (key: string, depth: number) => {
    const group = groups.get(key);
    const count = group?.count ?? 1;
    let from = 0;
    const open = (group ? (openOf.get(key) ?? []) : [])
      .map((child) => ({ child, index: group!.indexOf.get(lastId(child)) ?? -1 }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.index - b.index);
    for (const { child, index } of open) {
      addRun(key, depth, from, index + 1);
      addGroup(child, depth + 1);
      from = index + 1;
    }
    addRun(key, depth, from, count);
  };
  addGroup(topKey, 0);
  return { runs, count: start };
}

export function placeAt({ runs }: Outline, height: number): Place {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (runs[middle]!.start <= height) low = middle;
    else high = middle - 1;
  }
  const run = runs[low]!;
  return { parent: run.key, index: run.from + height - run.start, depth: run.depth };
}

/** Height of a row by its path key, or -1 when it does not show. */
export function heightOf({ runs }: Outline, groups: Groups, key: string): number {
  const index = groups.get(parentKey(key))?.indexOf.get(lastId(key));
  if (index === undefined) return -1;
  const parent = parentKey(key);
  const run = runs.find((r) => r.key === parent && index >= r.from && index < r.to);
  return run ? run.start + index - run.from : -1;
}

export function rowAt(groups: Groups, { parent, index }: Place): Row | undefined {
  return groups.get(parent)?.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
}

/** Pages that the rows from `first` to `last` need and that are not there, each once. */
export function missingPages(
  outline: Outline,
  groups: Groups,
  first: number,
  last: number,
): { readonly key: string; readonly page: number }[] {
  const missing = new Map<string, { key: string; page: number }>();
  for (let height = first; height <= Math.min(last, outline.count - 1); height++) {
    const { parent: key, index } = placeAt(outline, height);
    const page = Math.floor(index / pageSize);
    if (!groups.get(key)?.pages.has(page)) missing.set(`${key}:${page}`, { key, page });
  }
  return [...missing.values()];
}

export function childKey(parent: string, func: number): string {
  return parent === topKey ? String(func) : `${parent}/${func}`;
}

export function parentKey(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

/** Function ids from the top row down. */
export function pathOf(key: string): number[] {
  return key === topKey ? [] : key.split("/").map(Number);
}

function lastId(key: string): number {
  return Number(key.slice(key.lastIndexOf("/") + 1));
}
