import { useEffect, useRef, useState } from "preact/hooks";
import type { TableAnswer } from "../../src/profile/query.ts";
import { useApp } from "../ui/context.ts";
import { type Groups, groupOf, pageSize, pathOf, topKey } from "./outline.ts";

export interface TablePages {
  readonly groups: Groups;
  /** Microseconds that shares are shares of. */
  readonly whole: number;
  readonly failure?: string;
  readonly retry: () => void;
  /** Asks for a page unless it is there or on its way. */
  readonly need: (key: string, page: number) => void;
}

interface Known {
  /** What the pages are answers to. */
  readonly source: string;
  readonly groups: Groups;
  readonly whole: number;
}

/**
 * The table's pages, as far as rows have been looked at. A new sort, mode, filter or text starts
 * over; what was there stays on screen until the first page of the new table is.
 */
export function useGroups(): TablePages {
  const { state, filter, client, revision } = useApp();
  const { mode, sorting } = state.table;
  const { sort, order } = sorting[mode];
  const text = mode === "functions" ? state.text : "";
  const source = JSON.stringify([mode, sort, order, text, filter, revision]);
  const [known, setKnown] = useState<Known>({ source: "", groups: new Map(), whole: 0 });
  const [failed, setFailed] = useState<{ source: string; message: string }>();
  const asked = useRef(new Map<string, () => void>());

  const need = (key: string, page: number) => {
    const name = `${source} ${key}:${page}`;
    if (asked.current.has(name)) return;
    const common = { filter, sort, order, offset: page * pageSize, limit: pageSize };
    const listener = {
      answered: (answer: TableAnswer) => {
        setKnown((before) => {
          const groups = new Map(before.source === source ? before.groups : []);
          groups.set(key, groupOf(groups.get(key), page, answer));
          return { source, groups, whole: answer.total };
        });
      },
      failed: (message: string) => setFailed({ source, message }),
    };
    const cancel =
      mode === "functions"
        ? client.ask<"functions">({ kind: "functions", text, ...common }, listener)
        : client.ask<"children">(
            { kind: "children", view: mode, path: pathOf(key), ...common },
            listener,
          );
    asked.current.set(name, cancel);
  };

  useEffect(() => {
    need(topKey, 0);
    return () => {
      for (const cancel of asked.current.values()) cancel();
      asked.current.clear();
    };
  }, [source, client]);

  const retry = () => {
    setFailed(undefined);
    asked.current.clear();
    need(topKey, 0);
  };
  const failure = failed?.source === source ? failed.message : undefined;
  return {
    groups: known.groups,
    whole: known.whole,
    // While the old table is still shown, its missing pages are not worth asking for.
    need: known.source === source ? need : () => undefined,
    retry,
    ...(failure !== undefined && { failure }),
  };
}
