/** Our byte scanner against a whole-document parser and a reader by the book. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { usualChunkBytes } from "../../../src/formats/file-chunks.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { exportText, stackShapes } from "../../generators/xctrace.ts";
import { type WrittenExport, writtenExports } from "../../generators/xctrace-documents.ts";
import { parseWithFastXmlParser } from "../../generators/xctrace-parsers.ts";
import {
  framesOf,
  ReferenceDocument,
  type ReferenceFrame,
  type ReferenceSample,
} from "../../generators/xctrace-reference.ts";
import { framesAt, readText, type ShownFrame, warningsOf } from "./helpers.ts";

interface Said {
  readonly time: number;
  readonly weight: number;
  readonly tid: number;
  /** Absent where the document leaves open whose the thread is. */
  readonly pid: number | undefined;
  readonly frames: readonly ShownFrame[];
}

function naiveSamples(text: string): { samples: ReferenceSample[]; unresolved: number } {
  const samples: ReferenceSample[] = [];
  const document = new ReferenceDocument((sample) => samples.push(sample));
  parseWithFastXmlParser(text, document);
  return { samples, unresolved: document.unresolved };
}

/** In the order of the file, and what the profile adds where a row lacks something. */
function expected(samples: readonly ReferenceSample[]): Said[] {
  let last = 0;
  const said = samples.map(({ time, weight, tid, threadPid, state, stack }) => {
    last = time === undefined ? last : time / 1000;
    const frames = (stack ? framesOf(stack) : []).map(shown);
    if (frames.length === 0) frames.push(pseudo("(no stack)"));
    if (state !== "" && state !== "Running") frames.unshift(pseudo(`(${state.toLowerCase()})`));
    return { time: last, weight: (weight ?? 0) / 1000, tid: tid ?? 0, pid: threadPid, frames };
  });
  return inTimeOrder(said);
}

/** The profile's samples are in order within each thread, and as they were elsewhere or sorted. */
function inTimeOrder(samples: readonly Said[]): Said[] {
  return samples.toSorted((a, b) => a.time - b.time);
}

function shown({ name, module, path, line, inlined }: ReferenceFrame): ShownFrame {
  return { name, module, url: path, line, inlined };
}

function pseudo(name: string): ShownFrame {
  return { name, module: "", url: "", line: 0, inlined: false };
}

function found(profile: Profile, reference: readonly Said[]): Said[] {
  const { samples, threads } = profile;
  const said = Array.from({ length: samples.length }, (_, i) => ({
    time: samples.time[i]!,
    weight: samples.weight[i]!,
    tid: threads[samples.thread[i]!]!.id,
    pid: threads[samples.thread[i]!]!.pid,
    frames: framesAt(profile, samples.node[i]!),
  }));
  return inTimeOrder(said).map((each, i) =>
    reference[i]?.pid === undefined ? { ...each, pid: undefined } : each,
  );
}

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

async function check({ text }: WrittenExport, chunkBytes: number): Promise<void> {
  const reference = naiveSamples(text);
  const profile = await readText(text, { chunkBytes });
  const said = expected(reference.samples);
  assert.deepEqual(found(profile, said), said);
  assert.equal(warningsOf(profile)["unresolved-refs"] ?? 0, reference.unresolved);
}

describe("xctrace reader, against a naive one", () => {
  it("reads the same samples, however the document is written", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(writtenExports, (written) => check(written, usualChunkBytes)),
      { numRuns: isLong ? 1000 : 250 },
    );
  });

  it("reads the same samples, wherever chunks are cut", async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(writtenExports, fc.integer({ min: 1, max: 300 }), check), {
      numRuns: isLong ? 300 : 100,
    });
  });

  for (const shape of stackShapes) {
    it(`reads a document as Xcode writes it, cut at every byte (${shape})`, async function () {
      this.timeout(120_000);
      const { text } = exportText({ shape, bytes: 4_000, seed: 3 });
      for (let chunkBytes = 1; chunkBytes < 400; chunkBytes += isLong ? 1 : 5) {
        await check({ text, shape }, chunkBytes);
      }
    });
  }
});
