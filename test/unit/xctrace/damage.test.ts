/** Files that are cut off, broken or meant to do harm: an error, or what could be read and a count. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import fc from "fast-check";
import { FormatError } from "../../../src/formats/format-error.ts";
import { readSamples } from "../../../src/formats/xctrace/reader.ts";
import { maxTokenBytes } from "../../../src/formats/xctrace/xml-scanner.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { exportText, stackShapes } from "../../generators/xctrace.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import {
  checkProfile,
  exportOf,
  readText,
  stacksOf,
  tableNode,
  usual,
  usualAgain,
  warningsOf,
  withFile,
} from "./helpers.ts";

/** Writes a file from pieces, so that a test need not hold it. */
function withPieces<T>(pieces: Iterable<string>, use: (path: string) => Promise<T>): Promise<T> {
  return withFile("", async (path) => {
    const stream = createWriteStream(path);
    for (const piece of pieces) if (!stream.write(piece)) await once(stream, "drain");
    stream.end();
    await once(stream, "finish");
    return use(path);
  });
}

function* many(head: string, piece: (i: number) => string, times: number, tail: string) {
  let text = head;
  for (let i = 0; i < times; i++) {
    text += piece(i);
    if (text.length < 1 << 16) continue;
    yield text;
    text = "";
  }
  yield text + tail;
}

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
/** Of the places where a file may be cut: all of them, or one in so many and those around rows. */
const cutStep = isLong ? 1 : 7;

const end = "</node></trace-query-result>";
const row = `<row>${usual}<backtrace id="40"><frame id="41" name="f"/></backtrace></row>`;
const start = exportOf(tableNode({ rows: [row] })).replace(`${end}\n`, "");

