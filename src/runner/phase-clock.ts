/** How long each phase of a preparation took, and how far it is. */
import type { Phase, PrepareState, Timings } from "./prepare-result.ts";

export class PhaseClock {
  readonly #startedAt = performance.now();
  readonly #spent = new Map<Phase, number>();
  #phase: Phase = "resolve";
  #since = this.#startedAt;
  #detail = "";
  readonly #onChange: (state: PrepareState) => void;

  constructor(onChange: (state: PrepareState) => void) {
    this.#onChange = onChange;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get state(): PrepareState {
    const elapsedMs = performance.now() - this.#startedAt;
    return { phase: this.#phase, elapsedMs, detail: this.#detail };
  }

  enter(phase: Phase): void {
    this.#leave();
    this.#phase = phase;
    this.#since = performance.now();
    this.#detail = "";
    this.#onChange(this.state);
  }

  /** What is being done in this phase. */
  say(detail: string): void {
    this.#detail = detail;
    this.#onChange(this.state);
  }

  /** Nothing is new but the time. */
  beat(): void {
    this.#onChange(this.state);
  }

  get timings(): Timings {
    const spent = new Map(this.#spent);
    spent.set(this.#phase, (spent.get(this.#phase) ?? 0) + performance.now() - this.#since);
    const rounded = [...spent].map(([phase, ms]) => [phase, Math.round(ms)]);
    return {
      ...Object.fromEntries(rounded),
      total: Math.round(performance.now() - this.#startedAt),
    };
  }

  #leave(): void {
    const before = this.#spent.get(this.#phase) ?? 0;
    this.#spent.set(this.#phase, before + performance.now() - this.#since);
  }
}
