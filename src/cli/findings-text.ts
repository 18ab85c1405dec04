/** Findings for people: what hung, what leaked, what was hot, and what nobody could tell. */
import { relative } from "node:path";
import type { Part } from "../profile/evidence.ts";
import { urlToPath } from "../profile/paths.ts";
import type { FindingsAnswer, HangFinding, StackFrame } from "../profile/query.ts";
import { fileName, formatShare, formatTime, formatWeight, shortName } from "../results/format.ts";
import { formatBytes } from "../results/format-bytes.ts";
import { describeWarning, type Paint } from "./table.ts";

export interface FindingsTextOptions {
  /** Positions below it are shown relative to it. */
  readonly cwd: string;
  readonly paint: Paint;
}

const shownFrames = 8;
/** A thread that ran for less of its hang hung because it waited. */
const mostlyWaited = 0.1;
const shownGroups = 10;
const shownFunctions = 12;

const stateWords: Readonly<Record<Exclude<Part["state"], "read">, string>> = {
  incomplete: "only partly read",
  "not-finished": "not finished",
  "not-recorded": "not recorded",
  failed: "could not be read",
};

export function renderFindings(answer: FindingsAnswer, options: FindingsTextOptions): string {
  const { paint } = options;
  const { meta, samples, hangs, leaks, warnings } = answer;
  const whole = `${meta.title}: ${samples.count} samples in ${formatTime(meta.duration)}`;
  return [
    paint("bold", whole),
    "",
    ...section("Hangs", hangs, hangs.found.length, paint),
    ...hangs.found.flatMap((hang) => hangLines(hang, answer, options)),
    "",
    ...section("Leaks", leaks, leaks.groups.length, paint),
    ...leaks.groups.slice(0, shownGroups).map(({ type, frame, library, count, bytes }) => {
      const by = frame === "" ? "not attributed" : `${shortName(frame)} ${library}`.trim();
      return `  ${count} × ${shortName(type)}, ${formatBytes(bytes)}: ${by}`;
    }),
    ...more(leaks.groups.length - shownGroups, "kinds of leak"),
    "",
    ...section("Hot functions", samples, answer.functions.length, paint),
    ...answer.functions.slice(0, shownFunctions).map((func) => {
      const hung = func.duringHangs > 0 ? `, ${formatShare(func.duringHangs, 1)} of it hung` : "";
      const place = placeOf(func.url, func.line, func.module, options.cwd);
      const system = func.isApp ? "" : paint("dim", " system");
      const share = formatShare(func.share, 1).padStart(7);
      return `  ${share}  ${shortName(func.name)}${system}  ${place}${hung}`.trimEnd();
    }),
    ...(warnings.length > 0 ? ["", ...warnings.map(describeWarning)] : []),
  ].join("\n");
}

/** "None" is said only of what was read. */
function section(title: string, { state, reason }: Part, found: number, paint: Paint): string[] {
  if (state === "read") return [paint("bold", `${title}: ${found === 0 ? "none" : found}`)];
  const known = found > 0 ? `${found}, ` : "";
  return [paint("yellow", `${title}: ${known}${stateWords[state]}. ${reason}`.trimEnd())];
}

function hangLines(
  { type, start, duration, thread, stack, samples, busy, culprit }: HangFinding,
  { threads, meta }: FindingsAnswer,
  options: FindingsTextOptions,
): string[] {
  const name = threads.find((each) => each.thread === thread)?.name;
  const head = `  ${shortName(type)}, ${formatTime(duration)} from ${formatTime(start)} on${name ? `, ${shortName(name)}` : ""}`;
  if (samples === 0) return [head, "    its thread waited: nothing of it ran"];
  // Cycles do not tell how much of the time that was.
  const waited = meta.weightUnit === "microseconds" && busy < duration * mostlyWaited;
  return [
    `${head}, ${formatWeight(busy, meta.weightUnit)} of it running${waited ? ": it waited, here" : ""}`,
    ...stack.slice(0, shownFrames).map((frame, index) => {
      const line = `    ${index === culprit ? "→" : " "} ${frameText(frame, options.cwd)}`;
      return index === culprit ? options.paint("red", line) : line;
    }),
    ...more(stack.length - shownFrames, "frames").map((line) => `    ${line}`),
  ];
}

function frameText({ name, frameUrl, frameLine, module }: StackFrame, cwd: string): string {
  return `${shortName(name)}  ${placeOf(frameUrl, frameLine, module, cwd)}`.trimEnd();
}

function placeOf(url: string, line: number, module: string, cwd: string): string {
  if (url === "") return fileName(module);
  const path = urlToPath(url);
  const inside = relative(cwd, path);
  const shown = inside.startsWith("..") ? path : inside;
  return line > 0 ? `${shown}:${line}` : shown;
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`  and ${count} more ${what}`] : [];
}
