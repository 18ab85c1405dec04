/**
 * Rows of a sample table to samples of the profile: which rows count, how much, and on which
 * thread. Whatever a row lacks is counted; no row is left out in silence.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { growF64 } from "../../profile/growable.ts";
import { noParent, type WeightUnit } from "../../profile/profile.ts";
import { nothing } from "./id-table.ts";
import type { Threads } from "./threads.ts";

/** What a row says; NaN and `nothing` for what it does not. */
export interface Row {
  /** Nanoseconds since the recording's start. */
  time: number;
  /** Nanoseconds or cycles. */
  weight: number;
  /** Rows of `Threads`. */
  thread: number;
  process: number;
  /** Of `Samples.state`. */
  state: number;
  /** The profile's node. */
  node: number;
}

/** A table without weights takes a sample every so often, unless told otherwise. */
const usualInterval = 1000;
const countedWeights = 1000;
/** There are a dozen; the last of a file that makes up more stands for them. */
const maxStates = 256;
const running = "Running";

export class Samples {
  readonly #builder: ProfileBuilder;
  readonly #threads: Threads;
  readonly #pid: number | undefined;
  #noStack = nothing;
  readonly #stateRows = new Map<string, number>();
  /** The frame on top of a stack that did not run, by state; -1 for running. */
  readonly #stateFrames: number[] = [];

  /** Of the table: what its weights are, `undefined` where it has none. */
  unit: WeightUnit | undefined;
  #lastTime = 0;
  #latest = 0;
  /** How often each weight occurred among the first samples. */
  readonly #weights = new Map<number, number>();
  /** By the profile's threads. */
  readonly #lastTimes = growF64();
  #inOrder = true;
  /** Rows that were left out, by process. */
  readonly #others = new Map<number, number>();

  /** @param pid leaves out the rows of other processes */
  constructor(builder: ProfileBuilder, threads: Threads, pid: number | undefined) {
    this.#builder = builder;
    this.#threads = threads;
    this.#pid = pid;
  }

  /** Microseconds since the recording's start. */
  get lastTime(): number {
    return this.#latest;
  }

  /** What most of the samples stand for, in microseconds. */
  get interval(): number {
    if (this.unit === undefined) return usualInterval;
    let [usual, most] = [0, 0];
    for (const [weight, count] of this.#weights) if (count > most) [usual, most] = [weight, count];
    return usual;
  }

  /** False when a thread's samples stand in another order than that of time. */
  get inOrder(): boolean {
    return this.#inOrder;
  }

  /** The row of a thread state. */
  state(name: string): number {
    let row = this.#stateRows.get(name);
    if (row === undefined) {
      if (this.#stateFrames.length === maxStates) return maxStates - 1;
      const isRunning = name === running || name === "";
      row = this.#stateFrames.push(isRunning ? -1 : this.#stateFrame(name)) - 1;
      this.#stateRows.set(name, row);
    }
    return row;
  }

  #stateFrame(name: string): number {
    const func = this.#builder.func({ name: `(${name.toLowerCase()})`, category: "idle" });
    return this.#builder.frame(func);
  }

  add(row: Readonly<Row>): void {
    const process = row.process === nothing ? this.#threads.processOf(row.thread) : row.process;
    if (this.#pid !== undefined && this.#threads.pidOf(process) !== this.#pid) {
      this.#others.set(process, (this.#others.get(process) ?? 0) + 1);
      return;
    }
    const thread = this.#threads.indexOf(row.thread, process);
    const time = this.#timeOf(row);
    if (thread === this.#lastTimes.length) this.#lastTimes.push(time);
    else {
      if (time < this.#lastTimes.array[thread]!) this.#inOrder = false;
      this.#lastTimes.array[thread] = time;
    }
    if (time > this.#latest) this.#latest = time;
    const weight = this.#weightOf(row);
    const count = this.#builder.sample(this.#nodeOf(row), time, weight, thread);
    if (count < countedWeights) this.#weights.set(weight, (this.#weights.get(weight) ?? 0) + 1);
  }

  #timeOf({ time }: Readonly<Row>): number {
    if (Number.isNaN(time)) {
      const message = "Samples without a time are shown at that of the one before.";
      this.#builder.warn("samples-without-time", message);
      return this.#lastTime;
    }
    this.#lastTime = time / 1000;
    return this.#lastTime;
  }

  #weightOf({ weight }: Readonly<Row>): number {
    if (this.unit === undefined) return usualInterval;
    if (weight >= 0) return this.unit === "cycles" ? weight : weight / 1000;
    const message = "Samples without a weight count nothing.";
    this.#builder.warn("samples-without-weight", message);
    return 0;
  }

  #nodeOf({ node, state }: Readonly<Row>): number {
    if (node === nothing) {
      const message = "Samples without a stack are counted as such.";
      this.#builder.warn("samples-without-stack", message);
      if (this.#noStack === nothing) this.#noStack = this.#makeNoStack();
      node = this.#noStack;
    }
    const frame = state === nothing ? -1 : this.#stateFrames[state]!;
    if (frame < 0) return node;
    const message = "Samples of threads that did not run are counted as idle.";
    this.#builder.warn("not-running", message);
    return this.#builder.node(node, frame);
  }

  #makeNoStack(): number {
    const func = this.#builder.func({ name: "(no stack)", category: "unaccounted" });
    return this.#builder.node(noParent, this.#builder.frame(func));
  }

  /** Tells the builder what is true of all samples. */
  finish(): void {
    if (this.unit === undefined && this.#builder.sampleCount > 0) {
      const message = "The table has no weights: each sample counts for a millisecond.";
      this.#builder.warn("no-weights", message);
    }
    if (this.#pid === undefined) return;
    const others = [...this.#others].sort(([, a], [, b]) => b - a);
    const count = others.reduce((sum, [, rows]) => sum + rows, 0);
    const names = others.slice(0, 8).map(([process]) => this.#threads.describeProcess(process));
    const list = `${names.join(", ")}${others.length > names.length ? ", …" : ""}`;
    if (this.#builder.sampleCount === 0) {
      const found = names.length > 0 ? `those there are belong to ${list}` : "the table has none";
      const message = `No samples of process ${this.#pid}: ${found}.`;
      this.#builder.warn("no-such-process", message);
    }
    if (count === 0) return;
    const message = `Only process ${this.#pid} is shown. Samples of others: ${list}.`;
    this.#builder.warn("other-processes", message, count);
  }
}
