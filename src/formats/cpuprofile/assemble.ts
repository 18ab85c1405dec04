/** From the columns of a file to the profile model: one model thread for each profile in it. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { Profile, SampleTable, Thread } from "../../profile/profile.ts";
import { samplesFromHits } from "./hits.ts";
import { LineNodes } from "./line-nodes.ts";
import { placeNodes } from "./place-nodes.ts";
import type { RawProfile } from "./raw-profile.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

export interface RawThread {
  readonly raw: RawProfile;
  readonly thread: Thread;
}

interface ThreadSamples {
  readonly node: Uint32Array;
  readonly timeline: Timeline;
}

/** Takes over the memory of the raw columns, where only one thread was recorded. */
export function assemble(
  builder: ProfileBuilder,
  threads: readonly RawThread[],
  about: { format: string; title: string },
): Profile {
  const parts = threads.map(({ raw, thread }) => {
    builder.thread(thread);
    return threadSamples(builder, raw);
  });
  const start = Math.min(...parts.map(({ timeline }) => timeline.start));
  const end = Math.max(...parts.map(({ timeline }) => timeline.end));
  const samples = parts.length === 1 ? onlyThread(parts[0]!) : joinThreads(parts, start);
  return { ...builder.finish({ ...about, duration: end - start }), samples };
}

function threadSamples(builder: ProfileBuilder, raw: RawProfile): ThreadSamples {
  if (raw.samples.length === 0) samplesFromHits(builder, raw);
  const hasPositions = raw.samplePosition.length > 0;
  if (hasPositions) raw.padPositions();
  const timeline = timelineOf(builder, raw);
  const node = raw.samples.finish();
  const counts = new Float64Array(raw.rowCount);
  for (const row of node) counts[row]!++;
  const nodeOf = placeNodes(builder, raw, counts);
  const lineNodes = new LineNodes(builder, raw, nodeOf, counts);
  for (let i = 0; i < node.length; i++) {
    const row = node[i]!;
    node[i] = hasPositions ? lineNodes.at(row, raw.samplePosition.array[i]!) : lineNodes.next(row);
  }
  return { node, timeline };
}

function onlyThread({ node, timeline: { time, weight } }: ThreadSamples): SampleTable {
  return { length: node.length, node, time, weight, thread: new Uint16Array(node.length) };
}

function joinThreads(parts: readonly ThreadSamples[], start: number): SampleTable {
  const length = parts.reduce((sum, { node }) => sum + node.length, 0);
  const samples = {
    length,
    node: new Uint32Array(length),
    time: new Float64Array(length),
    weight: new Float64Array(length),
    thread: new Uint16Array(length),
  };
  let row = 0;
  for (const [thread, { node, timeline }] of parts.entries()) {
    const shift = timeline.start - start;
    samples.node.set(node, row);
    samples.time.set(
      timeline.time.map((time) => time + shift),
      row,
    );
    samples.weight.set(timeline.weight, row);
    samples.thread.fill(thread, row, row + node.length);
    row += node.length;
  }
  return samples;
}
