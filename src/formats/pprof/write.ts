/**
 * pprof's format, a gzipped protobuf message: what `go tool pprof`, Pyroscope and Parca read. It
 * has stacks, not a timeline: samples of one stack and thread are one row with their count and
 * their time. Source: https://github.com/google/pprof/blob/main/proto/profile.proto
 */
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import {
  emptyTableToken,
  Label,
  Line,
  Location,
  Mapping,
  Function as PprofFunction,
  Profile as PprofProfile,
  type ProfileInput,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import { framePosition } from "../../profile/position.ts";
import { noParent, type Profile } from "../../profile/profile.ts";
import { pathOfUrl } from "../path-of-url.ts";
import { shownFunction } from "../shown-function.ts";
import type { WriteOptions } from "../writer-formats.ts";

/** Rows that are encoded at once. */
const batchRows = 4_096;
const nanosecondsPerMicrosecond = 1_000;

export async function writePprof(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
  { startedAt }: WriteOptions = {},
): Promise<void> {
  try {
    signal?.throwIfAborted();
    const pieces = Readable.from(encode(profile, startedAt), { objectMode: false });
    await pipeline(pieces, createGzip(), stream, signal ? { signal } : {});
  } catch (error) {
    stream.destroy();
    signal?.throwIfAborted();
    throw error;
  }
}

/** Messages that follow each other are one message with all their rows. */
function* encode(profile: Profile, startedAt: number | undefined): Generator<Uint8Array> {
  const texts = new StringTable();
  const { meta } = profile;
  const isTime = meta.weightUnit === "microseconds";
  const count = new ValueType({ type: texts.dedup("samples"), unit: texts.dedup("count") });
  const weight = isTime
    ? new ValueType({ type: texts.dedup("time"), unit: texts.dedup("nanoseconds") })
    : new ValueType({ type: texts.dedup("cycles"), unit: texts.dedup("count") });
  yield piece({
    sampleType: [count, weight],
    periodType: weight,
    period: isTime ? Math.round(meta.interval * nanosecondsPerMicrosecond) : 0,
    durationNanos: nanoseconds(meta.duration),
    // Whole milliseconds in nanoseconds are beyond what a number holds.
    ...(startedAt !== undefined && { timeNanos: BigInt(Math.round(startedAt)) * 1_000_000n }),
    defaultSampleType: weight.type,
  });
  const modules = new Modules(profile);
  for (const batch of batches(functionRows(profile, texts))) yield piece({ function: batch });
  for (const batch of batches(locationRows(profile, modules))) yield piece({ location: batch });
  yield piece({ mapping: modules.mappings(texts) });
  for (const batch of batches(sampleRows(profile, texts))) yield piece({ sample: batch });
  yield new PprofProfile({ stringTable: texts }).encode();
}

function piece(rows: Omit<ProfileInput, "stringTable">): Uint8Array {
  return new PprofProfile({ ...rows, stringTable: new StringTable(emptyTableToken) }).encode();
}

function* functionRows(profile: Profile, texts: StringTable): Generator<PprofFunction> {
  const { functions, strings } = profile;
  for (let func = 0; func < functions.length; func++) {
    const { name, url, line } = shownFunction(profile, func);
    yield new PprofFunction({
      id: func + 1,
      name: texts.dedup(name),
      systemName: texts.dedup(strings[functions.name[func]!]! || name),
      filename: texts.dedup(pathOfUrl(url)),
      startLine: line,
    });
  }
}

function* locationRows(profile: Profile, modules: Modules): Generator<Location> {
  const { frames } = profile;
  for (let frame = 0; frame < frames.length; frame++) {
    const { line } = framePosition(profile, frame);
    yield new Location({
      id: frame + 1,
      mappingId: modules.idOf(frames.func[frame]!),
      address: frames.address[frame]!,
      line: [new Line({ functionId: frames.func[frame]! + 1, line })],
    });
  }
}

/** The binaries that functions stand in; a script has none. */
class Modules {
  readonly #profile: Profile;
  readonly #ids = new Map<string, number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** 0 for none. */
  idOf(func: number): number {
    const { functions, strings } = this.#profile;
    const module = strings[functions.module[func]!]!;
    if (module === "") return 0;
    const id = this.#ids.get(module) ?? this.#ids.size + 1;
    this.#ids.set(module, id);
    return id;
  }

  /** Those that were asked for. All is named already: nobody has to look symbols up. */
  mappings(texts: StringTable): Mapping[] {
    return [...this.#ids].map(
      ([module, id]) =>
        new Mapping({
          id,
          filename: texts.dedup(module),
          hasFunctions: true,
          hasFilenames: true,
          hasLineNumbers: true,
          hasInlineFrames: true,
        }),
    );
  }
}

function* sampleRows(profile: Profile, texts: StringTable): Generator<Sample> {
  const { samples, threads, meta } = profile;
  const isTime = meta.weightUnit === "microseconds";
  const labels = threads.map(({ name, process }) =>
    [
      ["thread", name],
      ["process", process ?? ""],
    ]
      .filter(([, text]) => text !== "")
      .map(([key, text]) => new Label({ key: texts.dedup(key!), str: texts.dedup(text!) })),
  );
  const threadCount = Math.max(1, threads.length);
  /** By node times the number of threads, plus the thread. */
  const rows = new Map<number, { count: number; weight: number }>();
  for (let i = 0; i < samples.length; i++) {
    const key = samples.node[i]! * threadCount + samples.thread[i]!;
    const row = rows.get(key) ?? { count: 0, weight: 0 };
    if (row.count === 0) rows.set(key, row);
    row.count++;
    row.weight += samples.weight[i]!;
  }
  for (const [key, { count, weight }] of rows) {
    yield new Sample({
      locationId: locationsOf(profile, Math.floor(key / threadCount)),
      value: [count, isTime ? nanoseconds(weight) : Math.round(weight)],
      label: labels[key % threadCount] ?? [],
    });
  }
}

/** Top of the stack first. */
function locationsOf({ nodes }: Profile, top: number): number[] {
  const locations: number[] = [];
  for (let node = top; node !== noParent; node = nodes.parent[node]!) {
    locations.push(nodes.frame[node]! + 1);
  }
  return locations;
}

function nanoseconds(microseconds: number): number {
  return Math.round(microseconds * nanosecondsPerMicrosecond);
}

function* batches<T>(rows: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
