/** The stacks at the end of a log that is still being written. */
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HangFrame } from "../formats/hang-capture/hang-file.ts";
import {
  type AnswerTo,
  type QueryInput,
  querySchema,
  type RunFrame,
  type SampledStack,
} from "../profile/query.ts";
import { ProfileWorker } from "../profile-worker/profile-worker.ts";
import type { ArmedLog } from "./armed-logs.ts";
import { wholeLines, writeParts } from "./follow/snapshot.ts";

/** How much of a log's end counts, in milliseconds until now. */
export const windowMs = 2_000;
const wantedStacks = 50;

export interface LogEnd {
  readonly log: ArmedLog;
  /** Samples in the window that were not idle. */
  readonly samples: number;
  /** Most samples first. */
  readonly stacks: readonly SampledStack[];
}

export interface ReadLogOptions {
  readonly signal: AbortSignal;
  /** Counts back from its last tick, however long ago that was. */
  readonly anyTime?: boolean;
}

/**
 * @throws FormatError (by name) when nothing of the log can be read; the signal's reason when
 *   aborted.
 */
export async function readLogEnd(log: ArmedLog, options: ReadLogOptions): Promise<LogEnd> {
  const quietMs = options.anyTime ? 0 : await quietTime(log.path);
  if (!log.snapshot) return readEnd(log, log.path, quietMs, options.signal);
  const folder = await mkdtemp(join(tmpdir(), "hangscope-log-"));
  try {
    const output = join(folder, "snapshot.v8log");
    await writeWholeLog(log, output, options.signal);
    return await readEnd(log, output, quietMs, options.signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes what can be known of a log now, as a log of its own.
 * @throws the signal's reason; what the file system says.
 */
export async function writeWholeLog(
  log: ArmedLog,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  if (await log.snapshot?.(output, signal)) return;
  const file = await open(log.path);
  try {
    await writeParts([await wholeLines(file, 0)], output, signal);
  } finally {
    await file.close();
  }
}

/** Milliseconds since something was written to it. */
export async function quietTime(path: string): Promise<number> {
  const { mtimeMs } = await stat(path);
  return Math.max(0, Date.now() - mtimeMs);
}

async function readEnd(
  log: ArmedLog,
  path: string,
  quietMs: number,
  signal: AbortSignal,
): Promise<LogEnd> {
  const worker = new ProfileWorker();
  const ask = async <Q extends QueryInput>(query: Q) =>
    (await worker.query(querySchema.parse(query), { signal })) as AnswerTo<Q["kind"]>;
  try {
    // Native names take longer than there is, and JavaScript has its own.
    await worker.open(path, [], { signal }, {}, { nativeNames: false });
    const { meta } = await ask({ kind: "summary" });
    const filter = { from: meta.duration - (windowMs - quietMs) * 1000 };
    const { samples, stacks } = await ask({ kind: "stacks", filter, limit: wantedStacks });
    return { log, samples, stacks };
  } finally {
    await worker.dispose();
  }
}

/** Of a thread that got stuck a moment ago, some samples are older. */
const enough = 0.9;

/**
 * The stacks that make up most of the samples. Of a thread in a script some show none of it: the
 * garbage collector's, and those taken where code has no frame yet. They say nothing beside those
 * that do.
 */
export function mostOf(stacks: readonly SampledStack[], samples: number): SampledStack[] {
  const inScript = stacks.filter(({ frames }) => frames.some(({ category }) => category === "js"));
  const inScriptSamples = inScript.reduce((sum, stack) => sum + stack.samples, 0);
  const isInScript = inScriptSamples * 2 > samples;
  const total = isInScript ? inScriptSamples : samples;
  let seen = 0;
  return (isInScript ? inScript : stacks).filter((stack) => {
    const isNeeded = seen < total * enough;
    seen += stack.samples;
    return isNeeded;
  });
}

/** As stacks of a hang have it: only native code has a module. */
export function frameOf({ category: _category, ...frame }: RunFrame): HangFrame {
  return frame.url === "" ? frame : { ...frame, module: "" };
}
