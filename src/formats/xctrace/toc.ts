/** The table of contents of a trace (`xctrace export --toc`): what was recorded, and which tables. */
import { FormatError } from "../format-error.ts";
import { childOf, childrenOf, readSmallXml, type XmlElement } from "./small-xml.ts";

export interface TocProcess {
  readonly name: string;
  readonly pid: number;
  /** As the system knows it: some are cut off, or only a name. `""` when there is none. */
  readonly path: string;
}

export interface TocDevice {
  readonly name: string;
  readonly model: string;
  readonly platform: string;
  readonly osVersion: string;
  readonly uuid: string;
}

/** What was recorded: one process, or all of the device's. */
export interface TocTarget {
  readonly device: TocDevice;
  readonly process?: {
    readonly name: string;
    readonly pid: number;
    /** `attached` or `launched`; `""` when the toc does not say. */
    readonly type: string;
    /** Such as `exit(0)`; `""` when the toc does not say. */
    readonly terminationReason: string;
  };
  readonly allProcesses: boolean;
}

export interface TocSummary {
  /** As written: ISO 8601. All texts are `""` when the toc does not say. */
  readonly startDate: string;
  readonly endDate: string;
  /** Seconds; NaN when the toc does not say. */
  readonly duration: number;
  readonly endReason: string;
  readonly instrumentsVersion: string;
  readonly templateName: string;
  readonly recordingMode: string;
  readonly timeLimit: string;
}

export interface TocTable {
  readonly schema: string;
  /** From 1, among the run's tables with this schema: `table[@schema="…"][index]`. */
  readonly index: number;
  /** All but the schema. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a track shows, as `tracks/track[@name]/details/detail[@name]`. */
export interface TocDetail {
  readonly track: string;
  readonly name: string;
}

export interface TocRun {
  readonly number: number;
  readonly target: TocTarget;
  readonly summary: TocSummary;
  readonly processes: readonly TocProcess[];
  readonly tables: readonly TocTable[];
  readonly details: readonly TocDetail[];
}

export interface Toc {
  /** In the order of the file; none when nothing was recorded. */
  readonly runs: readonly TocRun[];
}

/** @throws FormatError when the file is not a toc, not complete or too large. */
export async function readToc(path: string): Promise<Toc> {
  const root = await readSmallXml(path);
  if (root.name !== "trace-toc") {
    throw new FormatError(path, {
      expected: "a trace's table of contents",
      found: `<${root.name}>`,
      offset: 0,
    });
  }
  return { runs: childrenOf(root, "run").map(readRun) };
}

function readRun(run: XmlElement, place: number): TocRun {
  const info = childOf(run, "info");
  return {
    number: numberOf(run.attributes["number"], place + 1),
    target: readTarget(childOf(info, "target")),
    summary: readSummary(childOf(info, "summary")),
    processes: childrenOf(childOf(run, "processes"), "process").map(readProcess),
    tables: readTables(childrenOf(childOf(run, "data"), "table")),
    details: childrenOf(childOf(run, "tracks"), "track").flatMap((track) =>
      childrenOf(childOf(track, "details"), "detail").map((detail) => ({
        track: attribute(track, "name"),
        name: attribute(detail, "name"),
      })),
    ),
  };
}

function readTarget(target: XmlElement | undefined): TocTarget {
  const device = childOf(target, "device");
  const process = childOf(target, "process");
  return {
    device: {
      name: attribute(device, "name"),
      model: attribute(device, "model"),
      platform: attribute(device, "platform"),
      osVersion: attribute(device, "os-version"),
      uuid: attribute(device, "uuid"),
    },
    ...(process && {
      process: {
        name: attribute(process, "name"),
        pid: numberOf(process.attributes["pid"], Number.NaN),
        type: attribute(process, "type"),
        terminationReason: attribute(process, "termination-reason"),
      },
    }),
    allProcesses: childOf(target, "all-processes") !== undefined,
  };
}

function readSummary(summary: XmlElement | undefined): TocSummary {
  const text = (name: string) => childOf(summary, name)?.text.trim() ?? "";
  return {
    startDate: text("start-date"),
    endDate: text("end-date"),
    duration: numberOf(text("duration"), Number.NaN),
    endReason: text("end-reason"),
    instrumentsVersion: text("instruments-version"),
    templateName: text("template-name"),
    recordingMode: text("recording-mode"),
    timeLimit: text("time-limit"),
  };
}

function readProcess(process: XmlElement): TocProcess {
  return {
    name: attribute(process, "name"),
    pid: numberOf(process.attributes["pid"], Number.NaN),
    path: attribute(process, "path"),
  };
}

function readTables(tables: readonly XmlElement[]): TocTable[] {
  const counts = new Map<string, number>();
  return tables.map(({ attributes: { schema = "", ...attributes } }) => {
    const index = (counts.get(schema) ?? 0) + 1;
    counts.set(schema, index);
    return { schema, index, attributes };
  });
}

function attribute(element: XmlElement | undefined, name: string): string {
  return element?.attributes[name] ?? "";
}

function numberOf(text: string | undefined, otherwise: number): number {
  return text === undefined || text.trim() === "" || Number.isNaN(Number(text))
    ? otherwise
    : Number(text);
}
