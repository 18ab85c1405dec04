/** Documents that are read as a tree: tables of contents, hangs and leaks. */
import assert from "node:assert/strict";
import { FormatError } from "../../../src/formats/format-error.ts";
import { type HangOptions, readHangs } from "../../../src/formats/xctrace/hangs.ts";
import { type LeakOptions, readLeaks } from "../../../src/formats/xctrace/leaks.ts";
import { readToc } from "../../../src/formats/xctrace/toc.ts";
import { exportOf, tableNode, withFile } from "./helpers.ts";

const hangColumns = [
  ["start", "start-time"],
  ["duration", "duration"],
  ["hang-type", "hang-type"],
  ["thread", "thread"],
  ["process", "process"],
] as const;

function hangRow(type: string, pid: number, start = 597113458): string {
  return [
    `<start-time fmt="00:00.597">${start}</start-time><duration fmt="2.08 s">2075111540</duration>`,
    `<hang-type fmt="${type}">${type}</hang-type>`,
    `<thread fmt="Main Thread 0x${pid} (P${pid}, pid: ${pid})"><tid>${pid * 10}</tid><process fmt="P${pid} (${pid})"><pid>${pid}</pid></process></thread>`,
    `<process fmt="P${pid} (${pid})"><pid>${pid}</pid></process>`,
  ].join("");
}

/** Mildest first. */
const hangTypes = [
  "Potential Interaction Delay",
  "Brief Unresponsiveness",
  "Microhang",
  "Hang",
  "Severe Hang",
];

const hangTable = (rows: readonly string[], run = 1) =>
  tableNode({
    schema: "potential-hangs",
    columns: hangColumns,
    rows,
    xpath: `//trace-toc[1]/run[${run}]/data[1]/table[1]`,
  });

const hangsIn = (text: string, options?: HangOptions) =>
  withFile(text, (path) => readHangs(path, options));
const leaksIn = (text: string, options?: LeakOptions) =>
  withFile(text, (path) => readLeaks(path, options));
const tocIn = (text: string) => withFile(text, (path) => readToc(path));

function failsWith(pattern: RegExp) {
  return (error: unknown) => error instanceof FormatError && pattern.test(error.message);
}

const counts = (warnings: readonly { code: string; count: number }[]) =>
  Object.fromEntries(warnings.map(({ code, count }) => [code, count]));

