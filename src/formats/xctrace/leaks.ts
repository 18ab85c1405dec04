/**
 * Leaks: the `Leaks` detail of the `Leaks` track. Its rows have attributes only and no header, so
 * the file alone cannot say whether an empty one means that nothing leaked: Instruments looks every
 * ten seconds, and a node stands there from the start.
 *
 * | The file | What it means |
 * |---|---|
 * | rows | `leaks` |
 * | a node without rows, and the recording was long enough for a look | `none` |
 * | a node without rows, and it was not, or nobody knows | `not-finished` |
 * | no node, or another table | an error: the trace has no such detail, or the export failed |
 */
import type { Warning } from "../../profile/profile.ts";
import { FormatError } from "../format-error.ts";
import { parseByteSize } from "./byte-size.ts";
import { parseNumber } from "./numbers.ts";
import { tablesOfRun } from "./run-place.ts";
import { describeTables, readSmallTables } from "./small-tables.ts";
import { WarningList } from "./warning-list.ts";

export interface Leak {
  /** What leaked: `Malloc 32 Bytes`, or a class. */
  readonly object: string;
  /** Bytes of one; NaN when the text that Instruments shows says none. */
  readonly size: number;
  readonly count: number;
  /** The innermost function of interest that allocated it, `""` when unknown. */
  readonly responsibleFrame: string;
  readonly responsibleLibrary: string;
  /** As written, such as `0x600000c04000`; `<multiple>` where there are several. */
  readonly address: string;
}

export type LeakStatus = "leaks" | "none" | "not-finished";

export interface Leaks {
  readonly status: LeakStatus;
  readonly rows: readonly Leak[];
  readonly warnings: readonly Warning[];
}

export interface LeakOptions {
  /** Reads the leaks of this run, from 1 in the order of the trace; by default the file's first. */
  readonly runPlace?: number;
  /** Seconds that were recorded, as the trace's table of contents has it. */
  readonly recordedSeconds?: number;
}

/** Leaks looks after ten seconds, and takes some more for it: of two looks one was finished. */
const secondsForOneLook = 20;

/** @throws FormatError when the file holds no such detail, is not complete or too large. */
export async function readLeaks(path: string, options: LeakOptions = {}): Promise<Leaks> {
  const { tables } = await readSmallTables(path);
  const all = tables.filter(({ schema, rows }) => schema === undefined && rows.every(isLeak));
  const own = tablesOfRun(all, options.runPlace);
  if (own.length === 0) {
    const expected = "the Leaks detail of a trace";
    throw new FormatError(path, { expected, found: describeTables(tables), offset: 0 });
  }
  const warnings = new WarningList();
  const others = all.length - own.length;
  warnings.add("other-tables", "Only leaks of one run were read; the file has others.", others);
  const rows = own.flatMap((table) => table.rows).map(({ attributes }) => readLeak(attributes));
  const unsized = rows.filter(({ size }) => Number.isNaN(size)).length;
  warnings.add("unreadable-sizes", "Leaks with a size that is no number.", unsized);
  const { recordedSeconds = 0 } = options;
  const status =
    rows.length > 0 ? "leaks" : recordedSeconds >= secondsForOneLook ? "none" : "not-finished";
  if (status === "not-finished") {
    const message =
      "The Leaks detail is empty, and the recording was too short to tell: this is no all-clear.";
    warnings.add("leaks-not-finished", message);
  }
  return { status, rows, warnings: warnings.list() };
}

function isLeak({ attributes }: { readonly attributes: object }): boolean {
  return "leaked-object" in attributes;
}

function readLeak(attributes: Readonly<Record<string, string>>): Leak {
  const count = parseNumber((attributes["count"] ?? "1").replaceAll(",", ""));
  return {
    object: attributes["leaked-object"] ?? "",
    size: parseByteSize(attributes["size"] ?? ""),
    count: Number.isNaN(count) ? 1 : count,
    responsibleFrame: attributes["responsible-frame"] ?? "",
    responsibleLibrary: attributes["responsible-library"] ?? "",
    address: attributes["address"] ?? "",
  };
}
