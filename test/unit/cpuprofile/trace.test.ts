import assert from "node:assert/strict";
import type { Profile } from "../../../src/profile/profile.ts";
import { checkProfile, readDocument, stackOf, warningsOf } from "./helpers.ts";

const profileEvent = (id: string, tid: number, startTime: number, pid = 1) => ({
  pid,
  tid,
  ts: startTime + 3,
  ph: "P",
  name: "Profile",
  id,
  args: { data: { startTime } },
});

/** As Chrome writes it: the arguments first, from the thread that takes the samples. */
const chunk = (id: string, data: object, pid = 1) => ({
  args: { data },
  cat: "disabled-by-default-v8.cpu_profiler",
  id,
  name: "ProfileChunk",
  ph: "P",
  pid,
  tid: 99,
  ts: 1900,
});

const threadName = (tid: number, name: string, pid = 1) => ({
  pid,
  tid,
  ph: "M",
  name: "thread_name",
  args: { name },
});

const node = (id: number, functionName: string, parent?: number) => ({
  callFrame: {
    codeType: "JS",
    functionName,
    url: "https://a.test/a.js",
    lineNumber: 9,
    scriptId: 3,
  },
  id,
  ...(parent !== undefined && { parent }),
});

const native = (id: number, parent: number) => ({
  callFrame: { codeType: "JS", functionName: "setTimeout", scriptId: 0 },
  id,
  parent,
});

const root = { callFrame: { codeType: "other", functionName: "(root)", scriptId: 0 }, id: 1 };

/** Two pieces of one profile on thread 2, between events of no interest. */
const events = [
  { pid: 1, tid: 2, ts: 1, ph: "X", name: "RunTask", args: { data: { samples: "none" } } },
  profileEvent("0x1", 2, 1000),
  chunk("0x1", {
    cpuProfile: { nodes: [root, node(2, "main", 1), node(3, "work", 2)], samples: [3, 3] },
    timeDeltas: [10, 20],
    lines: [12, 0],
  }),
  chunk("0x1", {
    cpuProfile: { nodes: [node(4, "more", 2)], samples: [4, 2] },
    timeDeltas: [30, 40],
    lines: [14, 15],
  }),
  chunk("0x1", { endTime: 1150 }),
  threadName(2, "CrRendererMain"),
];

function samplesOf(profile: Profile) {
  const { samples } = profile;
  return Array.from({ length: samples.length }, (_, i) => [
    profile.threads[samples.thread[i]!]!.name,
    stackOf(profile, samples.node[i]!).join(" "),
    samples.time[i],
    samples.weight[i],
  ]);
}

const expected = [
  ["CrRendererMain", "main work:12", 10, 20],
  ["CrRendererMain", "main work", 30, 30],
  ["CrRendererMain", "main more:14", 60, 40],
  ["CrRendererMain", "main:15", 100, 50],
];

describe("CPU profiles in Chrome traces", () => {
  it("are joined from their pieces, with the line of each sample", async () => {
    for (const document of [{ traceEvents: events }, events]) {
      const profile = await readDocument(document);
      checkProfile(profile);
      assert.deepEqual(samplesOf(profile), expected);
      assert.deepEqual(profile.threads, [{ id: 2, name: "CrRendererMain" }]);
      assert.equal(profile.meta.format, "chrome-trace");
      assert.equal(profile.meta.duration, 150);
      assert.deepEqual(warningsOf(profile), {});
    }
  });

  it("are told apart by process and id, each on its own thread", async () => {
    const one = { cpuProfile: { nodes: [node(1, "one")], samples: [1] }, timeDeltas: [5] };
    const two = { cpuProfile: { nodes: [node(1, "two")], samples: [1] }, timeDeltas: [7] };
    const profile = await readDocument([
      profileEvent("0x1", 2, 1000, 1),
      profileEvent("0x1", 2, 1100, 8),
      profileEvent("0x2", 4, 1200, 1),
      chunk("0x1", one, 1),
      chunk("0x1", two, 8),
      chunk("0x2", { ...one, endTime: 1300 }, 1),
      chunk("0x1", { endTime: 1105 }, 1),
      chunk("0x1", { endTime: 1117 }, 8),
      threadName(2, "A", 1),
      threadName(2, "B", 8),
    ]);
    checkProfile(profile);
    assert.deepEqual(samplesOf(profile), [
      ["A", "one", 5, 100],
      ["B", "two", 107, 10],
      ["Thread 4", "one", 205, 95],
    ]);
    assert.equal(profile.meta.duration, 300);
  });

  it("tell columns too, and end when their last piece was sent", async () => {
    const profile = await readDocument([
      profileEvent("0x1", 2, 1000),
      chunk("0x1", {
        cpuProfile: { nodes: [node(1, "main"), native(2, 1)], samples: [1, 1, 2] },
        timeDeltas: [10, 20, 30],
        lines: [12, 12, 13],
        columns: [7, 30, 4],
      }),
    ]);
    const { samples, nodes, frames } = profile;
    const positions = Array.from(samples.node, (row) => {
      const frame = nodes.frame[row]!;
      return [frames.line[frame], frames.column[frame]];
    });
    // The last is a C++ function, whose line and column are its caller's.
    assert.deepEqual(positions, [
      [12, 7],
      [12, 30],
      [0, 0],
    ]);
    assert.deepEqual([...samples.weight], [20, 30, 840]);
    assert.deepEqual(warningsOf(profile), {});
  });

  it("may lack lines in some pieces", async () => {
    const [task, start, first, ...rest] = events;
    const { lines: _, ...data } = (first as ReturnType<typeof chunk>).args.data as {
      lines: number[];
    };
    const profile = await readDocument([task, start, chunk("0x1", data), ...rest]);
    assert.deepEqual(
      samplesOf(profile).map(([, stack]) => stack),
      ["main work", "main work", "main more:14", "main:15"],
    );
  });

  it("may lack their beginning, and deltas", async () => {
    const profile = await readDocument([
      chunk("0x1", {
        cpuProfile: { nodes: [node(1, "main")], samples: [1, 1, 1] },
        timeDeltas: [100, 200],
        endTime: 2000,
      }),
    ]);
    assert.deepEqual(samplesOf(profile), [
      ["Thread 99", "main", 100, 200],
      ["Thread 99", "main", 300, 0],
      ["Thread 99", "main", 300, 100],
    ]);
    assert.deepEqual(warningsOf(profile), { "uneven-pieces": 1 });
  });

  it("may be whole in one event, and its id an object's or a number", async () => {
    const data = { cpuProfile: { nodes: [node(1, "main")], samples: [1], timeDeltas: [5] } };
    for (const id of [{ id: 7 }, { id2: { local: "0x7" } }, {}]) {
      const event = { pid: 1, tid: 3, ph: "I", name: "CpuProfile", ...id, args: { data } };
      const profile = await readDocument({ traceEvents: [event] });
      assert.equal(profile.samples.length, 1);
      assert.deepEqual(profile.threads, [{ id: 3, name: "Thread 3" }]);
    }
  });
});
