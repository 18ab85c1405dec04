/**
 * Several profiles as one. Functions, positions and stacks that are the same are the same rows; the
 * parts stand one after the other on the timeline, as their clocks have nothing in common, and each
 * keeps its threads under the name of the machine it came from.
 */
import { growF64, growI32, growU16, growU32 } from "./growable.ts";
import { PairIndex } from "./pair-index.ts";
import {
  categoryId,
  type Marker,
  noParent,
  type Profile,
  type Thread,
  type Warning,
  type WeightUnit,
} from "./profile.ts";

export interface PartOptions {
  /** Where the part was recorded. */
  readonly machine: string;
}

export interface MergeOptions {
  /** Puts the machine's name at the bottom of every stack, for formats that have no threads. */
  readonly machineAsRoot: boolean;
}

/** One merger, one profile. */
export class ProfileMerger {
  readonly #machineAsRoot: boolean;
  readonly #strings: string[] = [""];
  readonly #stringIds = new Map<string, number>([["", 0]]);
  readonly #functions = new Rows([
    "name",
    "url",
    "line",
    "column",
    "category",
    "module",
    "originalName",
    "originalUrl",
    "originalLine",
    "originalColumn",
  ]);
  readonly #frames = new Rows([
    "func",
    "line",
    "column",
    "tier",
    "inlined",
    "originalUrl",
    "originalLine",
    "originalColumn",
  ]);
  readonly #frameAddress = growF64();
  readonly #nodeParent = growI32();
  readonly #nodeFrame = growU32();
  readonly #nodeIndex = new PairIndex();
  readonly #sampleNode = growU32();
  readonly #sampleTime = growF64();
  readonly #sampleWeight = growF64();
  readonly #sampleThread = growU16();
  readonly #threads: Thread[] = [];
  readonly #threadIds = new Map<string, number>();
  readonly #markers: Marker[] = [];
  readonly #warnings = new Map<string, Warning>();
  #format: string | undefined;
  readonly #versions = new Set<string>();
  readonly #intervals = new Set<number>();
  #weightUnit: WeightUnit = "microseconds";
  /** Microseconds: where the next part begins. */
  #end = 0;

  constructor({ machineAsRoot }: MergeOptions) {
    this.#machineAsRoot = machineAsRoot;
  }

  /** @throws RangeError when it counts what the parts before it do not. */
  add(part: Profile, { machine }: PartOptions): void {
    const { meta } = part;
    if (this.#format !== undefined && meta.weightUnit !== this.#weightUnit) {
      throw new RangeError(`It counts ${meta.weightUnit}, the others ${this.#weightUnit}.`);
    }
    this.#format ??= meta.format;
    this.#weightUnit = meta.weightUnit;
    this.#versions.add(meta.version);
    this.#intervals.add(meta.interval);
    const threads = part.threads.map((thread) => this.#thread(thread, machine, part));
    const nodes = this.#nodes(part, machine);
    const { samples } = part;
    for (let i = 0; i < samples.length; i++) {
      this.#sampleNode.push(nodes[samples.node[i]!]!);
      this.#sampleTime.push(this.#end + samples.time[i]!);
      this.#sampleWeight.push(samples.weight[i]!);
      this.#sampleThread.push(threads[samples.thread[i]!] ?? 0);
    }
    for (const marker of part.markers) {
      const thread = threads[marker.thread] ?? 0;
      this.#markers.push({ ...marker, thread, start: this.#end + marker.start });
    }
    for (const { code, message, count } of part.warnings) {
      const known = this.#warnings.get(code);
      this.#warnings.set(code, { code, message, count: count + (known?.count ?? 0) });
    }
    this.#end += meta.duration;
  }

  /** The merger must not be used afterwards: the profile shares its memory. */
  finish(title: string): Profile {
    const functions = this.#functions.finish();
    const frames = this.#frames.finish();
    const only = <T>(values: ReadonlySet<T>, otherwise: T) =>
      values.size === 1 ? [...values][0]! : otherwise;
    return {
      meta: {
        format: this.#format ?? "",
        version: only(this.#versions, ""),
        title,
        duration: this.#end,
        interval: only(this.#intervals, 0),
        weightUnit: this.#weightUnit,
      },
      strings: this.#strings,
      functions: {
        length: this.#functions.length,
        ...functions,
        category: Uint8Array.from(functions.category),
      },
      frames: {
        length: this.#frames.length,
        ...frames,
        tier: Uint8Array.from(frames.tier),
        inlined: Uint8Array.from(frames.inlined),
        address: this.#frameAddress.finish(),
      },
      nodes: {
        length: this.#nodeParent.length,
        parent: this.#nodeParent.finish(),
        frame: this.#nodeFrame.finish(),
      },
      samples: {
        length: this.#sampleNode.length,
        node: this.#sampleNode.finish(),
        time: this.#sampleTime.finish(),
        weight: this.#sampleWeight.finish(),
        thread: this.#sampleThread.finish(),
      },
      threads: this.#threads,
      markers: this.#markers,
      scripts: [],
      warnings: [...this.#warnings.values()],
    };
  }

  #string(text: string): number {
    let id = this.#stringIds.get(text);
    if (id === undefined) {
      id = this.#strings.push(text) - 1;
      this.#stringIds.set(text, id);
    }
    return id;
  }

  /** The machine's own name where it has one thread, else with the thread's. */
  #thread(thread: Thread, machine: string, { threads }: Profile): number {
    const name = threads.length === 1 ? machine : `${machine}: ${thread.name}`;
    let id = this.#threadIds.get(name);
    if (id === undefined) {
      id = this.#threads.push({ ...thread, id: this.#threads.length + 1, name }) - 1;
      this.#threadIds.set(name, id);
    }
    return id;
  }

  /** Merged nodes by the part's. */
  #nodes({ strings, functions, frames, nodes }: Profile, machine: string): Int32Array {
    const text = strings.map((each) => this.#string(each));
    const funcs = new Uint32Array(functions.length);
    for (let i = 0; i < functions.length; i++) {
      funcs[i] = this.#functions.intern([
        text[functions.name[i]!]!,
        text[functions.url[i]!]!,
        functions.line[i]!,
        functions.column[i]!,
        functions.category[i]!,
        text[functions.module[i]!]!,
        text[functions.originalName[i]!]!,
        text[functions.originalUrl[i]!]!,
        functions.originalLine[i]!,
        functions.originalColumn[i]!,
      ]);
    }
    const framesOf = new Uint32Array(frames.length);
    for (let i = 0; i < frames.length; i++) {
      framesOf[i] = this.#frame(
        [
          funcs[frames.func[i]!]!,
          frames.line[i]!,
          frames.column[i]!,
          frames.tier[i]!,
          frames.inlined[i]!,
          text[frames.originalUrl[i]!]!,
          frames.originalLine[i]!,
          frames.originalColumn[i]!,
        ],
        frames.address[i]!,
      );
    }
    const bottom = this.#machineAsRoot ? this.#root(machine) : noParent;
    const merged = new Int32Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) {
      const parent = nodes.parent[i]!;
      merged[i] = this.#node(
        parent === noParent ? bottom : merged[parent]!,
        framesOf[nodes.frame[i]!]!,
      );
    }
    return merged;
  }

  #root(machine: string): number {
    const row = [this.#string(machine), 0, 0, 0, categoryId("program"), 0, 0, 0, 0, 0];
    const func = this.#functions.intern(row);
    return this.#node(noParent, this.#frame([func, 0, 0, 0, 0, 0, 0, 0], 0));
  }

  #frame(row: readonly number[], address: number): number {
    const id = this.#frames.intern(row, address);
    if (id === this.#frameAddress.length) this.#frameAddress.push(address);
    return id;
  }

  #node(parent: number, frame: number): number {
    const known = this.#nodeIndex.find(
      parent,
      frame,
      this.#nodeParent.array,
      this.#nodeFrame.array,
    );
    if (known >= 0) return known;
    const node = this.#nodeParent.push(parent);
    this.#nodeFrame.push(frame);
    this.#nodeIndex.add(node, this.#nodeParent.array, this.#nodeFrame.array);
    return node;
  }
}

/** A table of rows of numbers, each row once. */
class Rows<const Name extends string> {
  readonly #names: readonly Name[];
  readonly #columns: readonly ReturnType<typeof growU32>[];
  readonly #ids = new Map<string, number>();

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.#columns = names.map(() => growU32());
  }

  get length(): number {
    return this.#ids.size;
  }

  /** @param more what tells rows apart besides, and is kept elsewhere */
  intern(row: readonly number[], more = 0): number {
    const key = `${row.join()},${more}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    for (const [i, column] of this.#columns.entries()) column.push(row[i]!);
    return id;
  }

  finish(): Record<Name, Uint32Array> {
    const columns = this.#names.map((name, i) => [name, this.#columns[i]!.finish()]);
    return Object.fromEntries(columns) as Record<Name, Uint32Array>;
  }
}
