/** What a capture comes to, for a person, a program and an agent. */
import * as z from "zod";
import { urlToPath } from "../../profile/paths.ts";
import type { FrameInfo } from "../../profile/query.ts";
import { formatBytes } from "../../results/format-bytes.ts";
import {
  type HangFile,
  type HangStep,
  heapSchema,
  sandboxSchema,
  stepNames,
  stepSchema,
} from "./hang-file.ts";
import { nativeCulprit } from "./native-culprit.ts";
import { runaway, sharedDepth } from "./stuck-in.ts";

const place = {
  name: z.string(),
  file: z.string().describe('Path or URL of the source, "" when unknown'),
  line: z.number().int().nonnegative().describe("1-based, 0 for unknown"),
  column: z.number().int().nonnegative(),
};

const frameSchema = z
  .object({
    ...place,
    module: z.string().describe("Of native code"),
    isApp: z.boolean().describe("The program's own code: not the runtime's, not native"),
    repeated: z.number().int().positive().describe("How often it stands here in succession"),
  })
  .readonly();
export type ReportFrame = z.output<typeof frameSchema>;

export const hangReportSchema = z
  .object({
    verdict: z.string().describe("One or two sentences"),
    stuckIn: z
      .object({ ...place, by: z.enum(stepNames).describe("The step that named it") })
      .optional()
      .describe("The function that did not return while it was watched"),
    title: z.string(),
    page: z.string().optional().describe("Address of the page that it is"),
    browser: sandboxSchema
      .readonly()
      .optional()
      .describe("Of a page in a browser that was started from here"),
    capturedAt: z.string().describe("ISO 8601"),
    milliseconds: z.number().describe("How long it was watched"),
    unresponsiveMs: z
      .number()
      .exactOptional()
      .describe("How long it had not responded before, at least; known to a watchdog"),
    responsive: z.boolean().describe("Whether the main thread took other work meanwhile"),
    stack: z.array(frameSchema).readonly().describe("Innermost first; the outermost may be cut"),
    depth: z.number().int().describe("Frames of the deepest stack"),
    looks: z.number().int().describe("How often its stack was seen: samples, never times"),
    heap: heapSchema.optional(),
    steps: z.array(stepSchema).readonly(),
    advice: z.array(z.string()).readonly(),
  })
  .readonly();
export type HangReport = z.output<typeof hangReportSchema>;

const longestStack = 60;
const anonymous = "(anonymous)";

/** A frame of the profile that is made of a capture; both have the same numbers. */
export function mappedFrame({ func, url, line, column, isApp }: FrameInfo): MappedFrame {
  return { name: func.name, url: urlToPath(url), line, column, isApp };
}

/** A frame in the source that a developer wrote. */
export interface MappedFrame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly isApp: boolean;
}

/**
 * @param mapped a frame of the file's, with its position in the original source
 */
export function reportOf(file: HangFile, mapped: (frame: number) => MappedFrame): HangReport {
  const { frames, steps, responsive, title, page, browser, capturedAt, heap } = file;
  const by = steps.find(({ outcome }) => outcome === "named")?.step;
  const { depth, name: recursing } = runaway(file);
  const typical = stackToShow(file, recursing !== undefined);
  const at = by === undefined ? -1 : culprit(file, typical, by, mapped);
  const frameAt = (index: number) => {
    const { name, url, line, column, isApp } = mapped(typical[index]!);
    const { module } = frames[typical[index]!]!;
    return { name: name || anonymous, file: url, line, column, module, isApp };
  };
  const stuckIn = at < 0 ? undefined : frameAt(at);
  return {
    verdict: verdictOf(file, stuckIn, recursing === undefined ? undefined : { depth, recursing }),
    ...(stuckIn &&
      by && {
        stuckIn: {
          name: stuckIn.name,
          file: stuckIn.file,
          line: stuckIn.line,
          column: stuckIn.column,
          by,
        },
      }),
    title,
    ...(page !== undefined && { page }),
    ...(browser && { browser }),
    capturedAt,
    milliseconds: Math.round(file.duration / 1000),
    ...(file.unresponsiveMs !== undefined && { unresponsiveMs: file.unresponsiveMs }),
    responsive,
    stack: folded(typical.map((_, index) => frameAt(index))).slice(0, longestStack),
    depth,
    looks: countLooks(file),
    ...(heap && { heap }),
    steps,
    advice: adviceOf(file, stuckIn !== undefined),
  };
}

function countLooks({ stacks }: HangFile): number {
  return stacks.reduce((sum, { samples }) => sum + samples, 0);
}

function stackToShow({ stacks }: HangFile, isRunaway: boolean): readonly number[] {
  const byDepth = stacks.toSorted((a, b) => b.frames.length - a.frames.length);
  return (isRunaway ? byDepth[0] : stacks.at(-1))?.frames ?? [];
}

