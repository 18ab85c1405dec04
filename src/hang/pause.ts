/**
 * Pauses a target again and again and looks at its stack. The target runs between looks and after
 * them: it is told to go on at once, and V8 lets it go when the connection ends, whyever it does.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CaptureError } from "../capture/capture-error.ts";
import type { Inspector } from "../capture/v8/inspector-client.ts";
import type { HangFrame } from "../formats/hang-capture/hang-file.ts";
import { untilAborted } from "../toolchain/until-aborted.ts";
import { type Reason, StepFailure } from "./reasons.ts";

const looks = 6;
const betweenMs = 120;
/** A thread in a JavaScript loop answers in less than a tenth of it. */
const enableMs = 1_000;
const landMs = 1_000;
const lettingGoMs = 500;

/** 0-based. */
const locationSchema = z.object({
  scriptId: z.string(),
  lineNumber: z.number(),
  columnNumber: z.number().optional(),
});
const pausedSchema = z.object({
  callFrames: z
    .array(
      z.object({
        callFrameId: z.string().default(""),
        functionName: z.string(),
        url: z.string().default(""),
        location: locationSchema,
        functionLocation: locationSchema.optional(),
      }),
    )
    .min(1),
});
const scriptSchema = z.object({
  scriptId: z.string(),
  url: z.string(),
  sourceMapURL: z.string().default(""),
});
export type CallFrame = z.output<typeof pausedSchema>["callFrames"][number];
type Script = z.output<typeof scriptSchema>;

export interface Look {
  /** `performance.now()` when the stack came. */
  readonly at: number;
  /** Innermost first. */
  readonly frames: readonly HangFrame[];
}

export interface Looks {
  readonly looks: readonly Look[];
  /** Of scripts on a stack, where they name a source map. */
  readonly scripts: readonly { url: string; sourceMapUrl: string }[];
  /** It stood at a breakpoint or step of somebody's, and does so still. */
  readonly wasPaused: boolean;
}

/**
 * @param onLook asks what it answers at once where it stands still
 * @throws StepFailure when nothing could be seen; the signal's reason when aborted.
 */
export async function lookByPausing(
  client: Inspector,
  onLook: () => Promise<void>,
  signal: AbortSignal,
): Promise<Looks> {
  const found: Look[] = [];
  const watch = new PauseWatch();
  client.onEvent = (method, params) => watch.hear(method, params);
  await client.ask("Debugger.enable", {}, { ms: enableMs, signal });
  try {
    const standing = watch.take();
    if (standing) {
      found.push(standing);
    } else {
      await lookAgainAndAgain(client, watch, found, onLook, signal).catch((error: unknown) => {
        // What was seen counts, whatever came after it.
        if (found.length === 0) throw error;
      });
    }
    if (found.length === 0) throw watch.failure ?? new StepFailure("waiting");
    return {
      looks: found,
      scripts: watch.scripts(found),
      wasPaused: standing !== undefined,
    };
  } finally {
    await letGo(client);
  }
}

async function lookAgainAndAgain(
  client: Inspector,
  watch: PauseWatch,
  found: Look[],
  onLook: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let i = 0; i < looks; i++) {
    if (i > 0) await sleep(betweenMs, undefined, { signal });
    await client.ask("Debugger.pause", {}, { ms: landMs, signal });
    const look = await watch.next(landMs, signal);
    if (look) {
      found.push(look);
      // A page answers only where it stands still.
      await onLook();
    }
    client.tell("Debugger.resume", {});
    if (!look) return;
  }
}

/**
 * Holds a target still for some work and lets it go on, whatever comes of it.
 * @param ms for the pause to land, and for all of a deep stack to be told
 * @throws StepFailure `waiting` when it does not stop; what the work throws; the signal's reason
 *   when aborted.
 */
