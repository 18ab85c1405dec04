/** One event of a Chrome trace, as far as it may concern a CPU profile. Used over and over. */
import type { Shape } from "./json-scanner.ts";
import { profileMembers } from "./profile-shape.ts";
import type { FileNode, ProfileSink } from "./profile-sink.ts";

export class TraceEvent implements ProfileSink {
  name = "";
  process = 0;
  thread = 0;
  /** Microseconds on the trace's clock. */
  timestamp = 0;
  id = "";
  /** `args.name` of a metadata event. */
  argument = "";
  nodes: FileNode[] = [];
  samples: number[] = [];
  deltas: number[] = [];
  /** Where each sample was, 1-based, 0 when unknown; all absent where V8 knew none. */
  lines: number[] = [];
  columns: number[] = [];
  start: number | undefined;
  end: number | undefined;

  /** Tells one event after another, each when it is complete. */
  shape(onEvent: (event: TraceEvent) => void): Shape {
    const id: Shape = {
      number: (value) => (this.id = String(value)),
      string: (value) => (this.id = value),
    };
    const profile = profileMembers(this);
    const data = new Map<string, Shape>([
      ...profile,
      ["lines", { items: { number: (line) => this.lines.push(line) } }],
      ["columns", { items: { number: (column) => this.columns.push(column) } }],
      ["cpuProfile", { members: new Map(profile) }],
    ]);
    const args = new Map<string, Shape>([
      ["data", { members: data }],
      ["name", { string: (value) => (this.argument = value) }],
    ]);
    return {
      begin: () => this.#reset(),
      members: new Map<string, Shape>([
        ["name", { string: (value) => (this.name = value) }],
        ["pid", { number: (value) => (this.process = value) }],
        ["tid", { number: (value) => (this.thread = value) }],
        ["ts", { number: (value) => (this.timestamp = value) }],
        ["id", id],
        [
          "id2",
          {
            members: new Map([
              ["local", id],
              ["global", id],
            ]),
          },
        ],
        ["args", { members: args }],
      ]),
      end: () => onEvent(this),
    };
  }

  node(node: FileNode): void {
    this.nodes.push(node);
  }

  sample(id: number): void {
    this.samples.push(id);
  }

  delta(microseconds: number): void {
    this.deltas.push(microseconds);
  }

  startTime(microseconds: number): void {
    this.start = microseconds;
  }

  endTime(microseconds: number): void {
    this.end = microseconds;
  }

  #reset(): void {
    this.name = "";
    this.process = 0;
    this.thread = 0;
    this.timestamp = 0;
    this.id = "";
    this.argument = "";
    this.start = undefined;
    this.end = undefined;
    // Most events of a trace hold none of these.
    if (this.nodes.length > 0) this.nodes = [];
    if (this.samples.length > 0) this.samples = [];
    if (this.deltas.length > 0) this.deltas = [];
    if (this.lines.length > 0) this.lines = [];
    if (this.columns.length > 0) this.columns = [];
  }
}