/** Index in a stack, innermost first; -1 where there is none. */
function culprit(
  file: HangFile,
  stack: readonly number[],
  by: HangStep["step"],
  mapped: (frame: number) => MappedFrame,
): number {
  if (by === "native") return nativeCulprit(stack.map((index) => file.frames[index]!));
  const innermost = stack.length - sharedDepth(file);
  const own = stack.findIndex((frame, index) => index >= innermost && mapped(frame).isApp);
  if (own >= 0) return own;
  return innermost < stack.length ? innermost : -1;
}

function folded(stack: readonly Omit<ReportFrame, "repeated">[]): ReportFrame[] {
  const found: ReportFrame[] = [];
  for (const frame of stack) {
    const last = found.at(-1);
    const isSame =
      last?.name === frame.name && last.file === frame.file && last.line === frame.line;
    if (last && isSame) found[found.length - 1] = { ...last, repeated: last.repeated + 1 };
    else found.push({ ...frame, repeated: 1 });
  }
  return found;
}

function verdictOf(
  file: HangFile,
  stuckIn: Omit<ReportFrame, "repeated"> | undefined,
  endless: { readonly depth: number; readonly recursing: string } | undefined,
): string {
  const { steps, responsive, heap } = file;
  const sentences: string[] = [];
  const named = steps.find(({ outcome }) => outcome === "named");
  if (stuckIn && named) {
    const what = `${stuckIn.name}${placeOf(stuckIn)}`;
    if (named.reason === "paused-in-debugger") {
      sentences.push(`It is not stuck: a debugger has paused it, in ${what}.`);
    } else if (named.step === "native") {
      const caller = "which JavaScript called it cannot be seen from outside";
      sentences.push(`The main thread is inside native code, in ${what}; ${caller}.`);
    } else if (responsive) {
      sentences.push(`The main thread is busy but takes other work; it was in ${what}.`);
    } else {
      const count = countLooks(file);
      const looks = count === 1 ? "one look" : `each of ${count} looks`;
      const found = named.step === "sampler" ? `${count} samples of V8's own log` : looks;
      sentences.push(`The main thread is stuck in ${what}: ${found} found it there.`);
    }
  } else if (responsive) {
    sentences.push("It is not stuck: its main thread takes other work.");
  } else {
    const failed = steps.filter(({ outcome }) => outcome === "failed");
    // What kept it from being paused says more of it than what other steps lack.
    const why = (failed.find(({ step }) => step === "pause") ?? failed.at(-1))?.message ?? "";
    sentences.push(`What it is stuck in could not be seen. ${why}`.trim());
  }
  if (file.unresponsiveMs !== undefined) {
    const seconds = (file.unresponsiveMs / 1000).toFixed(1);
    sentences.push(`It had not responded for at least ${seconds} s.`);
  }
  if (endless) {
    const depth = endless.depth.toLocaleString("en-US");
    sentences.push(
      `Its stack is ${depth} frames deep: ${endless.recursing || anonymous} calls itself.`,
    );
  }
  if (heap?.trend === "climbing") {
    const [first, last] = [heap.usedBytes[0]!, heap.usedBytes.at(-1)!];
    sentences.push(`Its heap is climbing, from ${formatBytes(first)} to ${formatBytes(last)}.`);
  }
  return sentences.join(" ");
}

function placeOf({ file, line, module }: Omit<ReportFrame, "repeated">): string {
  if (file !== "") return ` (${file}${line > 0 ? `:${line}` : ""})`;
  return module === "" ? "" : ` (${module})`;
}

/** What may help with what could not be seen. */
function adviceOf({ steps, responsive }: HangFile, isNamed: boolean): string[] {
  const reasons = new Set(steps.map(({ reason }) => reason));
  const advice: string[] = [];
  if (responsive && !isNamed) {
    advice.push("If it is slow rather than stuck, profile it: hangscope run -- <command>.");
  }
  const isSampled = steps.some(({ step, outcome }) => step === "sampler" && outcome === "named");
  if (isSampled) return advice;
  if (reasons.has("native-call") || (!responsive && !isNamed && reasons.has("not-armed"))) {
    advice.push(
      "Start it with V8's sampler to have the JavaScript caller named: hangscope run --watch -- <command>.",
    );
  }
  if (reasons.has("no-tool")) {
    advice.push(steps.find(({ reason }) => reason === "no-tool")!.message);
  }
  if (reasons.has("connected-late")) {
    advice.push(
      "Start the browser from here (hangscope browser launch <url>): a page can be paused if it is watched from the start.",
    );
  }
  return advice;
}