describe("xctrace hangs", () => {
  it("are told in microseconds, with thread and process", async () => {
    const { hangs, warnings } = await hangsIn(exportOf(hangTable([hangRow("Severe Hang", 7)])));
    assert.deepEqual(hangs, [
      {
        type: "Severe Hang",
        start: 597113.458,
        duration: 2075111.54,
        thread: { tid: 70, name: "Main Thread" },
        process: { pid: 7, name: "P7" },
      },
    ]);
    assert.deepEqual(warnings, []);
  });

  it("are of any type, by start", async () => {
    const types = [...hangTypes, "Quantum Hang"];
    const rows = types.map((type, i) => hangRow(type, 7, (10 - i) * 1000));
    const { hangs } = await hangsIn(exportOf(hangTable(rows)));
    assert.deepEqual(
      hangs.map(({ type }) => type),
      types.toReversed(),
    );
  });

  it("may be references, through several tables of a run, and count once", async () => {
    const first = hangRow("Hang", 7)
      .replace("<hang-type", '<hang-type id="3"')
      .replace("<process fmt", '<process id="4" fmt');
    const again = first
      .replace(/<hang-type.*<\/hang-type>/, '<hang-type ref="3"/>')
      .replace(/<process id="4".*?<\/process>/, '<process ref="4"/>');
    const { hangs, warnings } = await hangsIn(exportOf(hangTable([first]), hangTable([again])));
    assert.equal(hangs.length, 1);
    assert.deepEqual(warnings, []);
  });

  it("of other processes are never the target's", async () => {
    const text = exportOf(
      hangTable([
        hangRow("Hang", 7),
        hangRow("Hang", 8),
        hangRow("Hang", 9),
        hangRow("Hang", 5).replaceAll(/<process.*?<\/process>/g, ""),
      ]),
    );
    const { hangs, warnings } = await hangsIn(text, { pid: 7 });
    assert.deepEqual(
      hangs.map(({ process }) => process?.pid),
      [7],
    );
    assert.deepEqual(counts(warnings), { "other-processes-hangs": 2, "hangs-without-process": 1 });
    assert.equal((await hangsIn(text)).hangs.length, 4);
  });

  it("take the process from the thread where the row has none", async () => {
    const row = hangRow("Hang", 7).replace(/(<\/thread>).*/, "$1<sentinel/>");
    assert.equal((await hangsIn(exportOf(hangTable([row])), { pid: 7 })).hangs.length, 1);
  });

  it("without a time are counted, references to nothing too", async () => {
    const rows = [
      hangRow("Hang", 7).replace(/<start-time.*<\/start-time>/, "<sentinel/>"),
      hangRow("Hang", 7).replace(/<duration.*<\/duration>/, '<duration ref="9"/>'),
    ];
    const { hangs, warnings } = await hangsIn(exportOf(hangTable(rows)));
    assert.deepEqual(hangs, []);
    assert.deepEqual(counts(warnings), { "unreadable-hangs": 2, "unresolved-refs": 1 });
  });

  it("of several runs are those of the first, or of the one that is asked for", async () => {
    const text = exportOf(hangTable([hangRow("Hang", 1)], 1), hangTable([hangRow("Hang", 2)], 2));
    const first = await hangsIn(text);
    assert.deepEqual(
      first.hangs.map(({ process }) => process?.pid),
      [1],
    );
    assert.deepEqual(counts(first.warnings), { "other-tables": 1 });
    const second = await hangsIn(text, { runPlace: 2 });
    assert.deepEqual(
      second.hangs.map(({ process }) => process?.pid),
      [2],
    );
    await assert.rejects(hangsIn(text, { runPlace: 3 }), failsWith(/expected a table of hangs/));
  });

  it("are none only where a table says so", async () => {
    assert.deepEqual(await hangsIn(exportOf(hangTable([]))), { hangs: [], warnings: [] });
    await assert.rejects(hangsIn(exportOf()), failsWith(/an export without any table/));
    await assert.rejects(
      hangsIn(exportOf("<node xpath='//x'/>")),
      failsWith(/a node without a header/),
    );
    await assert.rejects(hangsIn(exportOf(tableNode({}))), failsWith(/an export of time-profile/));
    await assert.rejects(hangsIn("<trace-toc/>"), failsWith(/a trace's table of contents/));
    await assert.rejects(hangsIn(""), failsWith(/the end of the file/));
  });

  it("are not read from a file that was cut off anywhere", async function () {
    this.timeout(30_000);
    const text = exportOf(hangTable([hangRow("Hang", 7)]));
    for (let length = 0; length < text.trimEnd().length; length++) {
      await assert.rejects(hangsIn(text.slice(0, length)), FormatError, String(length));
    }
  });

  it("are not read from a file that is too large, or has entities of its own", async () => {
    const large = exportOf(hangTable([hangRow("Hang", 7), `<row>${" ".repeat(3 << 20)}</row>`]));
    await assert.rejects(hangsIn(large), failsWith(/expected at most 2097152 bytes/));
    const bomb = `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>${exportOf(hangTable([]))}`;
    await assert.rejects(hangsIn(bomb), failsWith(/no document type/));
    const deep = exportOf(hangTable([`${"<a>".repeat(300)}${"</a>".repeat(300)}`]));
    await assert.rejects(hangsIn(deep), FormatError);
  });

  it("decode texts as the large tables do", async () => {
    const row = hangRow("a &amp;amp; &#66; <![CDATA[&lt;]]><!-- no -->", 7).replace(
      /fmt="a[^"]*"/,
      "",
    );
    const { hangs } = await hangsIn(exportOf(hangTable([row])));
    assert.equal(hangs[0]!.type, "a &amp; B &lt;");
  });
});

describe("xctrace leaks", () => {
  const node = (rows: string, run = 1) =>
    `<node xpath='//trace-toc[1]/run[${run}]/tracks[1]/track[1]/details[1]/detail[1]'>${rows}</node>`;
  const leak =
    '<row leaked-object="Malloc 1.00 KiB" size="1,024 Bytes" responsible-frame="-[Cart add:]" count="3" responsible-library="Shop" address="0x600000c04000"/>';

  it("are told with their size in bytes", async () => {
    assert.deepEqual(await leaksIn(exportOf(node(leak))), {
      status: "leaks",
      rows: [
        {
          object: "Malloc 1.00 KiB",
          size: 1024,
          count: 3,
          responsibleFrame: "-[Cart add:]",
          responsibleLibrary: "Shop",
          address: "0x600000c04000",
        },
      ],
      warnings: [],
    });
  });

  it("may lack what they say, and count those without a size", async () => {
    const bare =
      '<row leaked-object="&lt;Foo&gt;"/><row leaked-object="x" size="?" count="1,200" resident-%="4"></row>';
    const { rows, warnings } = await leaksIn(exportOf(node(bare)));
    assert.deepEqual(
      rows.map(({ object, count }) => [object, count]),
      [
        ["<Foo>", 1],
        ["x", 1200],
      ],
    );
    assert.deepEqual(counts(warnings), { "unreadable-sizes": 2 });
  });

  it("are none only where the recording was long enough to have looked", async () => {
    const empty = exportOf(node(""));
    const unknown = await leaksIn(empty);
    assert.equal(unknown.status, "not-finished");
    assert.deepEqual(counts(unknown.warnings), { "leaks-not-finished": 1 });
    assert.equal((await leaksIn(empty, { recordedSeconds: 8 })).status, "not-finished");
    assert.equal((await leaksIn(empty, { recordedSeconds: Number.NaN })).status, "not-finished");
    assert.deepEqual(await leaksIn(empty, { recordedSeconds: 30 }), {
      status: "none",
      rows: [],
      warnings: [],
    });
    assert.equal((await leaksIn(exportOf("<node/>"), { recordedSeconds: 30 })).status, "none");
  });

  it("are an error where the trace has no such detail", async () => {
    await assert.rejects(
      leaksIn(exportOf()),
      failsWith(/expected the Leaks detail of a trace, found an export without any table/),
    );
    await assert.rejects(leaksIn(exportOf(tableNode({}))), failsWith(/an export of time-profile/));
    await assert.rejects(
      leaksIn(exportOf(node('<row category="Malloc"/>'))),
      failsWith(/expected the Leaks detail/),
    );
    await assert.rejects(
      leaksIn(exportOf(node(leak)).slice(0, -30)),
      failsWith(/the end of the file|the end of </),
    );
  });

  it("of several runs are those of the one that is asked for", async () => {
    const text = exportOf(node(leak, 1), node(leak + leak, 2));
    const first = await leaksIn(text);
    assert.deepEqual([first.rows.length, counts(first.warnings)], [1, { "other-tables": 1 }]);
    assert.equal((await leaksIn(text, { runPlace: 2 })).rows.length, 2);
  });
});

describe("xctrace tables of contents", () => {
  const toc = `<?xml version="1.0"?>
<trace-toc><run number="2"><info><target>
<device uuid="ACEF" model="iPhone" name="Ann&#8217;s &quot;phone&quot;" os-version="26.0 (23A)" platform="iOS"/>
<process type="attached" name="Shop" pid="751" termination-reason="exit(0)"/></target>
<summary><start-date>2026-03-05T17:27:38.879Z</start-date><end-date>2026-03-05T17:27:42.278Z</end-date><duration>3.398757</duration><end-reason>Time limit reached</end-reason><instruments-version>26.0 (17C529)</instruments-version><template-name>Time Profiler</template-name></summary></info>
<processes><process name="Shop" pid="751" path="/Shop.app/Shop"/><process name="kernel" pid="0"/></processes>
<data><table schema="tick" frequency="10"/><table schema="time-profile" target-pid="SINGLE"/><table frequency="1" schema="tick"/></data>
<tracks><track name="Leaks"><details><detail name="Leaks" kind="table"/><detail name="Cycles"/></details></track><track name="VM"/></tracks></run>
<run number="3"><info><target><device name="Mac"/><all-processes/></target></info></run></trace-toc>`;

  it("tell of each run what was recorded", async () => {
    const { runs } = await tocIn(toc);
    assert.deepEqual(runs[0], {
      number: 2,
      target: {
        device: {
          name: 'Ann’s "phone"',
          model: "iPhone",
          platform: "iOS",
          osVersion: "26.0 (23A)",
          uuid: "ACEF",
        },
        process: { name: "Shop", pid: 751, type: "attached", terminationReason: "exit(0)" },
        allProcesses: false,
      },
      summary: {
        startDate: "2026-03-05T17:27:38.879Z",
        endDate: "2026-03-05T17:27:42.278Z",
        duration: 3.398757,
        endReason: "Time limit reached",
        instrumentsVersion: "26.0 (17C529)",
        templateName: "Time Profiler",
        recordingMode: "",
        timeLimit: "",
      },
      processes: [
        { name: "Shop", pid: 751, path: "/Shop.app/Shop" },
        { name: "kernel", pid: 0, path: "" },
      ],
      tables: [
        { schema: "tick", index: 1, attributes: { frequency: "10" } },
        { schema: "time-profile", index: 1, attributes: { "target-pid": "SINGLE" } },
        { schema: "tick", index: 2, attributes: { frequency: "1" } },
      ],
      details: [
        { track: "Leaks", name: "Leaks" },
        { track: "Leaks", name: "Cycles" },
      ],
    });
  });

  it("say nothing where the file does not", async () => {
    const { runs } = await tocIn(toc);
    const { number, target, summary, processes, tables, details } = runs[1]!;
    assert.deepEqual([number, target.allProcesses, target.process], [3, true, undefined]);
    assert.ok(Number.isNaN(summary.duration));
    assert.deepEqual([processes, tables, details], [[], [], []]);
    assert.deepEqual(await tocIn("<trace-toc/>"), { runs: [] });
  });

  it("are not read from anything else, nor from a part", async () => {
    await assert.rejects(
      tocIn(exportOf()),
      failsWith(/expected a trace's table of contents, found <trace-query-result>/),
    );
    for (let length = 0; length < toc.length; length += 7) {
      await assert.rejects(tocIn(toc.slice(0, length)), FormatError, String(length));
    }
  });
});
