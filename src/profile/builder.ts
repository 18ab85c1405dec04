/**
 * Where every reader in `formats/` puts what it reads: rows are interned as they come, and
 * `finish` gives the `Profile`. One builder, one profile; nothing here knows a file format.
 */
import { growF64, grown, growU8, growU16, growU32, release } from "./growable.ts";
import { PairIndex } from "./pair-index.ts";
import {
  type Category,
  categoryId,
  type Marker,
  type Profile,
  type ScriptInfo,
  type Thread,
  type Tier,
  tierId,
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

  readonly #frameFunc = growU32();
  readonly #frameLine = growU32();
  readonly #frameColumn = growU32();
  readonly #frameTier = growU8();
  readonly #frameInlined = growU8();
  readonly #frameAddress = growF64();
  readonly #frameIds = new Map<string, number>();

  // Not `Growable`: one code path for one type of array is three times as fast here.
  #nodeParent = new Int32Array(1 << 12);
  #nodeFrame = new Uint32Array(1 << 12);
  #nodeCount = 0;
  readonly #nodes = new PairIndex();
  #lastChild = new Int32Array(1 << 12);

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

  /** Interned by every field. Keep the id: this is not for a hot loop. */
  frame(func: number, spec: FrameSpec = {}): number {
    const { line = 0, column = 0, tier = "unknown", inlined = false, address = 0 } = spec;
    const key = `${func},${line},${column},${tier},${inlined ? 1 : 0},${address}`;
    let id = this.#frameIds.get(key);
    if (id === undefined) {
      id = this.#frameFunc.push(func);
      this.#frameLine.push(line);
      this.#frameColumn.push(column);
      this.#frameTier.push(tierId(tier));
      this.#frameInlined.push(inlined ? 1 : 0);
      this.#frameAddress.push(address);
      this.#frameIds.set(key, id);
    }
    return id;
  }

  /** The stack `parent` with `frame` on top. Cheap enough for every frame of every sample. */
  node(parent: number, frame: number): number {
    const last = this.#lastChild[parent + 1]! - 1;
    if (last >= 0 && this.#nodeFrame[last] === frame) return last;
    let node = this.#nodes.find(parent, frame, this.#nodeParent, this.#nodeFrame);
    if (node < 0) {
      node = this.rawNode(parent, frame);
      this.#nodes.add(node, this.#nodeParent, this.#nodeFrame);
    }
    this.#lastChild[parent + 1] = node + 1;
    return node;
  }

  /** A node that is known to be new, for formats whose tree is already a prefix tree. */
  rawNode(parent: number, frame: number): number {
    const id = this.#nodeCount++;
    if (id + 1 === this.#nodeParent.length) this.#growNodes();
    this.#nodeParent[id] = parent;
    this.#nodeFrame[id] = frame;
    return id;
  }

  #growNodes(): void {
    this.#nodeParent = grown(Int32Array, this.#nodeParent);
    this.#nodeFrame = grown(Uint32Array, this.#nodeFrame);
    this.#lastChild = grown(Int32Array, this.#lastChild);
  }

  /** Microseconds since the profile's start, and microseconds that the sample stands for. */
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

  get nodeCount(): number {
    return this.#nodeCount;
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
    const frameCount = this.#frameFunc.length;
    const samples = this.sampleCount;
    const time = this.#sampleTime.finish();
    const weight = this.#sampleWeight.finish();
    let end = 0;
    for (let i = 0; i < samples; i++) end = Math.max(end, time[i]! + weight[i]!);
    if (this.#threads.length === 0) this.#threads.push({ id: 0, name: "Main" });
    this.#nodes.release();
    release(this.#lastChild);
    return {
      meta: {
        format: spec.format,
        version: spec.version ?? "",
        title: spec.title,
        duration: spec.duration ?? end,
        interval: spec.interval ?? 0,
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
        length: frameCount,
        func: this.#frameFunc.finish(),
        line: this.#frameLine.finish(),
        column: this.#frameColumn.finish(),
        tier: this.#frameTier.finish(),
        inlined: this.#frameInlined.finish(),
        address: this.#frameAddress.finish(),
        ...unmapped(frameCount),
      },
      nodes: {
        length: this.#nodeCount,
        parent: this.#nodeParent.subarray(0, this.#nodeCount),
        frame: this.#nodeFrame.subarray(0, this.#nodeCount),
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

function unmapped(length: number) {
  return {
    originalUrl: new Uint32Array(length),
    originalLine: new Uint32Array(length),
    originalColumn: new Uint32Array(length),
  };
}