export async function whilePaused<T>(
  client: Inspector,
  work: (callFrames: readonly CallFrame[]) => Promise<T>,
  signal: AbortSignal,
  ms = landMs,
): Promise<T> {
  const watch = new PauseWatch();
  client.onEvent = (method, params) => watch.hear(method, params);
  try {
    await client.ask("Debugger.enable", {}, { ms: enableMs, signal });
    await client.ask("Debugger.pause", {}, { ms, signal });
    if (!(await watch.next(ms, signal))) throw watch.failure ?? new StepFailure("waiting");
    const done = await work(watch.callFrames);
    client.tell("Debugger.resume", {});
    return done;
  } finally {
    await letGo(client);
  }
}

async function letGo(client: Inspector): Promise<void> {
  client.onEvent = () => {};
  // A pause that has not landed is dropped with it, whether the answer is waited for or not.
  await client.ask("Debugger.disable", {}, { ms: lettingGoMs }).catch(() => {});
}

/** Hears of pauses, in the order in which they come. */
class PauseWatch {
  readonly #scripts = new Map<string, Script>();
  #landed: Look | undefined;
  #wake: (() => void) | undefined;
  failure: StepFailure | undefined;
  /** Of the last pause, innermost first. */
  callFrames: readonly CallFrame[] = [];

  /** Those of the looks that name a source map. */
  scripts(looks: readonly Look[]): Looks["scripts"] {
    const seen = new Set(looks.flatMap(({ frames }) => frames.map(({ url }) => url)));
    return [...this.#scripts.values()].flatMap(({ url, sourceMapURL }) =>
      sourceMapURL !== "" && seen.has(url) ? [{ url, sourceMapUrl: sourceMapURL }] : [],
    );
  }

  hear(method: string, params: unknown): void {
    if (method === "Debugger.scriptParsed") {
      const script = scriptSchema.safeParse(params);
      if (script.success) this.#scripts.set(script.data.scriptId, script.data);
      return;
    }
    if (method !== "Debugger.paused") return;
    const paused = pausedSchema.safeParse(params);
    if (paused.success) {
      this.callFrames = paused.data.callFrames.map((frame) => ({
        ...frame,
        url: this.#urlOf(frame),
      }));
      this.#landed = {
        at: performance.now(),
        frames: this.callFrames.map((frame) => this.#frame(frame)),
      };
    } else {
      this.failure = new StepFailure(
        "bad-answer",
        "The inspector told of a pause without a stack.",
      );
    }
    this.#wake?.();
  }

  take(): Look | undefined {
    const landed = this.#landed;
    this.#landed = undefined;
    return landed;
  }

  /** Node leaves it to whoever listened to the scripts. */
  #urlOf({ url, location }: CallFrame): string {
    return url || (this.#scripts.get(location.scriptId)?.url ?? "");
  }

  #frame({ functionName, url, location, functionLocation }: CallFrame): HangFrame {
    const start = functionLocation && positionOf(functionLocation);
    return {
      name: functionName,
      url,
      ...positionOf(location),
      functionLine: start?.line ?? 0,
      functionColumn: start?.column ?? 0,
      module: "",
    };
  }

  /** Nothing when none lands in time. */
  async next(ms: number, signal: AbortSignal): Promise<Look | undefined> {
    if (!this.#landed && !this.failure) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, ms);
      await untilAborted(promise, signal).finally(() => clearTimeout(timer));
    }
    return this.take();
  }
}

function positionOf({ lineNumber, columnNumber = -1 }: z.output<typeof locationSchema>) {
  return { line: oneBased(lineNumber), column: oneBased(columnNumber) };
}

function oneBased(zeroBased: number): number {
  return Number.isInteger(zeroBased) && zeroBased >= 0 && zeroBased < 2 ** 31 ? zeroBased + 1 : 0;
}

/**
 * What an inspector's failure says of the target.
 * @param silence what it says of this one that it does not answer
 */
export function failureOfInspector(error: unknown, silence: Reason): StepFailure {
  if (error instanceof StepFailure) return error;
  if (!(error instanceof CaptureError)) throw error;
  switch (error.code) {
    case "inspector-timeout":
      return new StepFailure(silence, undefined, { cause: error });
    case "target-gone":
    case "inspector-error":
    case "no-inspector":
    case "no-page":
    case "no-signal":
    case "not-node":
    case "port-taken":
      return new StepFailure(error.code, error.message, { cause: error });
    default:
      throw error;
  }
}
