/** The files of one recording as one: what belongs to whom, and what is said of a part that failed. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExportFiles, readExport } from "../../../src/formats/xctrace/read-export.ts";
import { categories } from "../../../src/profile/profile.ts";
import { exportOf, stacksOf, tableNode } from "./helpers.ts";

const executable = "/usr/local/bin/shop";
const toc = (seconds: number, target = '<process name="shop" pid="7"/>') =>
  `<trace-toc><run number="4"><info><target>${target}</target><summary><duration>${seconds}</duration><instruments-version>26.0 (17C529)</instruments-version></summary></info><processes><process name="shop" pid="7" path="${executable}"/><process name="Finder" pid="8" path="/System/Finder"/></processes></run></trace-toc>`;

const owner = (pid: number, tid: number) =>
  `<thread fmt="Main Thread 0x${tid} (P${pid}, pid: ${pid})"><tid>${tid}</tid><process fmt="P${pid} (${pid})"><pid>${pid}</pid></process></thread><process fmt="P${pid} (${pid})"><pid>${pid}</pid></process>`;

const samples = exportOf(
  tableNode({
    rows: [7, 8].map(
      (pid) =>
        `<sample-time>1000000</sample-time>${owner(pid, pid * 10)}<core/><thread-state>Running</thread-state><weight>1000000</weight><backtrace><frame name="of ${pid}"><binary name="shop" path="${executable}"/></frame></backtrace>`,
    ),
  }),
);
const hangs = exportOf(
  tableNode({
    schema: "potential-hangs",
    columns: [
      ["start", "start-time"],
      ["duration", "duration"],
      ["hang-type", "hang-type"],
      ["thread", "thread"],
      ["process", "process"],
    ],
    rows: [
      [7, 70],
      [8, 80],
      [7, 71],
    ].map(
      ([pid, tid], i) =>
        `<start-time>${i + 1}000</start-time><duration>5000</duration><hang-type>Microhang</hang-type>${owner(pid!, tid!)}`,
    ),
  }),
);
const noLeaks = exportOf(
  "<node xpath='//trace-toc[1]/run[1]/tracks[1]/track[1]/details[1]/detail[1]'/>",
);

describe("xctrace exports", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-export-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function read(
    texts: Partial<Record<"toc" | "samples" | "hangs" | "leaks", string>>,
    more: Partial<ExportFiles> = {},
    options = {},
  ) {
    const files: Record<string, string> = {};
    for (const [part, text] of Object.entries(texts)) {
      files[part] = join(folder, `${part}.xml`);
      await writeFile(files[part], text);
    }
    return readExport({ ...files, ...more }, options);
  }

  it("show the process that was recorded, its hangs and its code", async () => {
    const {
      profile,
      hangs: found,
      leaks,
      tocRun,
      warnings,
    } = await read({ toc: toc(30), samples, hangs, leaks: noLeaks });
    assert.ok(profile);
    assert.deepEqual(stacksOf(profile), [["of 7"]]);
    assert.equal(profile.meta.version, "26.0 (17C529)");
    assert.deepEqual(
      Array.from(profile.functions.category, (id) => categories[id]),
      ["app"],
    );
    assert.deepEqual(
      found?.map(({ process }) => process?.pid),
      [7, 7],
    );
    const hang = { kind: "hang", name: "Microhang", category: "app", duration: 5 };
    assert.deepEqual(profile.markers, [
      { ...hang, thread: 0, start: 1 },
      { ...hang, thread: 1, start: 3 },
    ]);
    assert.deepEqual(
      profile.threads.map(({ id, pid }) => [id, pid]),
      [
        [70, 7],
        [71, 7],
      ],
    );
    assert.equal(leaks?.status, "none");
    assert.equal(tocRun?.number, 4);
    assert.deepEqual(warnings.map(({ code }) => code).sort(), [
      "other-processes",
      "other-processes-hangs",
    ]);
    assert.deepEqual(profile.warnings, warnings);
  });

  it("show the process that is asked for, of all that were recorded", async () => {
    const all = { toc: toc(30, "<all-processes/>"), samples, hangs };
    assert.equal((await read(all)).profile?.samples.length, 2);
    const { profile, hangs: found } = await read(all, { pid: 8 });
    assert.deepEqual(stacksOf(profile!), [["of 8"]]);
    assert.deepEqual(
      found?.map(({ process }) => process?.pid),
      [8],
    );
  });

  it("name each part that cannot be read, and never give it as empty", async () => {
    const parts = await read({
      toc: toc(30),
      samples: samples.slice(0, 300),
      hangs: hangs.slice(0, -40),
      leaks: exportOf(),
    });
    assert.deepEqual([parts.profile, parts.hangs, parts.leaks], [undefined, undefined, undefined]);
    assert.deepEqual(
      parts.warnings.map(({ code }) => code),
      ["samples-failed", "hangs-failed", "leaks-failed"],
    );
    const noToc = await read({ toc: "<trace-toc>", samples, hangs });
    assert.equal(noToc.profile?.samples.length, 2);
    assert.deepEqual(
      noToc.warnings.map(({ code }) => code),
      ["toc-failed"],
    );
    const missing = await readExport({ samples: join(folder, "nowhere.xml") });
    assert.match(
      missing.warnings[0]!.message,
      /The samples of the trace could not be read\. .*ENOENT/,
    );
  });

  it("do not call leaks none that were not looked for", async () => {
    const { leaks, warnings } = await read({ toc: toc(6), leaks: noLeaks });
    assert.equal(leaks?.status, "not-finished");
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["leaks-not-finished"],
    );
    assert.equal((await read({ leaks: noLeaks })).leaks?.status, "not-finished");
  });

  it("go by the run's number, and say when the trace has none", async () => {
    const exported = await read({ toc: toc(30), samples }, { run: 4 });
    assert.equal(exported.profile?.samples.length, 1);
    const wrong = await read({ toc: toc(30), samples }, { run: 5 });
    assert.deepEqual(
      wrong.warnings.map(({ code }) => code),
      ["no-run"],
    );
    assert.equal(wrong.tocRun, undefined);
    const empty = await read({ toc: "<trace-toc/>" });
    assert.deepEqual(
      empty.warnings.map(({ code }) => code),
      ["no-run"],
    );
  });

  it("are left when told to, with the reason", async () => {
    const reason = new Error("enough");
    await assert.rejects(read({ samples }, {}, { signal: AbortSignal.abort(reason) }), reason);
  });
});
