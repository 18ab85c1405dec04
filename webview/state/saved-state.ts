/**
 * The view's state as VS Code keeps it. What comes back may be from another version of ours, so
 * each part counts only if it has the right shape.
 */
import { initialState, type Sorting, type TableState, type ViewState } from "./view-state.ts";

export function restoreState(saved: unknown): ViewState {
  if (!isRecord(saved)) return initialState;
  const { view, root, sandwich, selection, chosen, text, camera } = saved;
  return {
    view: oneOf(["flame", "table", "findings"], view) ?? initialState.view,
    ...(isIndex(root) && { root }),
    ...(isIndex(sandwich) && { sandwich }),
    ...(isRecord(selection) &&
      isWhole(selection["node"]) &&
      isWhole(selection["func"]) && {
        selection: { node: selection["node"], func: selection["func"] },
      }),
    chosen: restoreChosen(chosen),
    text: typeof text === "string" ? text : "",
    camera: restoreCamera(camera),
    reveals: 0,
    table: restoreTable(saved["table"]),
  };
}

function restoreChosen(chosen: unknown): ViewState["chosen"] {
  if (!isRecord(chosen)) return initialState.chosen;
  const { thread, range, includeIdle } = chosen;
  return {
    includeIdle: includeIdle === true,
    ...(isIndex(thread) && { thread }),
    ...(isRecord(range) &&
      isNumber(range["from"]) &&
      isNumber(range["to"]) && { range: { from: range["from"], to: range["to"] } }),
  };
}

function restoreCamera(camera: unknown): ViewState["camera"] {
  if (!isRecord(camera)) return initialState.camera;
  const { left, span, top } = camera;
  const isUsable = isNumber(left) && isNumber(span) && isNumber(top) && span > 0;
  return isUsable ? { left, span, top } : initialState.camera;
}

function restoreTable(table: unknown): TableState {
  const fallback = initialState.table;
  if (!isRecord(table)) return fallback;
  const expanded = isRecord(table["expanded"]) ? table["expanded"] : {};
  const sorting = isRecord(table["sorting"]) ? table["sorting"] : {};
  return {
    mode: oneOf(["functions", "bottom-up", "call-tree"], table["mode"]) ?? fallback.mode,
    sorting: {
      functions: restoreSorting(sorting["functions"], fallback.sorting.functions),
      "bottom-up": restoreSorting(sorting["bottom-up"], fallback.sorting["bottom-up"]),
      "call-tree": restoreSorting(sorting["call-tree"], fallback.sorting["call-tree"]),
    },
    expanded: {
      functions: strings(expanded["functions"]),
      "bottom-up": strings(expanded["bottom-up"]),
      "call-tree": strings(expanded["call-tree"]),
    },
    scroll: isNumber(table["scroll"]) ? table["scroll"] : 0,
    row: typeof table["row"] === "string" ? table["row"] : "",
  };
}

function restoreSorting(sorting: unknown, fallback: Sorting): Sorting {
  if (!isRecord(sorting)) return fallback;
  const sort = oneOf(["self", "total", "name", "location"], sorting["sort"]);
  const order = oneOf(["ascending", "descending"], sorting["order"]);
  return sort && order ? { sort, order } : fallback;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isIndex(value: unknown): value is number {
  return isWhole(value) && value >= 0;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((entry) => entry === value);
}
