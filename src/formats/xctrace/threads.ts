/**
 * The processes and threads of a document. Xcode defines one of them again when its name changes:
 * what counts is the pid, and the tid within it.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { processName, threadName } from "./labels.ts";

interface Process {
  /** NaN when the document does not say. */
  readonly pid: number;
  name: string;
}

interface Thread {
  /** NaN when the document does not say. */
  readonly tid: number;
  name: string;
  /** Row of the process, or -1. */
  process: number;
  /** The profile's thread, or -1 while no sample was taken on it. */
  index: number;
}

/** What samples can name; the last one stands for all beyond. */
const maxThreads = 0xffff;
/** The same for what the document defines, with or without samples. */
const maxKnown = 1 << 17;

export class Threads {
  readonly #processes: Process[] = [];
  readonly #processRows = new Map<string, number>();
  readonly #threads: Thread[] = [];
  readonly #threadRows = new Map<string, number>();
  /** Rows of the threads with samples, in the profile's order. */
  readonly #sampled: number[] = [];
  #crowded = 0;

  /** @param label as Xcode shows it: `Finder (751)` */
  process(pid: number, label: string): number {
    const name = processName(label);
    const key = Number.isNaN(pid) ? `name ${name}` : String(pid);
    let row = this.#processRows.get(key);
    if (row === undefined) {
      if (this.#processes.length === maxKnown) {
        this.#crowded++;
        return maxKnown - 1;
      }
      row = this.#processes.push({ pid, name }) - 1;
      this.#processRows.set(key, row);
    }
    const process = this.#processes[row]!;
    if (name !== "" && (name !== "Unknown" || process.name === "")) process.name = name;
    return row;
  }

  /**
   * @param label as Xcode shows it: `Main Thread 0x6458125 (Finder, pid: 751)`
   * @param process row, or -1
   */
  thread(tid: number, label: string, process: number): number {
    const name = threadName(label);
    const key = `${process} ${Number.isNaN(tid) ? name : tid}`;
    let row = this.#threadRows.get(key);
    if (row === undefined) {
      if (this.#threads.length === maxKnown) {
        this.#crowded++;
        return maxKnown - 1;
      }
      row = this.#threads.push({ tid, name, process, index: -1 }) - 1;
      this.#threadRows.set(key, row);
    }
    if (name !== "") this.#threads[row]!.name = name;
    return row;
  }

  /** The row of the thread's process, or -1. */
  processOf(thread: number): number {
    return thread < 0 ? -1 : this.#threads[thread]!.process;
  }

  /** NaN when it is not known. */
  pidOf(process: number): number {
    return process < 0 ? Number.NaN : this.#processes[process]!.pid;
  }

  /** As Xcode shows it. */
  describeProcess(process: number): string {
    const { name, pid } = this.#processes[process] ?? { name: "", pid: Number.NaN };
    return `${name || "unknown"}${Number.isNaN(pid) ? "" : ` (${pid})`}`;
  }

  /**
   * The profile's index of a thread that a sample was taken on.
   * @param thread row, or -1 when the sample does not say
   * @param process row, or -1
   */
  indexOf(thread: number, process: number): number {
    const row = thread < 0 ? this.thread(Number.NaN, "(unknown thread)", process) : thread;
    const known = this.#threads[row]!;
    if (known.process < 0) known.process = process;
    if (known.index < 0) {
      if (this.#sampled.length === maxThreads) {
        this.#crowded++;
        return maxThreads - 1;
      }
      known.index = this.#sampled.push(row) - 1;
    }
    return known.index;
  }

  /** Threads with samples. */
  get length(): number {
    return this.#sampled.length;
  }

  /** Hands the threads with samples to the builder, in the order of their indexes. */
  finish(builder: ProfileBuilder): void {
    for (const row of this.#sampled) {
      const { tid, name, process } = this.#threads[row]!;
      const owner = this.#processes[process] ?? { pid: Number.NaN, name: "" };
      builder.thread({
        id: Number.isNaN(tid) ? 0 : tid,
        name: name || `Thread 0x${tid.toString(16)}`,
        ...(!Number.isNaN(owner.pid) && { pid: owner.pid }),
        ...(owner.name !== "" && { process: owner.name }),
      });
    }
    if (this.#crowded > 0) {
      const message =
        "There are more threads than can be told apart: the last stands for the rest.";
      builder.warn("too-many-threads", message, this.#crowded);
    }
  }
}
