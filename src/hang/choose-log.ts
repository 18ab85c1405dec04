/**
 * Which of several logs is that of the thread that is stuck: the one with the most samples in the
 * last seconds. A log's size says nothing: that of a browser's empty start page can be the largest.
 */
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogCandidate, LogExclusion } from "../formats/hang-capture/hang-file.ts";
import { type ArmedLog, logAt } from "./armed-logs.ts";
import { readLogTail } from "./log-tail.ts";
import { type LogEnd, quietTime, readLogEnd, windowMs } from "./read-armed-log.ts";
import { type Reason, reasons, StepFailure } from "./reasons.ts";

export interface ChooseOptions {
  readonly signal: AbortSignal;
  /** A part of a script's address: a log with it is preferred to one that is as dense. */
  readonly wantedUrl?: string | undefined;
  /** Path of the log that somebody has picked. */
  readonly picked?: string | undefined;
}

export interface ChosenLog {
  readonly end: LogEnd;
  /** The chosen one first, the runner-up next, and those that were not read last. */
  readonly candidates: readonly LogCandidate[];
}

/** Why a log is not the one, in words. */
const exclusions: Readonly<Record<LogExclusion, string>> = {
  "before-launch": "it was made before the launch",
  "no-beginning": "its beginning was given back to the disk, and no follower has it",
  "not-picked": "another one was asked for",
  unreadable: "it cannot be read",
  quiet: "nothing was written to it while it was looked at",
  idle: "its thread was idle in the last seconds",
  "not-read": "others are denser",
  "other-script": "another one, as dense, runs the script that was asked for",
  "fewer-samples": "another one is denser",
};

/** V8 writes whenever it has some kilobytes: at a thousand ticks a second, ten times a second. */
const lookMs = 500;
/** Reading a whole log takes up to a second. */
const mostRead = 4;
/** Of the densest one's samples: what has fewer is not as dense. */
const denseShare = 0.25;

/** None of the logs is the one. */
export class NoLogFailure extends StepFailure {
  readonly candidates: readonly LogCandidate[];

  constructor(candidates: readonly LogCandidate[], reason: Reason) {
    const each = candidates.map(
      ({ path, excluded }) => `${path}: ${excluded ? exclusions[excluded] : "it has no samples"}`,
    );
    super(reason, `${reasons[reason].slice(0, -1)}: ${each.join("; ")}.`);
    this.candidates = candidates;
  }
}

/** A log that is looked at. */
interface Look {
  readonly log: ArmedLog;
  readonly candidate: LogCandidate;
  readonly end?: LogEnd;
}

/**
 * @throws NoLogFailure that tells of each log why it is not the one; the signal's reason when
 *   aborted.
 */
export async function chooseLog(
  logs: readonly ArmedLog[],
  { signal, wantedUrl, picked }: ChooseOptions,
): Promise<ChosenLog> {
  if (picked !== undefined) return pickedLog(logs, picked, signal);
  const started = performance.now();
  const before = await Promise.all(logs.map(({ path }) => bytesAt(path)));
  const tails = await Promise.all(logs.map(lookAtTail));
  await sleep(Math.max(0, lookMs - (performance.now() - started)), undefined, { signal });
  const looks = await Promise.all(
    tails.map(async (look, i) => {
      if (look.candidate.excluded !== undefined) return look;
      const bytes = await bytesAt(look.log.path);
      if (bytes === undefined || before[i] === undefined) return excluded(look, "unreadable");
      if (bytes === before[i]) return excluded(look, "quiet");
      return look.candidate.samples === 0 ? excluded(look, "idle") : look;
    }),
  );
  return choose(await readDensest(looks, signal), wantedUrl);
}

async function pickedLog(
  logs: readonly ArmedLog[],
  picked: string,
  signal: AbortSignal,
): Promise<ChosenLog> {
  const log = logs.find(({ path }) => path === picked) ?? (await logAt(picked));
  const others = (
    await Promise.all(logs.filter(({ path }) => path !== picked).map(lookAtTail))
  ).map((look) => excluded(look, "not-picked"));
  const none = { path: picked, bytes: 0, quietMs: 0 };
  const look = await readWhole(await lookAtTail(log ?? none), { signal, anyTime: true });
  return choose([look, ...others], undefined);
}

