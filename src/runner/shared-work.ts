/**
 * Work that several callers wait for: each for as long as it likes, and the last one to leave ends
 * it. It has no time limit of its own but the latest of theirs.
 */
import { RunnerError } from "./runner-error.ts";

export interface WorkContext<Progress> {
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Until the most patient one leaves. */
  readonly remainingMs: () => number;
  readonly tell: (progress: Progress) => void;
}

export interface Participant<Progress> {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of `performance.now()`. */
  readonly until: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** A participant's own time is over; others may go on. */
export class TimeIsUp extends RunnerError {
  constructor() {
    super("timeout", "environment", "The time for all phases is over.");
  }
}

export class SharedWork<T, Progress extends { readonly kind: string }> {
  readonly outcome: Promise<T>;
  readonly #participants = new Set<Participant<Progress>>();
  readonly #abort = new AbortController();
  /** Of each kind, for those who come later. */
  readonly #last = new Map<string, Progress>();
  #isOver = false;

  constructor(work: (context: WorkContext<Progress>) => Promise<T>) {
    this.outcome = work({
      signal: this.#abort.signal,
      remainingMs: () => this.#latest() - performance.now(),
      tell: (progress) => this.#tell(progress),
    }).finally(() => {
      this.#isOver = true;
    });
    // Whoever waits hears of a failure; nobody may.
    this.outcome.catch(() => {});
  }

  /** False once it is over, or nobody has waited for it any more. */
  get canBeJoined(): boolean {
    return !this.#isOver && !this.#abort.signal.aborted;
  }

  /**
   * When the last one leaves, it settles after all has been cleaned up.
   * @throws the signal's reason, `TimeIsUp`, or what the work throws.
   */
  async join(participant: Participant<Progress>): Promise<T> {
    const { signal, until, onProgress } = participant;
    const { promise: leaving, reject: leave } = Promise.withResolvers<never>();
    const onAbort = () => leave(signal?.reason);
    const timer = setTimeout(
      () => leave(new TimeIsUp()),
      Math.min(2 ** 31 - 1, Math.max(0, until - performance.now())),
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    this.#participants.add(participant);
    for (const progress of this.#last.values()) onProgress?.(progress);
    try {
      return await Promise.race([this.outcome, leaving]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#participants.delete(participant);
      if (this.#participants.size === 0 && !this.#isOver) {
        this.#abort.abort();
        await this.outcome.catch(() => {});
      }
    }
  }

  #latest(): number {
    return Math.max(0, ...[...this.#participants].map(({ until }) => until));
  }

  #tell(progress: Progress): void {
    this.#last.set(progress.kind, progress);
    for (const { onProgress } of this.#participants) onProgress?.(progress);
  }
}
