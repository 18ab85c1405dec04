/** The isolates of a log, most often one: whose code the records describe, whose ticks these are. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { CodeFrames } from "./code-frames.ts";
import { Isolate } from "./isolate.ts";
import { Stacks } from "./stacks.ts";
import { Timeline } from "./timeline.ts";

export class Isolates {
  readonly #builder: ProfileBuilder;
  readonly #frames: CodeFrames;
  readonly #builtinBase: number | undefined;
  readonly #all: Isolate[] = [];
  #current!: Isolate;
  #stacks!: Stacks;
  #timeline!: Timeline;
  #openProfilers = 0;
  #threads = 0;

  constructor(builder: ProfileBuilder, frames: CodeFrames, builtinBase?: number) {
    this.#builder = builder;
    this.#frames = frames;
    this.#builtinBase = builtinBase;
    this.#start();
  }

  get current(): Isolate {
    return this.#current;
  }

  get stacks(): Stacks {
    return this.#stacks;
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  /** Another isolate's first record: logs were joined, or several isolates write into one. */
  begin(): void {
    if (this.#openProfilers > 0) {
      // One that still runs goes on between its lines. In one process addresses are unique.
      this.#timeline.addTrack();
    } else {
      this.end();
      this.#start();
    }
  }

  beginProfiler(interval: number): void {
    this.#openProfilers++;
    this.#timeline.interval = interval;
  }

  endProfiler(): void {
    this.#openProfilers = Math.max(this.#openProfilers - 1, 0);
  }

  /** Gives the ticks so far their threads. */
  end(): void {
    this.#timeline.finish();
    for (let i = 0; i < this.#timeline.threads; i++) {
      const kind = i > 0 || this.#current.isWorker ? "Worker" : "Main";
      const name = this.#threads === 0 ? kind : `${kind} ${this.#threads}`;
      this.#builder.thread({ id: this.#threads, name });
      this.#threads++;
    }
  }

  /** A base for copied builtins that explains the ticks better than the one that was used. */
  betterBuiltinBase(): number | undefined {
    for (const isolate of this.#all) {
      const base = isolate.builtins.betterBase((address) => isolate.isBuiltin(address));
      if (base !== undefined) return base;
    }
    return undefined;
  }

  #start(): void {
    this.#current = new Isolate(this.#builder, this.#frames, this.#builtinBase);
    this.#all.push(this.#current);
    this.#stacks = new Stacks(this.#builder, this.#current);
    this.#timeline = new Timeline(this.#builder, this.#threads);
  }
}
