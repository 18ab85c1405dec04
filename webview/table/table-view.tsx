// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, aria-activedescendant the row
// biome-ignore-all lint/a11y/noStaticElementInteractions: what the pointer does here the grid's keys do too
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role depends on the mode, both have these
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid has the keys
/** The table pane: functions, or a tree of callers or callees, in pages. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { SortKey, TableMode } from "../state/view-state.ts";
import { clipped } from "../text/format.ts";
import { sourceOf } from "../text/location.ts";
import { useApp } from "../ui/context.ts";
import { NothingInFilter } from "../ui/nothing-in-filter.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { Tabs } from "../ui/tabs.tsx";
import {
  buildOutline,
  childKey,
  heightOf,
  missingPages,
  parentKey,
  placeAt,
  type Row,
  rowAt,
} from "./outline.ts";
import { tableCommand } from "./table-keys.ts";
import { TableRow } from "./table-row.tsx";
import { useGroups } from "./use-groups.ts";
import { tableRowHeight, useVirtualRows } from "./use-virtual-rows.ts";

const modes = [
  { value: "functions", label: "Functions" },
  { value: "bottom-up", label: "Bottom-Up" },
  { value: "call-tree", label: "Call Tree" },
] as const;

const columns: readonly { readonly key: SortKey; readonly label: string }[] = [
  { key: "self", label: "Self Time" },
  { key: "total", label: "Total Time" },
  { key: "name", label: "Function" },
  { key: "location", label: "Location" },
];

const scrollPauseMs = 150;

export function TableView({ matches }: { readonly matches: ReadonlySet<number> | undefined }) {
  const { state, dispatch, post } = useApp();
  const { table } = state;
  const { mode, row: current } = table;
  const sorting = table.sorting[mode];
  const { groups, whole, failure, retry, need } = useGroups();
  const isTree = mode !== "functions";
  const expanded = isTree ? table.expanded[mode] : noRows;
  const isOpen = useMemo(() => new Set(expanded), [expanded]);
  const outline = useMemo(() => buildOutline(groups, expanded), [groups, expanded]);
  const scroller = useRef<HTMLDivElement>(null);
  const { items, height, scrollTo } = useVirtualRows(scroller, outline.count, table.scroll);

  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    for (const { key, page } of missingPages(outline, groups, first, last)) need(key, page);
  });
  useScrollReset(scroller, `${mode} ${sorting.sort} ${sorting.order} ${state.text}`);
  useSavedScroll(scroller, (scroll) => dispatch({ kind: "table-scroll", scroll }));

  const select = (key: string, row: Row) => {
    dispatch({ kind: "table-row", row: key });
    dispatch({ kind: "select", selection: { node: -1, func: row.func.id } });
  };
  const toggle = (path: string) => dispatch({ kind: "expand", path, open: !isOpen.has(path) });
  const openSource = (row: Row) => {
    const position = sourceOf(row.func);
    if (position) post({ kind: "go-to-source", position, beside: true });
  };
  const reveal = (row: Row) => dispatch({ kind: "reveal", func: row.func.id });

  const at = current === "" ? -1 : heightOf(outline, groups, current);
  const currentRow = at < 0 ? undefined : rowAt(groups, placeAt(outline, at));
  const moveTo = (to: number) => {
    const place = placeAt(outline, to);
    const row = rowAt(groups, place);
    if (!row) return;
    select(childKey(place.parent, row.func.id), row);
    scrollTo(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const command = tableCommand(event, {
      at,
      count: outline.count,
      rowsPerPage: Math.floor((scroller.current?.clientHeight ?? 0) / tableRowHeight) - 2,
      isExpandable: isTree && (currentRow?.isExpandable ?? false),
      isExpanded: isOpen.has(current),
    });
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (command.kind === "move") return moveTo(command.to);
    if (!currentRow) return;
    switch (command.kind) {
      case "open":
      case "close":
        return toggle(current);
      case "to-parent": {
        const parent = heightOf(outline, groups, parentKey(current));
        return parent >= 0 ? moveTo(parent) : undefined;
      }
      case "open-source":
        return openSource(currentRow);
      case "reveal":
        return reveal(currentRow);
      case "sandwich":
        return dispatch({ kind: "sandwich", func: currentRow.func.id });
    }
  };

  const isKnown = groups.size > 0;
  return (
    <section class="pane" id="pane" aria-label="Table">
      <div class="table-head">
        <Tabs<TableMode>
          label="Rows"
          panel="grid"
          tabs={modes}
          selected={mode}
          onSelect={(next) => dispatch({ kind: "table-mode", mode: next })}
        />
      </div>
      {failure !== undefined && <Failure message={failure} retry={retry} />}
      <div
        id="grid"
        ref={scroller}
        class="grid"
        role={isTree ? "treegrid" : "grid"}
        tabIndex={0}
        aria-label={`Functions, ${outline.count} rows`}
        aria-rowcount={outline.count + 1}
        aria-busy={!isKnown}
        {...(at >= 0 && { "aria-activedescendant": rowId(at) })}
        onKeyDown={onKeyDown}
      >
        <div role="row" class="row row-head" aria-rowindex={1}>
          {columns.map(({ key, label }) => (
            <SortHeader key={key} column={key} label={label} />
          ))}
          <div role="columnheader" class="cell-actions">
            <span class="visually-hidden">Actions</span>
          </div>
        </div>
        <div class="grid-body" role="rowgroup" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            if (index >= outline.count) return null;
            const place = placeAt(outline, index);
            const row = rowAt(groups, place);
            if (!row) return null;
            const key = childKey(place.parent, row.func.id);
            return (
              <TableRow
                key={key}
                id={rowId(index)}
                row={row}
                depth={place.depth}
                at={index}
                isTree={isTree}
                isExpanded={isOpen.has(key)}
                isCurrent={key === current}
                isMatch={isTree && (matches?.has(row.func.id) ?? false)}
                whole={whole}
                top={start}
                onSelect={() => select(key, row)}
                onToggle={() => toggle(key)}
                onOpenSource={() => openSource(row)}
                onReveal={() => reveal(row)}
              />
            );
          })}
        </div>
      </div>
      {isKnown && outline.count === 0 && whole > 0 && (
        <Notice icon="search">No function matches “{clipped(state.text, 80)}”.</Notice>
      )}
      {isKnown && whole === 0 && <NothingInFilter />}
    </section>
  );
}

const noRows: readonly string[] = [];

function SortHeader({ column, label }: { readonly column: SortKey; readonly label: string }) {
  const { state, dispatch } = useApp();
  const { sort, order } = state.table.sorting[state.table.mode];
  const isSorted = sort === column;
  return (
    <div role="columnheader" class={`head-${column}`} aria-sort={isSorted ? order : "none"}>
      <button type="button" class="sort" onClick={() => dispatch({ kind: "sort", key: column })}>
        {label}
        {isSorted && (
          <span
            aria-hidden="true"
            class={`codicon codicon-chevron-${order === "ascending" ? "up" : "down"}`}
          />
        )}
      </button>
    </div>
  );
}

function rowId(at: number): string {
  return `row-${at}`;
}

/** Another order of rows starts from its top; the first one from where it was left. */
function useScrollReset(scroller: { readonly current: HTMLElement | null }, order: string): void {
  const before = useRef(order);
  useLayoutEffect(() => {
    if (before.current === order) return;
    before.current = order;
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [scroller, order]);
}

function useSavedScroll(
  scroller: { readonly current: HTMLElement | null },
  save: (scroll: number) => void,
): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let timer = 0;
    const onScroll = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => latest.current(element.scrollTop), scrollPauseMs);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller]);
}
