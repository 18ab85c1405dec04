/**
 * Where every reader in `formats/` puts what it reads: rows are interned as they come, and
 * `finish` gives the `Profile`. One builder, one profile; nothing here knows a file format.
 */
import { FrameRows } from "./frame-rows.ts";
import { growF64, growU8, growU16, growU32 } from "./growable.ts";
import { PrefixTree } from "./prefix-tree.ts";
import {
  type Category,
  type CategoryId,
  categoryId,
  type Marker,
  type Profile,
  type ScriptInfo,
  type Thread,
  type Tier,
  type TierId,
  tierId,
  type WeightUnit,
} from "./profile.ts";

export interface FunctionSpec {
  readonly name: string;
  readonly url?: string;
  /** 1-based; 0 or absent when unknown. */
  readonly line?: number;
  readonly column?: number;
  readonly category: Category;
  readonly module?: string;
}

export interface FrameSpec {
  /** The position being run; 0 or absent when unknown. */
  readonly line?: number;
  readonly column?: number;
  readonly tier?: Tier;
  readonly inlined?: boolean;
  /** Address inside the function's module, for native code that may be named later. */
  readonly address?: number;
}

export interface FinishSpec {
  readonly format: string;
  readonly version?: string;
  readonly title: string;
  /** Microseconds; by default the end of the last sample. */
  readonly duration?: number;
  readonly interval?: number;
  /** By default microseconds. With any other, `duration` has to be given. */
  readonly weightUnit?: WeightUnit;
}

export class ProfileBuilder {
  readonly #strings: string[] = [""];
  readonly #stringIds = new Map<string, number>([["", 0]]);

  readonly #funcName = growU32();
  readonly #funcUrl = growU32();
  readonly #funcLine = growU32();
  readonly #funcColumn = growU32();
  readonly #funcCategory = growU8();
  readonly #funcModule = growU32();
  readonly #funcIds = new Map<string, number>();

  readonly #frames = new FrameRows();

  readonly #nodes = new PrefixTree();

  readonly #sampleNode = growU32();
  readonly #sampleTime = growF64();
  readonly #sampleWeight = growF64();
  readonly #sampleThread = growU16();

  readonly #threads: Thread[] = [];
  readonly #markers: Marker[] = [];
  readonly #scripts: ScriptInfo[] = [];
  readonly #warnings = new Map<string, { message: string; count: number }>();

  string(text: string): number {
    let id = this.#stringIds.get(text);
    if (id === undefined) {
      id = this.#strings.push(text) - 1;
      this.#stringIds.set(text, id);
    }
    return id;
  }

  /** A string that is known to be new, for formats with hundreds of thousands of them. */
  rawString(text: string): number {
    return this.#strings.push(text) - 1;
  }

  /** Interned by every field of the spec. Keep the id: this is not for a hot loop. */
  func(spec: FunctionSpec): number {
    const name = this.string(spec.name);
    const url = this.string(spec.url ?? "");
    const module = this.string(spec.module ?? "");
    const category = categoryId(spec.category);
    const line = spec.line ?? 0;
    const column = spec.column ?? 0;
    const key = `${name},${url},${line},${column},${category},${module}`;
    let id = this.#funcIds.get(key);
    if (id === undefined) {
      id = this.#funcName.push(name);
      this.#funcUrl.push(url);
      this.#funcLine.push(line);
      this.#funcColumn.push(column);
      this.#funcCategory.push(category);
      this.#funcModule.push(module);
      this.#funcIds.set(key, id);
    }
    return id;
  }

  /**
   * A function that is known to be new, for formats with hundreds of thousands of them.
   * @param name,url,module strings
   */
  rawFunc(name: number, url: number, module: number, category: CategoryId): number {
    this.#funcUrl.push(url);
    this.#funcLine.push(0);
    this.#funcColumn.push(0);
    this.#funcCategory.push(category);
    this.#funcModule.push(module);
    return this.#funcName.push(name);
  }

  /** A frame that is known to be new. `line` is 1-based, 0 for unknown. */
  rawFrame(func: number, line: number, tier: TierId, inlined: boolean): number {
    return this.#frames.add(func, line, 0, tier, inlined ? 1 : 0, 0);
  }

  /** Interned by every field. Keep the id: this is not for a hot loop. */
  frame(func: number, spec: FrameSpec = {}): number {
    const { line = 0, column = 0, tier = "unknown", inlined = false, address = 0 } = spec;
    return this.#frames.intern(func, line, column, tierId(tier), inlined ? 1 : 0, address);
  }

