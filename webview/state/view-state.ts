/**
 * Everything the user has chosen in the view, and nothing that a query could tell: it is small,
 * survives hide and reload, and every query is worked out from it.
 */
import type { sortKeys } from "../../src/profile/query.ts";
import type { FrameKey } from "../flame/scene.ts";

export type ViewName = "flame" | "table" | "findings";
export type TableMode = "functions" | "bottom-up" | "call-tree";
export type SortKey = (typeof sortKeys)[number];
export type SortOrder = "ascending" | "descending";

export interface Chosen {
  /** Index into the profile's threads; all when absent. */
  readonly thread?: number;
  /** Microseconds since the profile's start. */
  readonly range?: { readonly from: number; readonly to: number };
  readonly includeIdle: boolean;
}

export interface ViewState {
  readonly view: ViewName;
  /** Call tree node that fills the flame graph's width; everything when absent. */
  readonly root?: number;
  /** Function whose callers and callees the flame graph shows instead. */
  readonly sandwich?: number;
  readonly selection?: FrameKey;
  readonly chosen: Chosen;
  readonly text: string;
  /** Shares of the scene's width, and CSS pixels from its top. */
  readonly camera: { readonly left: number; readonly span: number; readonly top: number };
  /** Grows when the selection is to be brought to the fore, wherever it is. */
  readonly reveals: number;
  readonly table: TableState;
}

export interface Sorting {
  readonly sort: SortKey;
  readonly order: SortOrder;
}

export interface TableState {
  readonly mode: TableMode;
  readonly sorting: Record<TableMode, Sorting>;
  /** Path keys of the open rows. */
  readonly expanded: Record<TableMode, readonly string[]>;
  /** CSS pixels. */
  readonly scroll: number;
  /** Path key of the row that the keyboard is on. */
  readonly row: string;
}

export type Action =
  | { readonly kind: "show"; readonly view: ViewName | "next" }
  | { readonly kind: "zoom"; readonly root: number | undefined }
  | { readonly kind: "sandwich"; readonly func: number | undefined }
  | { readonly kind: "select"; readonly selection: FrameKey | undefined }
  /** Show a function in the whole graph. */
  | { readonly kind: "reveal"; readonly func: number }
  | { readonly kind: "camera"; readonly camera: ViewState["camera"] }
  | { readonly kind: "thread"; readonly thread: number | undefined }
  | { readonly kind: "range"; readonly range: Chosen["range"] | undefined }
  | { readonly kind: "idle"; readonly include: boolean }
  | { readonly kind: "search"; readonly text: string }
  | { readonly kind: "table-mode"; readonly mode: TableMode }
  | { readonly kind: "sort"; readonly key: SortKey }
  | { readonly kind: "expand"; readonly path: string; readonly open: boolean }
  | { readonly kind: "table-scroll"; readonly scroll: number }
  | { readonly kind: "table-row"; readonly row: string };

/** More open rows than anyone reads; keeps what is saved small. */
const mostExpanded = 500;

const otherView: Record<ViewName, ViewName> = {
  flame: "table",
  table: "flame",
  findings: "flame",
};

const wholeCamera: ViewState["camera"] = { left: 0, span: 1, top: 0 };

export const initialState: ViewState = {
  view: "flame",
  chosen: { includeIdle: false },
  text: "",
  camera: wholeCamera,
  reveals: 0,
  table: {
    mode: "functions",
    sorting: {
      functions: { sort: "self", order: "descending" },
      "bottom-up": { sort: "self", order: "descending" },
      "call-tree": { sort: "total", order: "descending" },
    },
    expanded: { functions: [], "bottom-up": [], "call-tree": [] },
    scroll: 0,
    row: "",
  },
};

export function reduce(state: ViewState, action: Action): ViewState {
  const { table, chosen } = state;
  switch (action.kind) {
    case "show":
      return { ...state, view: action.view === "next" ? otherView[state.view] : action.view };
    case "zoom": {
      const top = state.camera.top;
      return optional({ ...state, camera: { ...wholeCamera, top } }, "root", action.root);
    }
    case "sandwich":
      return optional({ ...state, view: "flame" }, "sandwich", action.func);
    case "select":
      return optional(state, "selection", action.selection);
    case "reveal": {
      const { root: _root, sandwich: _sandwich, ...rest } = state;
      const selection = { node: -1, func: action.func };
      const reveals = state.reveals + 1;
      return { ...rest, view: "flame", camera: wholeCamera, selection, reveals };
    }
    case "camera":
      return { ...state, camera: action.camera };
    case "thread":
      return { ...state, chosen: optional(chosen, "thread", action.thread) };
    case "range":
      return { ...state, chosen: optional(chosen, "range", action.range) };
    case "idle":
      return { ...state, chosen: { ...chosen, includeIdle: action.include } };
    case "search":
      return { ...state, text: action.text };
    case "table-mode":
      return { ...state, table: { ...table, mode: action.mode, scroll: 0, row: "" } };
    case "sort":
      return { ...state, table: { ...table, sorting: sortBy(table, action.key), scroll: 0 } };
    case "expand":
      return { ...state, table: expand(table, action.path, action.open) };
    case "table-scroll":
      return { ...state, table: { ...table, scroll: action.scroll } };
    case "table-row":
      return { ...state, table: { ...table, row: action.row } };
  }
}

/** Times start with the largest, texts with the first; the same column again turns it round. */
function sortBy({ mode, sorting }: TableState, key: SortKey): TableState["sorting"] {
  const { sort, order } = sorting[mode];
  const first: SortOrder = key === "self" || key === "total" ? "descending" : "ascending";
  const turned: SortOrder = order === "ascending" ? "descending" : "ascending";
  return { ...sorting, [mode]: { sort: key, order: key === sort ? turned : first } };
}

function expand(table: TableState, path: string, open: boolean): TableState {
  const others = table.expanded[table.mode].filter((key) => key !== path);
  const paths = open ? [...others, path].slice(-mostExpanded) : others;
  return { ...table, expanded: { ...table.expanded, [table.mode]: paths } };
}

/** `undefined` takes the key away: states are compared and saved as JSON. */
function optional<T extends object, K extends keyof T>(
  target: T,
  key: K,
  value: T[K] | undefined,
): T {
  if (value !== undefined) return { ...target, [key]: value };
  const { [key]: _gone, ...rest } = target;
  return rest as T;
}
