/** Hangs, as Instruments found them: the `potential-hangs` table. */
import type { Warning } from "../../profile/profile.ts";
import { FormatError } from "../format-error.ts";
import { processName, threadName } from "./labels.ts";
import { parseNumber } from "./numbers.ts";
import { tablesOfRun } from "./run-place.ts";
import { describeTables, readSmallTables, type SmallRow, type SmallTable } from "./small-tables.ts";
import { childOf, type XmlElement } from "./small-xml.ts";
import { WarningList } from "./warning-list.ts";

export interface Hang {
  /**
   * As Xcode names it: mildest first, Potential Interaction Delay, Brief Unresponsiveness,
   * Microhang, Hang, Severe Hang; what a newer one makes up is kept.
   */
  readonly type: string;
  /** Microseconds since the recording's start. */
  readonly start: number;
  /** Microseconds. */
  readonly duration: number;
  /** Absent where the table does not say. */
  readonly thread?: { readonly tid: number; readonly name: string };
  readonly process?: { readonly pid: number; readonly name: string };
}

export interface Hangs {
  /** By start. None means that there were none: what could not be read is an error or a warning. */
  readonly hangs: readonly Hang[];
  readonly warnings: readonly Warning[];
}

export interface HangOptions {
  /** Leaves out the hangs of all other processes. */
  readonly pid?: number;
  /** Reads the hangs of this run, from 1 in the order of the trace; by default the file's first. */
  readonly runPlace?: number;
}

const schema = "potential-hangs";

/** @throws FormatError when the file holds no table of hangs, is not complete or too large. */
export async function readHangs(path: string, options: HangOptions = {}): Promise<Hangs> {
  const { tables, unresolved } = await readSmallTables(path);
  const all = tables.filter((table) => table.schema === schema);
  const own = tablesOfRun(all, options.runPlace);
  if (own.length === 0) {
    const expected = `a table of hangs (${schema})`;
    throw new FormatError(path, { expected, found: describeTables(tables), offset: 0 });
  }
  const warnings = new WarningList();
  warnings.add("unresolved-refs", "References to nothing were taken for empty.", unresolved);
  const others = all.length - own.length;
  warnings.add("other-tables", "Only hangs of one run were read; the file has others.", others);

  // Several tables of one run can hold the same hang.
  const hangs = new Map<string, Hang>();
  for (const table of own) {
    for (const row of table.rows) {
      const hang = readHang(table, row);
      if (!hang)
        warnings.add("unreadable-hangs", "Hangs without a start or duration were left out.");
      else if (isOf(hang, options.pid, warnings)) hangs.set(JSON.stringify(hang), hang);
    }
  }
  return {
    hangs: [...hangs.values()].sort((a, b) => a.start - b.start),
    warnings: warnings.list(),
  };
}

function isOf({ process }: Hang, pid: number | undefined, warnings: WarningList): boolean {
  if (pid === undefined || process?.pid === pid) return true;
  if (process)
    warnings.add("other-processes-hangs", `Hangs of processes other than ${pid} are not shown.`);
  else warnings.add("hangs-without-process", `Hangs of no known process are not shown.`);
  return false;
}

function readHang({ columns }: SmallTable, { cells }: SmallRow): Hang | undefined {
  const cell = (type: string) => cells[columns.findIndex((column) => column.type === type)];
  const start = numberIn(cell("start-time"));
  const duration = numberIn(cell("duration"));
  if (Number.isNaN(start) || Number.isNaN(duration)) return undefined;
  const type = cell("hang-type");
  const thread = cell("thread");
  const process = cell("process") ?? childOf(thread, "process");
  return {
    type: type?.text.trim() || labelOf(type) || "Hang",
    start: start / 1000,
    duration: duration / 1000,
    ...(thread && {
      thread: { tid: numberIn(childOf(thread, "tid")), name: threadName(labelOf(thread)) },
    }),
    ...(process && {
      process: { pid: numberIn(childOf(process, "pid")), name: processName(labelOf(process)) },
    }),
  };
}

function labelOf(element: XmlElement | undefined): string {
  return element?.attributes["fmt"] ?? "";
}

function numberIn(element: XmlElement | undefined): number {
  return parseNumber(element?.text ?? "");
}
