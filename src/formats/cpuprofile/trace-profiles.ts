/**
 * The CPU profiles in a Chrome trace: `Profile` and `ProfileChunk` events, told apart by process
 * and id, each holding a piece. The members of an event come in any order, its name last in
 * Chrome's own files, so an event is collected whole and judged at its end.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { RawThread } from "./assemble.ts";
import type { Shape } from "./json-scanner.ts";
import { RawProfile } from "./raw-profile.ts";
import { TraceEvent } from "./trace-event.ts";

/** As many as the model's thread column can tell apart. */
const mostProfiles = 2 ** 16;

interface TraceProfile {
  readonly raw: RawProfile;
  readonly process: number;
  /** The thread that was profiled; chunks come from the thread that takes the samples. */
  thread: number;
  /** When the last piece was sent: as good an end as any where the recording was just stopped. */
  lastPiece: number;
}

export class TraceProfiles {
  readonly #builder: ProfileBuilder;
  readonly #profiles = new Map<string, TraceProfile>();
  readonly #threadNames = new Map<string, string>();
  #events = 0;

  /** The shape of one event of the trace. */
  readonly event: Shape;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.event = new TraceEvent().shape((event) => this.#take(event));
  }

  /** Whether the document is a trace at all. */
  get hasEvents(): boolean {
    return this.#events > 0;
  }

  /** One for each profile that told a node. */
  threads(): RawThread[] {
    const told = [...this.#profiles.values()].filter(({ raw }) => raw.definedNodes > 0);
    return told.map(({ raw, process, thread, lastPiece }) => {
      raw.end ??= lastPiece;
      return { raw, thread: this.#thread(process, thread) };
    });
  }

  #thread(process: number, id: number) {
    return { id, name: this.#threadNames.get(threadKey(process, id)) ?? `Thread ${id}` };
  }

  #take(event: TraceEvent): void {
    this.#events++;
    switch (event.name) {
      case "thread_name":
        this.#threadNames.set(threadKey(event.process, event.thread), event.argument);
        return;
      case "Profile":
      case "CpuProfile":
      case "ProfileChunk": {
        const profile = this.#profileOf(event);
        if (!profile) return;
        if (event.name !== "ProfileChunk") profile.thread = event.thread;
        profile.lastPiece = Math.max(profile.lastPiece, event.timestamp);
        this.#addPiece(profile.raw, event);
      }
    }
  }

  #profileOf(event: TraceEvent): TraceProfile | undefined {
    const key = `${event.process} ${event.id}`;
    const known = this.#profiles.get(key);
    if (known) return known;
    if (this.#profiles.size === mostProfiles) {
      const message = `The trace holds more than ${mostProfiles} profiles; the rest were left out.`;
      this.#builder.warn("too-many-profiles", message);
      return undefined;
    }
    const { process, thread } = event;
    const profile = { raw: new RawProfile(this.#builder), process, thread, lastPiece: 0 };
    this.#profiles.set(key, profile);
    return profile;
  }

  #addPiece(raw: RawProfile, event: TraceEvent): void {
    const { nodes, samples, deltas, lines, columns } = event;
    if (event.start !== undefined) raw.startTime(event.start);
    // A piece is sent after its last sample. Without the beginning, this is as near as it gets.
    if (raw.start === undefined) raw.startTime(event.timestamp - sum(deltas));
    if (event.end !== undefined) raw.endTime(event.end);
    for (const node of nodes) raw.node(node);
    for (const [i, id] of samples.entries()) {
      raw.sample(id);
      raw.delta(deltas[i] ?? 0);
      if (lines[i]) raw.position(lines[i]!, columns[i] ?? 0);
    }
    if (samples.length !== deltas.length) {
      const message = "Pieces of the trace have more or fewer time deltas than samples.";
      this.#builder.warn("uneven-pieces", message, Math.abs(samples.length - deltas.length));
    }
  }
}

function threadKey(process: number, thread: number): string {
  return `${process} ${thread}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