  /** The stack `parent` with `frame` on top. Cheap enough for every frame of every sample. */
  node(parent: number, frame: number): number {
    return this.#nodes.node(parent, frame);
  }

  /** A node that is known to be new, for formats whose tree is already a prefix tree. */
  rawNode(parent: number, frame: number): number {
    return this.#nodes.add(parent, frame);
  }

  /** Microseconds since the profile's start, and what the sample stands for in the weight unit. */
  sample(node: number, time: number, weight: number, thread = 0): number {
    this.#sampleTime.push(time);
    this.#sampleWeight.push(weight);
    this.#sampleThread.push(thread);
    return this.#sampleNode.push(node);
  }

  /** Weights known only once the next sample is read: the last sample's can be set afterwards. */
  setWeight(sample: number, weight: number): void {
    this.#sampleWeight.array[sample] = weight;
  }

  get sampleCount(): number {
    return this.#sampleNode.length;
  }

  /** The node below, or `noParent`. */
  parentOf(node: number): number {
    return this.#nodes.parentOf(node);
  }

  frameOf(node: number): number {
    return this.#nodes.keyOf(node);
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  thread(thread: Thread): number {
    return this.#threads.push(thread) - 1;
  }

  marker(marker: Marker): void {
    this.#markers.push(marker);
  }

  script(script: ScriptInfo): void {
    this.#scripts.push(script);
  }

  /** Counts up: many occurrences of one code are one warning. The first message stays. */
  warn(code: string, message: string, count = 1): void {
    const known = this.#warnings.get(code);
    if (known) known.count += count;
    else this.#warnings.set(code, { message, count });
  }

  /** The builder must not be used afterwards: the profile shares its memory. */
  finish(spec: FinishSpec): Profile {
    const functionCount = this.#funcName.length;
    const frames = this.#frames;
    const samples = this.sampleCount;
    const time = this.#sampleTime.finish();
    const weight = this.#sampleWeight.finish();
    let end = 0;
    for (let i = 0; i < samples; i++) end = Math.max(end, time[i]! + weight[i]!);
    if (this.#threads.length === 0) this.#threads.push({ id: 0, name: "Main" });
    placeFunctions(this.#funcLine.array, this.#funcUrl.array, frames.func, frames.line);
    const nodes = this.#nodes.finish();
    return {
      meta: {
        format: spec.format,
        version: spec.version ?? "",
        title: spec.title,
        duration: spec.duration ?? end,
        interval: spec.interval ?? 0,
        weightUnit: spec.weightUnit ?? "microseconds",
      },
      strings: this.#strings,
      functions: {
        length: functionCount,
        name: this.#funcName.finish(),
        url: this.#funcUrl.finish(),
        line: this.#funcLine.finish(),
        column: this.#funcColumn.finish(),
        category: this.#funcCategory.finish(),
        module: this.#funcModule.finish(),
        originalName: new Uint32Array(functionCount),
        ...unmapped(functionCount),
      },
      frames: {
        length: frames.length,
        func: frames.func.finish(),
        line: frames.line.finish(),
        column: frames.column.finish(),
        tier: frames.tier.finish(),
        inlined: frames.inlined.finish(),
        address: frames.address.finish(),
        ...unmapped(frames.length),
      },
      nodes: {
        length: nodes.parent.length,
        parent: nodes.parent,
        frame: nodes.key,
      },
      samples: {
        length: samples,
        node: this.#sampleNode.finish(),
        time,
        weight,
        thread: this.#sampleThread.finish(),
      },
      threads: this.#threads,
      markers: this.#markers,
      scripts: this.#scripts,
      warnings: [...this.#warnings].map(([code, w]) => ({ code, ...w })),
    };
  }
}

/**
 * Native code tells the lines that ran, not where a function begins: the first of them stands in
 * for that.
 */
function placeFunctions(
  line: Uint32Array,
  url: Uint32Array,
  frameFunc: { readonly array: Uint32Array; readonly length: number },
  frameLine: { readonly array: Uint32Array },
): void {
  const placed = new Set<number>();
  for (let frame = 0; frame < frameFunc.length; frame++) {
    const func = frameFunc.array[frame]!;
    const at = frameLine.array[frame]!;
    if (at === 0 || url[func] === 0 || (line[func] !== 0 && !placed.has(func))) continue;
    if (line[func] === 0 || at < line[func]!) line[func] = at;
    placed.add(func);
  }
}

function unmapped(length: number) {
  return {
    originalUrl: new Uint32Array(length),
    originalLine: new Uint32Array(length),
    originalColumn: new Uint32Array(length),
  };
}
