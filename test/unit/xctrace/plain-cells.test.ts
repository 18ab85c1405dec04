/** Cells that are taken whole: they mean what they mean when the scanner takes them apart. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError } from "../../../src/formats/format-error.ts";
import { exportText, stackShapes } from "../../generators/xctrace.ts";
import {
  exportOf,
  readText,
  stacksOf,
  tableNode,
  usual,
  usualAgain,
  warningsOf,
} from "./helpers.ts";

/** Stands in the rows of a document where an id may stand. */
const idPlace = "\u0001";

const plain = (text: string) => text.replaceAll(idPlace, "");

/** The same document, whose rows have ids that nothing refers to: such rows are taken apart. */
function spelledOut(text: string): string {
  let id = 5_000_000;
  return text.replaceAll(idPlace, () => ` id='${id++}'`);
}

/** The whole profile, or why there is none; without the places in the file, which differ. */
async function outcome(text: string, chunkBytes: number): Promise<unknown> {
  try {
    const profile = await readText(text, { chunkBytes });
    const warnings = profile.warnings.map(({ code, count }) => ({ code, count }));
    return { ...profile, warnings };
  } catch (error) {
    if (error instanceof FormatError) return "an error";
    throw error;
  }
}

const inserted = [
  ...'"<>/ \n0&-',
  "1234567890",
  "12345678901234567",
  "<!-- -->",
  "<sentinel/>",
  "</row>",
  "</row><row>",
  ' id="7"',
  ' ref="7"',
  '<process ref="4"/>',
  "<text-addresses>1 2</text-addresses>",
];

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    length: fc.oneof(fc.constant(0), fc.nat(12)),
    text: fc.oneof(fc.constant(""), fc.constantFrom(...inserted)),
  }),
  { maxLength: 3 },
);

describe("plain cells of an xctrace export", () => {
  for (const shape of stackShapes) {
    it(`say the same as others, whatever is wrong with them (${shape})`, async function () {
      this.timeout(120_000);
      const { text: generated } = exportText({ shape, bytes: 3_000, seed: 5 });
      const text = generated.replaceAll("<row>", `<row${idPlace}>`);
      const body = text.indexOf("</schema>");
      await fc.assert(
        fc.asyncProperty(edits, fc.constantFrom(97, 1 << 20), async (all, chunkBytes) => {
          let edited = text;
          for (const { at, length, text: added } of all) {
            const from = body + Math.floor(at * (edited.length - body));
            edited = edited.slice(0, from) + added + edited.slice(from + length);
          }
          assert.deepEqual(
            await outcome(plain(edited), chunkBytes),
            await outcome(spelledOut(edited), chunkBytes),
          );
        }),
        { numRuns: 250 },
      );
    });
  }

  const nearly: readonly (readonly [RegExp, string])[] = [
    [/ref="\d+"\/>/g, 'ref=""/>'],
    [/(ref="\d+")\/>/g, "$1 />"],
    [/(ref="\d+")\/>/g, '$1 x=""/>'],
    [/ref="(\d+)"\/>/g, "ref='$1'/>"],
    [/ref="(\d+)"\/>/g, 'ref="$1234567890"/>'],
    [/id="(\d+)" fmt/g, 'id="" fmt'],
    [/(fmt="[^"]*")>(\d+)</g, '$1 x="">$2<'],
    [/(fmt="[^"]*")>(\d+)</g, "$1 >$2<"],
    [/">(\d+)</g, '"><'],
    [/">(\d+)</g, '">$1 <'],
    [/">(\d+)</g, '">$1.5<'],
    [/">(\d+)</g, '">-$1<'],
    [/<\/row>/g, "</row >"],
    [/<\/row>/g, "</row>\n \n"],
  ];
  for (const shape of stackShapes) {
    it(`leave what is written in another way to the scanner (${shape})`, async () => {
      const { text } = exportText({ shape, bytes: 3_000, seed: 5 });
      for (const [usually, instead] of nearly) {
        const [head, body] = text.split("</schema>") as [string, string];
        const rows = body.replaceAll("<row>", `<row${idPlace}>`).replace(usually, instead);
        assert.notEqual(plain(rows), body, `${usually}`);
        const edited = `${head}</schema>${rows}`;
        assert.deepEqual(
          await outcome(plain(edited), 1 << 20),
          await outcome(spelledOut(edited), 1 << 20),
          `${usually} → ${instead}`,
        );
      }
    });
  }

  const backtrace = (list: string) =>
    `<backtrace id="20" fmt="f ← (1 other frame)"><process ref="4"/><text-addresses id="21" fmt="frag 21">${list}</text-addresses></backtrace>`;
  const again = `${usualAgain}<backtrace ref="20"/>`;

  it("hear of a row's own id, which takes that of a process", async () => {
    const rows = [usual + backtrace("16 32"), `<row id="4">${again}</row>`, again];
    const profile = await readText(exportOf(tableNode({ rows })));
    assert.equal(warningsOf(profile)["unresolved-refs"], 1);
    assert.deepEqual(stacksOf(profile), Array(3).fill(["f", "0x20"]));
  });

  it("do not take a row for one that only refers to another", async () => {
    const later = again.replace(
      /^<sample-time.*?>/,
      '<sample-time id="30" fmt="">5000000</sample-time>',
    );
    const rows = [usual + backtrace("16 32"), `<row ref="900">${again}</row>`, later];
    const { samples } = await readText(exportOf(tableNode({ rows })));
    assert.deepEqual([...samples.time], [1000, 5000]);
  });

  it("count a reference to no process inside of a backtrace once", async () => {
    const lost = backtrace("16 32").replace('<process ref="4"/>', '<process ref="400"/>');
    const profile = await readText(exportOf(tableNode({ rows: [usual + lost, again] })));
    assert.deepEqual(warningsOf(profile), { "unresolved-refs": 1 });
    assert.deepEqual(stacksOf(profile), Array(2).fill(["f", "0x20"]));
  });

  it("leave a backtrace of several lists to the scanner", async () => {
    const more = '<text-addresses id="22" fmt="frag 22">48</text-addresses></backtrace>';
    const two = backtrace("16 32").replace("</backtrace>", more);
    const profile = await readText(exportOf(tableNode({ rows: [usual + two, again] })));
    assert.deepEqual(stacksOf(profile), Array(2).fill(["f", "0x20", "0x30"]));
  });

  it("are numbers only where the column holds any", async () => {
    const state = usual.replace(
      /<thread-state.*?<\/thread-state>/,
      '<thread-state id="8" fmt="5">5</thread-state>',
    );
    const profile = await readText(
      exportOf(tableNode({ rows: [state + backtrace("16 32"), again] })),
    );
    assert.deepEqual(stacksOf(profile), Array(2).fill(["(5)", "f", "0x20"]));
  });

  it("keep every digit of a time", async () => {
    for (const time of ["7", "123456789", "1234567890", "123456789012345", "9007199254740991"]) {
      const rows = [usual.replace(">1000000<", `>${time}<`) + backtrace("16 32"), again];
      const { samples } = await readText(exportOf(tableNode({ rows })));
      assert.deepEqual([...samples.time], Array(2).fill(Number(time) / 1000));
    }
  });
});
