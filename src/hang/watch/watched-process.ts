/** One process of a watched session, as it was last looked at. */
import { stat } from "node:fs/promises";
import { identify, isAlive } from "../../toolchain/process-identity/identity.ts";
import { Heartbeat } from "./heartbeat.ts";
import { isStopped } from "./is-stopped.ts";
import type { ObservedClock } from "./observed-clock.ts";
import type { ProcessNote } from "./process-notes.ts";

/** Missing one beat is nothing. */
const suspiciousMs = 800;

interface Parts {
  readonly pid: number;
  readonly startTime: string;
  readonly file: string;
  readonly clock: ObservedClock;
  readonly heart: Heartbeat;
  readonly isHandled: boolean;
}

export class WatchedProcess {
  readonly pid: number;
  readonly startTime: string;
  readonly #file: string;
  readonly #clock: ObservedClock;
  readonly #heart: Heartbeat;
  #hasEnded = false;
  /** That it hangs has been seen to; until it beats again it is the same hang. */
  #isHandled: boolean;

  /**
   * Nothing when it is gone already, or the system does not tell.
   * @param file that it touches; its last process may have had the same pid, unless `isNew`
   * @param note of the server before
   */
  static async find(
    { pid, file, isNew }: { readonly pid: number; readonly file: string; readonly isNew: boolean },
    clock: ObservedClock,
    note: ProcessNote | undefined,
  ): Promise<WatchedProcess | undefined> {
    const startTime = await startTimeOf(pid);
    const beatAt = await beatOf(file);
    if (beatAt === undefined || startTime === undefined) return undefined;
    const isTrusted = isNew || note?.startTime === startTime;
    const heart = new Heartbeat(beatAt, clock.now(), isTrusted);
    const isHandled = note?.handledBeat === beatAt;
    return new WatchedProcess({ pid, startTime, file, clock, heart, isHandled });
  }

  private constructor({ pid, startTime, file, clock, heart, isHandled }: Parts) {
    this.pid = pid;
    this.startTime = startTime;
    this.#file = file;
    this.#clock = clock;
    this.#heart = heart;
    this.#isHandled = isHandled;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get silentMs(): number {
    return this.#heart.silentMs(this.#clock.now());
  }

  /** For the next server: what hangs since then has been seen to. */
  get lastBeat(): number {
    return this.#heart.beatAt;
  }

  async look(): Promise<void> {
    if (!isAlive(this.pid)) {
      this.#hasEnded = true;
      return;
    }
    const beatAt = await beatOf(this.#file);
    const now = this.#clock.now();
    if (beatAt !== undefined && this.#heart.look(beatAt, now)) this.#isHandled = false;
    else if (this.silentMs > suspiciousMs && (await isStopped(this.pid))) this.#heart.excuse(now);
  }

  /** @param afterMs 0 for never */
  isDue(afterMs: number): boolean {
    const isLong = afterMs > 0 && this.silentMs >= afterMs;
    return isLong && !this.#hasEnded && !this.#isHandled;
  }

  handle(): void {
    this.#isHandled = true;
  }

  /** It may be due again without a beat: it did not hang, it was held. */
  excuse(): void {
    this.#isHandled = false;
    this.#heart.excuse(this.#clock.now());
  }

  /** Whether the pid still means it; a program may give itself another command line. */
  async isItself(): Promise<boolean> {
    return this.startTime === (await startTimeOf(this.pid));
  }
}

async function beatOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    return (await identify(pid))?.startTime;
  } catch {
    return undefined;
  }
}
