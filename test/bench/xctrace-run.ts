/**
 * One reading of an export, in a process of its own: `xctrace-run <reader> <file>`. Prints a
 * `Reading` as JSON. Ours runs in a worker thread as it does in the product, the others on the
 * main thread.
 */
import { readFile } from "node:fs/promises";
import type { Profile } from "../../src/profile/profile.ts";
import { querySchema, type SummaryAnswer } from "../../src/profile/query.ts";
import { ProfileWorker } from "../../src/profile-worker/profile-worker.ts";
import type { ReferenceDocument } from "../generators/xctrace-reference.ts";
import { LoopWatch } from "./loop-watch.ts";
import type { Counts, Reader, Reading } from "./xctrace-reading.ts";

/** A reader whose code is loaded and whose thread has started. */
interface Started {
  readonly read: (path: string) => Promise<void>;
  readonly count: () => Promise<Counts | undefined>;
}

async function startHangscope(): Promise<Started> {
  const worker = new ProfileWorker();
  // Answered at once, as soon as there is someone to answer.
  await worker.awaitNames();
  return {
    read: (path) => worker.open(path, []),
    async count() {
      const summary = (await worker.query(
        querySchema.parse({ kind: "summary", filter: { includeIdle: true } }),
      )) as SummaryAnswer;
      await worker.dispose();
      return { samples: summary.samples, weight: summary.total };
    },
  };
}

async function startPeer(reader: Exclude<Reader, "hangscope">): Promise<Started> {
  const parsers = await import("../generators/xctrace-parsers.ts");
  const { ReferenceDocument } = await import("../generators/xctrace-reference.ts");
  const { ReferenceProfile } = await import("../generators/xctrace-reference-profile.ts");
  const parse = reader === "saxes" ? parsers.readWithSaxes : parsers.readWithFastXmlParser;
  if (reader === "fast-xml-parser alone") {
    const idle = idleDocument(new ReferenceDocument(() => {}));
    return { read: (path) => parse(path, idle), count: async () => undefined };
  }
  const reference = new ReferenceProfile();
  let profile: Profile;
  return {
    async read(path) {
      await parse(path, reference.document);
      profile = reference.finish();
    },
    async count() {
      const { samples } = profile;
      const weight = samples.weight.reduce((sum, each) => sum + each, 0);
      return { samples: samples.length, weight };
    },
  };
}

function idleDocument(document: ReferenceDocument): ReferenceDocument {
  return Object.assign(document, { open() {}, text() {}, close() {} });
}

/** The kernel's other count begins with what the parent process held. */
async function highWaterKilobytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const found = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return found === undefined ? process.resourceUsage().maxRSS : Number(found);
}

const [reader, path = ""] = process.argv.slice(2) as [Reader, string];
const watch = new LoopWatch();
const begin = performance.now();
const started = await (reader === "hangscope" ? startHangscope() : startPeer(reader));
const startSeconds = secondsSince(begin);
await started.read(path);
const seconds = secondsSince(begin);
const stallMs = await watch.stop();
const peakMiB = (await highWaterKilobytes()) / 1024;
const counts = await started.count();
const reading: Reading = { seconds, startSeconds, peakMiB, stallMs, ...(counts && { counts }) };
console.log(JSON.stringify(reading));

function secondsSince(time: number): number {
  return (performance.now() - time) / 1000;
}
