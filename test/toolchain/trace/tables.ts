/** The tables and details of a run that have content, as rows of an export. */
import type { TraceContent } from "../scenario-types.ts";
import type { Generation } from "./generations.ts";
import { attributesOf, clock, type Ids, span } from "./markup.ts";
import { stackCell } from "./stack-cell.ts";
import { leakedObjects, leaks } from "./stuck-app.ts";
import { type Cast, durationMs, hangsOf, type Sample, samplesOf, type Thread } from "./timeline.ts";

/** A table's part of a document. */
export interface TableRequest {
  readonly ids: Ids;
  readonly generation: Generation;
  readonly cast: Cast;
  readonly content: TraceContent;
  /** Rows to write, or as many as the script has. */
  readonly rows?: number;
}

interface Column {
  readonly mnemonic: string;
  readonly name: string;
  readonly type: string;
}

const column = (mnemonic: string, name: string, type = mnemonic): Column => ({
  mnemonic,
  name,
  type,
});

function schemaOf(schema: string, columns: readonly Column[]): string {
  const cols = columns.map(
    ({ mnemonic, name, type }) =>
      `<col><mnemonic>${mnemonic}</mnemonic><name>${name}</name>` +
      `<engineering-type>${type}</engineering-type></col>`,
  );
  return `<schema name="${schema}">${cols.join("")}</schema>`;
}

const samplesFrom = (weight: Column, stackType: string) => [
  column("time", "Sample Time", "sample-time"),
  column("thread", "Thread"),
  column("process", "Process"),
  column("core", "Core"),
  column("thread-state", "State"),
  weight,
  column("stack", "Backtrace", stackType),
];

const hangColumns = [
  column("start", "Start", "start-time"),
  column("duration", "Duration"),
  column("hang-type", "Hang Type"),
  column("thread", "Thread"),
  column("process", "Process"),
];

/** Every schema begins with a time; of the others nothing is told but that they have no rows. */
const otherColumns = [column("time", "Timestamp", "event-time")];

export function* tableOf(schema: string, request: TableRequest): Generator<string> {
  const { stackType } = request.generation;
  switch (schema) {
    case "time-profile":
      yield schemaOf(schema, samplesFrom(column("weight", "Weight"), stackType));
      yield* sampleRows(request, (ids) =>
        ids.element("weight", "1ms", { fmt: "1.00 ms" }, () => "1000000"),
      );
      return;
    case "cpu-profile":
      yield schemaOf(schema, samplesFrom(column("weight", "Cycles", "cycle-weight"), stackType));
      yield* sampleRows(request, (ids) =>
        ids.element("cycle-weight", "1M", { fmt: "1.00 M" }, () => "1000000"),
      );
      return;
    case "potential-hangs":
      yield schemaOf(schema, hangColumns);
      yield* hangRows(request);
      return;
    default:
      yield schemaOf(schema, otherColumns);
  }
}

/** The script, again and again with later times, until there are enough rows. */
function* repeated({ cast, rows }: TableRequest): Generator<Sample> {
  for (let round = 0, written = 0; ; round++) {
    for (const sample of samplesOf(cast)) {
      if (rows !== undefined && written >= rows) return;
      yield { ...sample, timeNs: sample.timeNs + round * durationMs * 1_000_000 };
      written++;
    }
    if (rows === undefined) return;
  }
}

function* sampleRows(request: TableRequest, weight: (ids: Ids) => string): Generator<string> {
  const { ids, generation, content } = request;
  let last = -1;
  for (const { timeNs, thread, core, stack } of repeated(request)) {
    if (timeNs !== last) ids.forget("sample-time", last);
    last = timeNs;
    const cells = [
      ids.element("sample-time", timeNs, { fmt: clock(timeNs) }, () => String(timeNs)),
      threadCell(ids, generation, thread),
      processCell(ids, generation, thread),
      ids.element("core", core, { fmt: `CPU ${core} (${core < 2 ? "E" : "P"} Core)` }, () =>
        String(core),
      ),
      ids.element("thread-state", "Running", { fmt: "Running" }, () => "Running"),
      weight(ids),
      stackCell(stack, thread.process, { ids, generation, sourceRoot: content.sourceRoot ?? "" }),
    ];
    yield `<row>${cells.join("")}</row>\n`;
  }
}

function* hangRows({ ids, generation, cast, content }: TableRequest): Generator<string> {
  if (content.hangs === "none") return;
  for (const { startNs, durationNs, type, thread } of hangsOf(cast)) {
    const cells = [
      ids.element("start-time", startNs, { fmt: clock(startNs) }, () => String(startNs)),
      ids.element("duration", durationNs, { fmt: span(durationNs) }, () => String(durationNs)),
      ids.element("hang-type", type, { fmt: type }, () => type),
      threadCell(ids, generation, thread),
      processCell(ids, generation, thread),
    ];
    yield `<row>${cells.join("")}</row>\n`;
  }
}

function threadCell(ids: Ids, generation: Generation, thread: Thread): string {
  const { pid, name } = thread.process;
  const tid = `0x${thread.tid.toString(16)}`;
  const title = thread.isMain ? "Main Thread" : name;
  const fmt = generation.threadName(title, tid, name, pid);
  return ids.element("thread", thread.tid, { fmt }, () =>
    [
      ids.element("tid", thread.tid, { fmt: tid }, () => String(thread.tid)),
      processCell(ids, generation, thread),
    ].join(""),
  );
}

function processCell(ids: Ids, { deviceSession }: Generation, { process }: Thread): string {
  const { pid, name } = process;
  return ids.element("process", pid, { fmt: `${name} (${pid})` }, () => {
    const parts = [ids.element("pid", pid, { fmt: pid }, () => String(pid))];
    if (deviceSession) {
      parts.push(ids.element("device-session", "TODO", { fmt: "TODO" }, () => "TODO"));
    }
    return parts.join("");
  });
}

/** A detail has neither schema nor ids; its rows are attributes. */
export function* detailOf(detail: string, { content }: TableRequest): Generator<string> {
  if (detail !== "Leaks" || content.leaks === "empty") return;
  let address = 0x6000_0000_0f50;
  for (const { object, size, count, frame, library } of leaks) {
    for (let i = 0; i < (leakedObjects[object] ?? 1); i++) {
      address += 0x10 + size;
      const known = content.leaks !== "without-stacks";
      const attributes = attributesOf({
        "leaked-object": object,
        size: content.leaks === "formatted-sizes" ? `${size.toLocaleString("en-US")} Bytes` : size,
        "responsible-frame": known ? frame : "<Call stack limit reached>",
        count,
        "responsible-library": known ? library : "",
        address: `0x${address.toString(16)}`,
      });
      yield `<row${attributes}/>\n`;
    }
  }
}
