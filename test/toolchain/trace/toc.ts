/** The table of contents of a bundle, as a tree that can be written and searched. */
import type { TraceContent } from "../scenario-types.ts";
import { recordedBy } from "../table.ts";
import type { RecordedRun } from "../xctrace/bundle.ts";
import { attributesOf, escapeXml } from "./markup.ts";
import { durationMs } from "./timeline.ts";

export interface TocElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TocElement[];
  readonly text?: string;
  /** The run an export of this element is about. */
  readonly run?: RecordedRun;
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly TocElement[] = [],
): TocElement {
  return { tag, attributes, children };
}

const leaf = (tag: string, text: string): TocElement => ({ ...element(tag), text });

export function tocOf(runs: readonly RecordedRun[], content: TraceContent): TocElement {
  return element(
    "trace-toc",
    {},
    runs.map((run, i) => runElement(run, i + 1, content)),
  );
}

function runElement(run: RecordedRun, number: number, content: TraceContent): TocElement {
  return element("run", { number: String(number) }, [
    element("info", {}, [
      element("target", {}, [element("device", run.device), targetElement(run)]),
      element("summary", {}, summaryOf(run)),
    ]),
    element(
      "processes",
      {},
      run.processes.map(({ name, pid, path }) =>
        element("process", { name, pid: String(pid), path }),
      ),
    ),
    element("data", {}, tablesOf(run, content)),
    element("tracks", {}, run.kind === "empty" ? [] : tracksOf(run)),
  ]);
}

function targetElement({ target }: RecordedRun): TocElement {
  if (target.kind === "all-processes") return element("all-processes");
  return element("process", {
    type: target.kind,
    "return-exit-status": "0",
    name: target.name,
    pid: String(target.pid),
    "termination-reason": "exit(0)",
  });
}

function summaryOf(run: RecordedRun): TocElement[] {
  const end = new Date(Date.parse(run.startedAt) + durationMs);
  const summary = [
    leaf("start-date", run.startedAt),
    leaf("end-date", end.toISOString()),
    leaf("duration", (durationMs / 1000).toFixed(6)),
    leaf("end-reason", run.endReason),
    leaf("instruments-version", run.instrumentsVersion),
    leaf("template-name", run.template),
    leaf("recording-mode", "Deferred"),
  ];
  const limit = run.limitSeconds;
  if (limit !== undefined) {
    summary.push(leaf("time-limit", `${limit} second${limit === 1 ? "" : "s"}`));
  }
  return summary;
}

/** Tables that every recording has around those that matter. */
const before = ["tick", "thread-info", "kdebug-strings"];
const after = ["process-info", "dyld-library-load"];

function tablesOf(run: RecordedRun, content: TraceContent): TocElement[] {
  const target = run.target.kind === "all-processes" ? "ALL" : "SINGLE";
  const recorded = run.instruments.flatMap((name) => recordedBy[name]?.tables ?? []);
  const schemas = run.kind === "empty" ? [] : [...before, ...new Set(recorded), ...after];
  return schemas.flatMap((schema) => {
    const attributes = recorded.includes(schema) ? { schema, "target-pid": target } : { schema };
    const copies = content.tables?.[schema]?.copies ?? 1;
    return Array.from({ length: copies }, () => ({ ...element("table", attributes), run }));
  });
}

function tracksOf(run: RecordedRun): TocElement[] {
  return run.instruments.flatMap((name) => {
    const details = recordedBy[name]?.details;
    if (!details) return [];
    const elements = details.map((each) => ({
      ...element("detail", { kind: "table", name: each }),
      run,
    }));
    return [element("track", { name }, [element("details", {}, elements)])];
  });
}

export function* writeToc(toc: TocElement): Generator<string> {
  yield '<?xml version="1.0"?>\n\n';
  yield writeElement(toc, "");
}

export function writeElement(
  { tag, attributes, children, text }: TocElement,
  indent: string,
): string {
  const head = `${indent}<${tag}${attributesOf(attributes)}`;
  if (text !== undefined) return `${head}>${escapeXml(text)}</${tag}>`;
  if (children.length === 0) return `${head}/>`;
  const inner = children.map((child) => writeElement(child, `${indent}    `));
  return `${head}>\n${inner.join("\n")}\n${indent}</${tag}>`;
}