async function bytesAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function lookAtTail(log: ArmedLog): Promise<Look> {
  const { path } = log;
  try {
    const quietMs = await quietTime(path);
    const { samples, idleMs } = await readLogTail(path, windowMs - quietMs);
    const lastSampleAgoMs = idleMs === undefined ? undefined : Math.round(quietMs + idleMs);
    const candidate = {
      path,
      samples,
      ...(lastSampleAgoMs !== undefined && { lastSampleAgoMs }),
      ...(log.excluded && { excluded: log.excluded }),
    };
    return { log, candidate };
  } catch {
    return { log, candidate: { path, samples: 0, excluded: log.excluded ?? "unreadable" } };
  }
}

/** Only a whole log tells which scripts its samples are of. */
async function readDensest(looks: readonly Look[], signal: AbortSignal): Promise<Look[]> {
  const byDensity = looks.toSorted((a, b) => b.candidate.samples - a.candidate.samples);
  const wanted = byDensity.filter(({ candidate }) => candidate.excluded === undefined);
  const read: Look[] = [];
  for (const look of byDensity) {
    const place = wanted.indexOf(look);
    if (place < 0) read.push(look);
    else if (place >= mostRead) read.push(excluded(look, "not-read"));
    else read.push(await readWhole(look, { signal }));
  }
  return read;
}

async function readWhole(
  look: Look,
  options: { readonly signal: AbortSignal; readonly anyTime?: boolean },
): Promise<Look> {
  if (look.candidate.excluded !== undefined) return look;
  try {
    const end = await readLogEnd(look.log, options);
    const scriptUrl = scriptOf(end);
    const { samples } = end;
    const candidate = { ...look.candidate, samples, ...(scriptUrl !== undefined && { scriptUrl }) };
    const found = { ...look, end, candidate };
    return samples > 0 ? found : excluded(found, "idle");
  } catch {
    options.signal.throwIfAborted();
    return excluded(look, "unreadable");
  }
}

/** Innermost script, that is not the runtime's own, of the stack that was met most often. */
function scriptOf({ stacks }: LogEnd): string | undefined {
  for (const { frames } of stacks) {
    const own = frames.find(({ url }) => url !== "" && !url.startsWith("node:"));
    if (own) return own.url;
  }
  return undefined;
}

/** @throws NoLogFailure */
function choose(looks: readonly Look[], wantedUrl: string | undefined): ChosenLog {
  const read = looks.filter(({ end, candidate }) => end && candidate.excluded === undefined);
  const most = Math.max(...read.map(({ candidate }) => candidate.samples));
  const runsWanted = ({ end, candidate }: Look) =>
    wantedUrl !== undefined &&
    candidate.samples >= most * denseShare &&
    end!.stacks.some(({ frames }) => frames.some(({ url }) => url.includes(wantedUrl)));
  const rank = (look: Look) => [
    Number(runsWanted(look)),
    // A thread that is stuck in a script has one on its stack.
    Number(look.candidate.scriptUrl !== undefined),
    look.candidate.samples,
  ];
  const ranked = read.toSorted((a, b) => compare(rank(b), rank(a)));
  const [best, ...others] = ranked;
  const lost = looks.filter((look) => !read.includes(look)).map(({ candidate }) => candidate);
  if (!best?.end) {
    const isQuiet = lost.every(({ excluded }) => excluded === "quiet" || excluded === "idle");
    throw new NoLogFailure(lost, isQuiet ? "quiet-log" : "no-log");
  }
  const beaten = others.map((look) => {
    const isDenser = look.candidate.samples > best.candidate.samples;
    return excluded(look, runsWanted(best) && isDenser ? "other-script" : "fewer-samples")
      .candidate;
  });
  return { end: best.end, candidates: [best.candidate, ...beaten, ...lost] };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function excluded(look: Look, reason: LogExclusion): Look {
  return { ...look, candidate: { ...look.candidate, excluded: look.candidate.excluded ?? reason } };
}