async function failureOf(pieces: Iterable<string>): Promise<FormatError> {
  const error = await withPieces(pieces, (path) =>
    readSamples(path).then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  assert.ok(error instanceof FormatError, String(error));
  return error;
}

/** What a file gave whose first row was whole. */
async function restOf(pieces: Iterable<string>): Promise<Profile> {
  const profile = await withPieces(pieces, (path) => readSamples(path));
  checkProfile(profile);
  assert.deepEqual(stacksOf(profile)[0], ["f"]);
  return profile;
}

describe("xctrace reader, of damaged files", () => {
  for (const shape of stackShapes) {
    it(`reads what stands before any cut (${shape})`, async function () {
      this.timeout(60_000);
      const { text, expected } = exportText({ shape, bytes: 1700, seed: 5 });
      const whole = stacksOf(await readText(text));
      assert.equal(whole.length, expected.samples);
      const bytes = Buffer.from(text);
      let rows = 0;
      const last = bytes.indexOf("</trace-query-result>") + "</trace-query-result>".length;
      await withFile("", async (path) => {
        // Behind the root's end nothing is missing but a line end.
        for (let length = 0; length < last; length++) {
          const cut = bytes.subarray(0, length);
          const isRowEnd = cut.subarray(-6).toString("latin1") === "</row>";
          if (isRowEnd) rows++;
          if (length % cutStep !== 0 && !isRowEnd && length !== last - 1) continue;
          await writeFile(path, cut);
          if (rows === 0) {
            await assert.rejects(readSamples(path), (error) => {
              return error instanceof FormatError && error.offset <= length;
            });
            continue;
          }
          const profile = await readSamples(path);
          checkProfile(profile);
          assert.deepEqual(stacksOf(profile), whole.slice(0, rows));
          assert.deepEqual(warningsOf(profile), { "incomplete-file": 1 });
        }
      });
      assert.equal(rows, expected.samples);
    });
  }

  it("gives an error or a sound profile for any bytes that went wrong", async function () {
    this.timeout(60_000);
    const damage = fc.record({
      shape: fc.constantFrom(...stackShapes),
      at: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      bytes: fc.uint8Array({ minLength: 0, maxLength: 12 }),
      removed: fc.nat(12),
      chunkBytes: fc.integer({ min: 1, max: 4000 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ shape, at, bytes, removed, chunkBytes }) => {
        let content = Buffer.from(exportText({ shape, bytes: 2500, seed: 9 }).text);
        for (const place of at) {
          const cut = place % content.length;
          content = Buffer.concat([
            content.subarray(0, cut),
            bytes,
            content.subarray(cut + removed),
          ]);
        }
        await withFile(content, async (path) => {
          try {
            checkProfile(await readSamples(path, { chunkBytes }));
          } catch (error) {
            assert.ok(error instanceof FormatError, String(error));
            assert.ok(error.offset >= 0 && error.offset <= content.length);
          }
        });
      }),
      { numRuns: isLong ? 400 : 120 },
    );
  });

  it("stops at an element that is not closed, and says where", async () => {
    const text = `${start}<row><sample-time>1</weight></row>${end}`;
    const profile = await readText(text);
    assert.equal(profile.samples.length, 1);
    assert.match(
      profile.warnings[0]!.message,
      new RegExp(
        `expected the end of <sample-time>, .* at byte ${text.indexOf("</weight></row>")}`,
      ),
    );
  });
});

describe("xctrace reader, of hostile files", function () {
  this.timeout(120_000);

  it("stops at an attribute of 100 MB", async () => {
    const huge = many('<trace-query-result a="', () => "x".repeat(1024), 100 * 1024, '"/>');
    const { message, offset } = await failureOf(huge);
    assert.match(message, new RegExp(`a tag or text shorter than ${maxTokenBytes} bytes`));
    assert.equal(offset, 0);
    const later = many(`${start}<row a='`, () => "x".repeat(1024), 20 * 1024, `'/>${end}`);
    assert.deepEqual(warningsOf(await restOf(later)), { "incomplete-file": 1 });
  });

  it("stops at a million elements inside each other", async () => {
    const { message } = await failureOf(many("", () => "<a>", 1_000_000, ""));
    assert.match(message, /at most \d+ elements inside each other/);
    const rows = await restOf(many(start, () => "<row><frame>", 500_000, end));
    assert.deepEqual(warningsOf(rows), { "incomplete-file": 1 });
  });

  it("stops at a text or comment of 100 MB, and steps over one that nobody reads", async () => {
    const big = () => "1234567 ".repeat(128);
    for (const open of ["<row><sample-time>", "<!--", "<![CDATA[", "<?a "]) {
      const read = await restOf(many(start + open, big, 20_000, end));
      assert.deepEqual(warningsOf(read), { "incomplete-file": 1 }, open);
    }
    const read = await restOf(many(`${start}<note>`, big, 20_000, `</note>${end}`));
    assert.deepEqual(read.warnings, []);
  });

  it("stops at a text of many sections", async () => {
    const section = () => `<![CDATA[${"1".repeat(10_000)}]]>`;
    const read = await restOf(many(`${start}<row><path>`, section, 2000, `</path></row>${end}`));
    assert.deepEqual(warningsOf(read), { "incomplete-file": 1 });
  });

  it("keeps ids up to 2^53 as far as there is room, and counts the others", async () => {
    const frames = (i: number) => `<frame id="${2 ** 53 - 1 - i}" name="f"/>`;
    const read = await restOf(
      many(`${start}<row>${usualAgain}<backtrace>`, frames, 300_000, `</backtrace></row>${end}`),
    );
    const { "lost-ids": lost = 0, ...others } = warningsOf(read);
    assert.ok(lost > 30_000 && lost < 300_000, String(lost));
    assert.deepEqual(others, {});
  });

  it("counts a million references to nothing", async () => {
    const refs = () => '<frame ref="12345678"/>';
    const read = await restOf(
      many(`${start}<row>${usualAgain}<backtrace>`, refs, 1_000_000, `</backtrace></row>${end}`),
    );
    assert.deepEqual(warningsOf(read), { "unresolved-refs": 1_000_000 });
    assert.equal(stacksOf(read)[1]!.length, 1_000_000);
  });

  it("takes no long time for labels of millions of characters", async () => {
    const label = " ".repeat(1_000_000);
    const cells = `<thread fmt="${label}x" id="60"><tid>1</tid></thread><process fmt="${label}" id="61"><pid>1</pid></process>`;
    const text = `${start}<row><sentinel/>${cells}</row>${end}`;
    assert.ok((await cpuMs(() => readText(text))) < 5000);
  });

  it("tells no more threads, states, tables and binaries apart than samples can name", async () => {
    const own = (i: number) =>
      `<row><sentinel/><thread fmt="T${i}"><tid>${i}</tid></thread><sentinel/><sentinel/><thread-state>S${i}</thread-state><weight ref="9"/><backtrace><frame name="f"><binary name="b${i}"/></frame></backtrace></row>`;
    const read = await restOf(many(start, own, 140_000, end));
    assert.equal(read.threads.length, 0xffff);
    assert.equal(read.samples.length, 140_001);
    assert.ok(read.functions.length < 0x10000 + 300);
    const counts = warningsOf(read);
    assert.ok(counts["too-many-threads"]! > 70_000);
    assert.ok(counts["too-many-binaries"]! > 70_000);
    const nodes = many(
      start.replace(/<node/, "<node/><node"),
      () => "</node><node><row/>",
      100_000,
      end,
    );
    assert.deepEqual(warningsOf(await restOf(nodes)), { "other-tables": 254 });
  });
});
