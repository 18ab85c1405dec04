/** Which table of a file is read, and what is said of files without one. */
import assert from "node:assert/strict";
import { openProfile } from "../../../src/formats/open.ts";
import { readSamples, xctraceReader } from "../../../src/formats/xctrace/reader.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { exportOf, readText, stacksOf, tableNode, usual, warningsOf, withFile } from "./helpers.ts";

const row = (name: string) =>
  `${usual.replaceAll(/ id="\d+"/g, "").replace('<process ref="4"/>', "<sentinel/>")}<backtrace><frame name="${name}"/></backtrace>`;
const place = (run: number, table: number) => `//trace-toc[1]/run[${run}]/data[1]/table[${table}]`;

async function messageOf(text: string, options = {}): Promise<string> {
  return withFile(
    text,
    (path) =>
      readSamples(path, options).then(
        () => assert.fail("was read"),
        (error: Error) => error.message,
      ),
    "x.xml",
  );
}

describe("xctrace files", () => {
  it("are recognized by their root, whatever stands before it", () => {
    const recognizes = (text: string) => xctraceReader.recognizes(Buffer.from(text), "x");
    for (const text of [
      "<trace-query-result>",
      '\ufeff<?xml version="1.0"?>\n<!-- a -->\n<trace-query-result/>',
      "<trace-toc\n>",
      " <trace-toc/>",
    ]) {
      assert.ok(recognizes(text), text);
    }
    for (const text of [
      "",
      "<",
      "<?",
      "<!--",
      "<trace-query-results>",
      "<svg><trace-toc/>",
      "x<trace-toc>",
      "<?a <trace-toc>",
      "{}",
    ]) {
      assert.ok(!recognizes(text), text);
    }
  });

  it("take no time to be told from others", async () => {
    for (const text of ["<??>".repeat(16_000), `${"<!---->".repeat(9_000)}<!--`]) {
      const ms = await cpuMs(() => xctraceReader.recognizes(Buffer.from(text), "x"));
      assert.ok(ms < 1000);
    }
  });

  it("are opened as profiles", async () => {
    await withFile(
      exportOf(tableNode({ rows: [row("f")] })),
      async (path) => {
        const { meta } = await openProfile(path);
        assert.deepEqual([meta.format, meta.title], ["xctrace", "shop.xml"]);
      },
      "shop.xml",
    );
  });

  it("that are a table of contents or another table are told as such", async () => {
    assert.match(
      await messageOf('<?xml version="1.0"?><trace-toc><run number="1"/></trace-toc>'),
      /expected a table of samples .*, found a trace's table of contents/,
    );
    const hangs = tableNode({
      schema: "potential-hangs",
      columns: [["start", "start-time"]],
      rows: ["<start-time>1</start-time>"],
    });
    assert.match(
      await messageOf(exportOf(hangs)),
      /found an export of potential-hangs \(.*table\[1\]\) with 1 rows/,
    );
    assert.match(
      await messageOf(exportOf()),
      /found an export without any table: its query matched nothing/,
    );
    assert.match(await messageOf("<trace-query-result/>"), /its query matched nothing/);
    assert.match(
      await messageOf(exportOf("<node xpath='//x'/>")),
      /a node without a header \(\/\/x\) with 0 rows/,
    );
    assert.match(
      await messageOf(exportOf(`<node><row>${row("f")}</row></node>`)),
      /a node without a header with 1 rows/,
    );
    assert.match(await messageOf("<svg/>"), /an XML document of another kind/);
  });

  it("with a table without rows say that nothing was sampled", async () => {
    const profile = await readText(exportOf(tableNode({})));
    assert.equal(profile.samples.length, 0);
    assert.deepEqual(warningsOf(profile), { "empty-table": 1 });
    const ofOne = await readText(exportOf(tableNode({})), { pid: 3 });
    assert.deepEqual(warningsOf(ofOne), { "empty-table": 1, "no-such-process": 1 });
  });

  it("with several tables give the first with rows, and name the others", async () => {
    const profile = await readText(
      exportOf(
        tableNode({ xpath: place(1, 3) }),
        tableNode({ xpath: place(1, 4), rows: [row("first"), row("first")] }),
        tableNode({ xpath: place(2, 4), rows: [row("second")] }),
        tableNode({ schema: "cpu-profile", xpath: place(2, 5) }),
      ),
    );
    assert.deepEqual(stacksOf(profile), [["first"], ["first"]]);
    assert.deepEqual(warningsOf(profile), { "other-tables": 1 });
    assert.match(
      profile.warnings[0]!.message,
      /run\[1\].*table\[4\]\) with 2 rows was read\. .*run\[2\].*with 1 rows/,
    );
  });

  it("with several runs give the one that is asked for", async () => {
    const text = exportOf(
      tableNode({ xpath: place(1, 4), rows: [row("one")] }),
      tableNode({ xpath: place(2, 4), rows: [row("two")] }),
    );
    assert.deepEqual(stacksOf(await readText(text, { runPlace: 2 })), [["two"]]);
    assert.match(
      await messageOf(text, { runPlace: 3 }),
      /of the trace's run 3, found an export of/,
    );
  });

  it("with one run give it, whatever its path says", async () => {
    const text = exportOf(tableNode({ xpath: place(1, 4), rows: [row("one")] }));
    assert.deepEqual(stacksOf(await readText(text, { runPlace: 2 })), [["one"]]);
  });

  it("stop being read when told to, with the reason", async () => {
    const reason = new Error("enough");
    await withFile(exportOf(tableNode({ rows: [row("f")] })), async (path) => {
      await assert.rejects(readSamples(path, { signal: AbortSignal.abort(reason) }), reason);
    });
  });

  it("tell how far they are read", async () => {
    const text = exportOf(tableNode({ rows: [row("f")] }));
    const seen: number[][] = [];
    await readText(text, { chunkBytes: 64, onProgress: (...progress) => seen.push(progress) });
    const size = Buffer.byteLength(text);
    assert.deepEqual(seen[0], [64, size]);
    assert.deepEqual(seen.at(-1), [size, size]);
  });
});
